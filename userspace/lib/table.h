/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Aligned columns.
 */
#ifndef IMANS_TABLE_H
#define IMANS_TABLE_H

#include <stdio.h>

#include "kernel/port.h"

enum table_align { TABLE_LEFT, TABLE_RIGHT };

/**
 * struct table_column - what a column is like
 * @title: its head
 * @align: where shorter cells stand
 * @shrink: may lose its start when lines get too long
 */
struct table_column {
	const char *title;
	enum table_align align;
	bool shrink;
};

struct table;

struct table *table_new(const struct table_column *columns, size_t count);
void table_cell(struct table *t, char *text);
void table_print(struct table *t, FILE *out, size_t width);
void table_free(struct table *t);
size_t terminal_width(int fd);
char *age_string(u64 seconds);

#endif /* IMANS_TABLE_H */

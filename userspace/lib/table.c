// SPDX-License-Identifier: GPL-2.0
/*
 * Aligned columns, fitted to the terminal.
 */
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/table.h"
#include "lib/util.h"

#define GAP 2
#define SHRUNK_MIN 12
#define DOTS "..."

struct table {
	const struct table_column *columns;
	size_t nr_columns;
	char **cells;
	size_t nr_cells, cap;
};

/**
 * table_new() - an empty table
 * @columns: its columns; must outlive it
 * @count: how many
 */
struct table *table_new(const struct table_column *columns, size_t count)
{
	struct table *t = xalloc(sizeof(*t));

	t->columns = columns;
	t->nr_columns = count;
	return t;
}

/** table_cell() - add the next cell; takes over @text, which must be printable */
void table_cell(struct table *t, char *text)
{
	if (t->nr_cells == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->cells = xrealloc(t->cells, t->cap * sizeof(*t->cells));
	}
	t->cells[t->nr_cells++] = text;
}

/** table_free() - the end of a table */
void table_free(struct table *t)
{
	while (t->nr_cells)
		free(t->cells[--t->nr_cells]);
	free(t->cells);
	free(t);
}

/* The end of a text, in at most @width columns. */
static void put_tail(FILE *out, const char *s, size_t width)
{
	size_t skip = utf8_width(s) - width + strlen(DOTS);

	fputs(DOTS, out);
	for (; *s && skip; skip--) {
		s++;
		while (((u8)*s & 0xc0) == 0x80)
			s++;
	}
	fputs(s, out);
}

static void put_cell(FILE *out, const struct table_column *c, const char *s, size_t width,
		     bool last)
{
	size_t len = utf8_width(s);
	int pad = len < width ? (int)(width - len) : 0;

	if (c->align == TABLE_RIGHT)
		fprintf(out, "%*s", pad, "");
	if (len > width)
		put_tail(out, s, width);
	else
		fputs(s, out);
	if (last)
		return;
	if (c->align == TABLE_LEFT)
		fprintf(out, "%*s", pad, "");
	fprintf(out, "%*s", GAP, "");
}

/* Take from the columns that may shrink, the first one first, until the lines fit. */
static void fit(const struct table *t, size_t *widths, size_t width)
{
	size_t i, least, total = GAP * (t->nr_columns - 1);

	for (i = 0; i < t->nr_columns; i++)
		total += widths[i];
	for (i = 0; i < t->nr_columns && total > width; i++) {
		least = strlen(t->columns[i].title);
		if (least < SHRUNK_MIN)
			least = SHRUNK_MIN;
		if (!t->columns[i].shrink || widths[i] <= least)
			continue;
		total -= widths[i];
		widths[i] = width > total + least ? width - total : least;
		total += widths[i];
	}
}

/**
 * table_print() - print a table
 * @t: the table
 * @out: where
 * @width: longest line, or 0 for no limit
 */
void table_print(struct table *t, FILE *out, size_t width)
{
	size_t *widths = xalloc(t->nr_columns * sizeof(*widths));
	size_t i, col, len;

	for (i = 0; i < t->nr_columns; i++)
		widths[i] = strlen(t->columns[i].title);
	for (i = 0; i < t->nr_cells; i++) {
		len = utf8_width(t->cells[i]);
		if (len > widths[i % t->nr_columns])
			widths[i % t->nr_columns] = len;
	}
	if (width)
		fit(t, widths, width);
	for (i = 0; i < t->nr_cells + t->nr_columns; i++) {
		col = i % t->nr_columns;
		put_cell(out, &t->columns[col],
			 i < t->nr_columns ? t->columns[col].title : t->cells[i - t->nr_columns],
			 widths[col], col + 1 == t->nr_columns);
		if (col + 1 == t->nr_columns)
			putc('\n', out);
	}
	free(widths);
}

/** terminal_width() - columns of the terminal behind @fd, or 0 when there is none */
size_t terminal_width(int fd)
{
	struct winsize ws;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &ws) || !ws.ws_col)
		return 80;
	return ws.ws_col;
}

/**
 * age_string() - a duration in two units, such as 3m12s
 * @seconds: the duration
 *
 * Return: text to be freed.
 */
char *age_string(u64 seconds)
{
	unsigned long long s = seconds;

	if (s < 60)
		return xasprintf("%llus", s);
	if (s < 3600)
		return xasprintf("%llum%02llus", s / 60, s % 60);
	if (s < 86400)
		return xasprintf("%lluh%02llum", s / 3600, s / 60 % 60);
	return xasprintf("%llud%02lluh", s / 86400, s / 3600 % 24);
}

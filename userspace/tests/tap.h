/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test programs that speak TAP.
 */
#ifndef IMANS_TAP_H
#define IMANS_TAP_H

#include "kernel/port.h"

bool tap_ok(bool pass, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
bool tap_is(const char *got, const char *want, const char *file, int line, const char *name);
bool tap_has(const char *text, const char *part, const char *file, int line, const char *name);
void tap_skip(const char *why);
int tap_done(void);

#define ok(pass, ...) tap_ok(pass, __FILE__, __LINE__, __VA_ARGS__)
#define is(got, want, name) tap_is(got, want, __FILE__, __LINE__, name)
#define has(text, part, name) tap_has(text, part, __FILE__, __LINE__, name)

#endif /* IMANS_TAP_H */

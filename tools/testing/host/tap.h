/* SPDX-License-Identifier: GPL-2.0 */
/* A TAP producer: a line per case, the plan at the end, exit status 1 on failure. */
#ifndef IMA_NS_TAP_H
#define IMA_NS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static unsigned int tap_cases, tap_failures;

/* one case; details of a failure go to tap_note() afterwards */
__attribute__((__format__(printf, 2, 3)))
static inline bool tap_ok(bool good, const char *fmt, ...)
{
	char name[400], *p;
	va_list ap;

	/* what was said before a crash must not be lost in a buffer */
	if (!tap_cases)
		setvbuf(stdout, NULL, _IOLBF, 0);
	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	/* a case is one line, and '#' would begin a directive */
	for (p = name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == '#')
			*p = '.';
	tap_cases++;
	if (!good)
		tap_failures++;
	printf("%s %u - %s\n", good ? "ok" : "not ok", tap_cases, name);
	return good;
}

__attribute__((__format__(printf, 1, 2)))
static inline void tap_note(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static inline int tap_done(void)
{
	printf("1..%u\n", tap_cases);
	return tap_failures ? 1 : 0;
}

#endif /* IMA_NS_TAP_H */

// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "tests/tap.h"

static unsigned int run, failed;

/** tap_ok() - one test point */
bool tap_ok(bool pass, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - ", pass ? "" : "not ", ++run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!pass) {
		failed++;
		printf("# at %s:%d\n", file, line);
	}
	fflush(stdout);
	return pass;
}

static void diagnose(const char *label, const char *text)
{
	printf("# %s: ", label);
	for (; text && *text; text++)
		if (*text == '\n')
			printf("\n#   ");
		else
			putchar(*text);
	puts(text ? "" : "(null)");
}

/** tap_is() - two strings are the same */
bool tap_is(const char *got, const char *want, const char *file, int line, const char *name)
{
	bool pass = got && !strcmp(got, want);

	tap_ok(pass, file, line, "%s", name);
	if (!pass) {
		diagnose("got", got);
		diagnose("want", want);
	}
	return pass;
}

/** tap_has() - a string contains another */
bool tap_has(const char *text, const char *part, const char *file, int line, const char *name)
{
	bool pass = text && strstr(text, part);

	tap_ok(pass, file, line, "%s", name);
	if (!pass) {
		diagnose("got", text);
		diagnose("want in it", part);
	}
	return pass;
}

/** tap_skip() - a test that cannot run here */
void tap_skip(const char *why)
{
	printf("ok %u # SKIP %s\n", ++run, why);
}

/** tap_done() - end of the program; its result is the exit status */
int tap_done(void)
{
	printf("1..%u\n", run);
	return failed ? 1 : 0;
}

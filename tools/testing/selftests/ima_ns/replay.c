// SPDX-License-Identifier: GPL-2.0
/*
 * replay DIRECTORY... - check measurement logs: the template digests of every
 * record, ASCII against binary, the count, and PCR 10 of every bank.  One line
 * each; the exit status tells.
 */
#include <stdio.h>

#include "lib.h"

int main(int argc, char **argv)
{
	char why[256];
	int i, n, bad = argc < 2;

	for (i = 1; i < argc; i++) {
		n = dir_check(argv[i], why, sizeof(why));
		if (n < 0)
			printf("%s: %s\n", argv[i], why);
		else
			printf("%s: %d banks replayed\n", argv[i], n);
		bad |= n <= 0;
	}
	return bad;
}

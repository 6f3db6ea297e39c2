// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the running kernel's own IMA about the rows of policy_rows.h: each is
 * written to its policy file, and the errno of write() must be the one that our
 * parser gives.  The first line is wrong, so whatever else is accepted, close()
 * loads nothing.
 *
 *	policy_test --dump 6.12 | policy_host [FILE]
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

/* depends on the kernel's LSMs and hashes, not on the language */
static bool local(const char *text)
{
	static const char *const words[] = { "obj_", "subj_", "md4", "sm3", "sha3-512" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/sys/kernel/security/ima/policy";
	int fd = open(path, O_WRONLY);
	char line[8192];

	if (fd < 0) {
		perror(path);
		return 2;
	}
	if (write(fd, "spoiled\n", 8) != -1) {
		fprintf(stderr, "%s takes anything\n", path);
		return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		int want = atoi(line), got = 0;
		char *text = strchr(line, '\t') + 1;

		if (local(text))
			continue;
		if (write(fd, text, strlen(text)) < 0)
			got = errno;
		text[strlen(text) - 1] = '\0';
		if (!tap_ok(got == want, "%s", text))
			tap_note("want %s, got %s", strerror(want), strerror(got));
	}
	close(fd);
	return tap_done();
}

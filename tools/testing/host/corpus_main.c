// SPDX-License-Identifier: GPL-2.0
/* Runs a fuzz target over the files of folders: the corpus as a regression test. */
#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_file(const char *dir, const char *name)
{
	static uint8_t data[1 << 20];
	char path[4096];
	size_t size;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f) {
		tap_ok(false, "%s", path);
		return;
	}
	size = fread(data, 1, sizeof(data), f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, size);
	tap_ok(true, "%s", path);
}

int main(int argc, char **argv)
{
	struct dirent **names;
	int i, j, n;

	for (i = 1; i < argc; i++) {
		n = scandir(argv[i], &names, NULL, alphasort);
		tap_ok(n > 2, "%s is there", argv[i]);
		for (j = 0; j < n; j++) {
			if (names[j]->d_name[0] != '.')
				run_file(argv[i], names[j]->d_name);
			free(names[j]);
		}
		if (n >= 0)
			free(names);
	}
	return tap_done();
}

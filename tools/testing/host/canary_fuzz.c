// SPDX-License-Identifier: GPL-2.0
/*
 * A fuzz target with faults: would a fuzzer's run tell?  The first byte of the
 * input chooses one.  See fuzz_test.sh.
 */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *volatile memory;
static volatile int number;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	switch (size ? data[0] : 0) {
	case 'c':
		abort();
	case 'o':
		memory = malloc(size);
		((volatile uint8_t *)memory)[size] = 1;
		free(memory);
		break;
	case 'u':
		number = 1 << (31 + (int)size);
		break;
	case 'l':
		memory = malloc(100);
		memory = NULL;
		break;
	case 't':
		for (;;)
			pause();
	}
	return number && memory;
}

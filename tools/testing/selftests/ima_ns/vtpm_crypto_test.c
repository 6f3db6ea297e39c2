// SPDX-License-Identifier: GPL-2.0
/*
 * The vTPM's algorithms in the kernel: the same answers as on the host, where
 * OpenSSL computes hashes and AES (tools/testing/host/vtpm/known_answers.c).  The
 * same seed gives the same primary keys.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

/* beside this program */
#define MODULE	"vtpm_crypto_mod/vtpm_crypto_test.ko"

TEST(known_answers)
{
	char path[512], *slash;
	ssize_t len;
	int fd;

	len = readlink("/proc/self/exe", path, sizeof(path) - sizeof(MODULE));
	ASSERT_GT(len, 0);
	path[len] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash + 1, MODULE);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_GE(fd, 0);

	/* it says EAGAIN when all is well: it does not want to stay */
	EXPECT_EQ(syscall(SYS_finit_module, fd, "", 0), -1);
	EXPECT_EQ(errno, EAGAIN) {
		TH_LOG("%s: %s; the kernel log says which row is wrong", path, strerror(errno));
	}
	close(fd);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * What is known about a file is known for all namespaces, until it changes.
 *
 * Whether a file was hashed can be seen from outside: hashing brings its pages
 * into the page cache, mapping it does not.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define LARGE (2 << 20)

/* Pages of the file that are in the page cache. */
static int resident(const char *path)
{
	static unsigned char pages[LARGE / 4096];
	int fd = open(path, O_RDONLY);
	unsigned int i;
	int n = 0;
	void *p;

	p = mmap(NULL, LARGE, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED || mincore(p, LARGE, pages))
		return -1;
	munmap(p, LARGE);
	for (i = 0; i < LARGE / 4096; i++)
		n += pages[i] & 1;
	return n;
}

/* Take them out, but leave the inode. */
static void evict(const char *path)
{
	int fd = open(path, O_RDONLY);

	fsync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

FIXTURE(cache) {
	struct ct first;
	struct ct second;
};

FIXTURE_VARIANT(cache) {
	bool overlay;
};

FIXTURE_VARIANT_ADD(cache, same_root) {
	.overlay = false,
};

/* two containers from one image */
FIXTURE_VARIANT_ADD(cache, overlay) {
	.overlay = true,
};

FIXTURE_SETUP(cache)
{
	struct ct_options options = {};

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, make_file("root/large", LARGE, 1));
	ASSERT_EQ(0, copy_file("root/bin/payload", "root/bin/program", "1"));
	if (variant->overlay)
		options.overlay = "first";
	ASSERT_EQ(0, ct_start(&self->first, "root", &options));
	if (variant->overlay)
		options.overlay = "second";
	ASSERT_EQ(0, ct_start(&self->second, "root", &options));
	evict("root/large");
	ASSERT_EQ(0, resident("root/large"));
}

FIXTURE_TEARDOWN(cache)
{
	ct_stop(&self->first);
	ct_stop(&self->second);
	run("rm -rf first second");
}

TEST_F(cache, a_second_container_hashes_nothing)
{
	/* hashed once ... */
	ASSERT_EQ(0, ct_call(&self->first, do_map, "/large"));
	EXPECT_EQ(1, records_of(self->first.dir, "/large"));
	EXPECT_EQ(LARGE / 4096, resident("root/large"));
	/* ... and never again, but recorded in both */
	evict("root/large");
	ASSERT_GT(8, resident("root/large"));
	ASSERT_EQ(0, ct_call(&self->second, do_map, "/large"));
	EXPECT_EQ(1, records_of(self->second.dir, "/large"));
	EXPECT_GT(64, resident("root/large"));
	ASSERT_EQ(0, ct_call(&self->first, do_map, "/large"));
	EXPECT_GT(64, resident("root/large"));
}

/* The test above can fail: what has changed is hashed, and this is seen. */
TEST_F(cache, a_changed_file_is_hashed)
{
	int fd;

	ASSERT_EQ(0, ct_call(&self->first, do_map, "/large"));
	fd = open("root/large", O_WRONLY);
	ASSERT_EQ(1, pwrite(fd, "x", 1, 100));
	close(fd);
	evict("root/large");
	ASSERT_GT(8, resident("root/large"));
	ASSERT_EQ(0, ct_call(&self->second, do_map, "/large"));
	EXPECT_EQ(LARGE / 4096, resident("root/large"));
	EXPECT_EQ(1, records_of(self->second.dir, "/large"));
	/* and for the first one there is nothing to do but to record it */
	evict("root/large");
	ASSERT_EQ(0, ct_call(&self->first, do_map, "/large"));
	EXPECT_EQ(2, records_of(self->first.dir, "/large"));
	EXPECT_GT(64, resident("root/large"));
}

/* What the first container writes is its own: the second has the image's. */
TEST_F(cache, a_copy_is_the_containers_own)
{
	struct ct *first = &self->first;

	if (!variant->overlay)
		return;
	ASSERT_EQ(0, ct_fork(first, do_exec, "/bin/program"));
	ASSERT_EQ(0, ct_fork(&self->second, do_exec, "/bin/program"));
	ASSERT_EQ(0, ct_call(first, do_append, "/bin/program"));
	ASSERT_EQ(0, ct_fork(first, do_exec, "/bin/program"));
	ASSERT_EQ(0, ct_fork(&self->second, do_exec, "/bin/program"));
	EXPECT_EQ(2, records_of(first->dir, "/bin/program"));
	EXPECT_EQ(1, records_of(self->second.dir, "/bin/program"));
	/* once more, now that it is in the upper layer */
	ASSERT_EQ(0, ct_call(first, do_append, "/bin/program"));
	ASSERT_EQ(0, ct_fork(first, do_exec, "/bin/program"));
	EXPECT_EQ(3, records_of(first->dir, "/bin/program"));
}

/* --- every way to change a file, on every file system ------------------------ */

FIXTURE(change) {
	struct ct ct;
	const char *path;
	unsigned int n;
};

FIXTURE_VARIANT(change) {
	const char *path;
	bool overlay;
};

FIXTURE_VARIANT_ADD(change, ext4) {
	.path = "/program",
};

FIXTURE_VARIANT_ADD(change, tmpfs) {
	.path = "/tmp/program",
};

FIXTURE_VARIANT_ADD(change, overlay_upper) {
	.path = "/program",
	.overlay = true,
};

static int install(const char *path)
{
	return copy_file("/bin/payload", path, "#");
}

FIXTURE_SETUP(change)
{
	struct ct_options options = { .overlay = variant->overlay ? "over" : NULL };

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", &options));
	ASSERT_EQ(0, ct_call(&self->ct, install, variant->path));
	self->path = variant->path;
	self->n = 0;
}

FIXTURE_TEARDOWN(change)
{
	char why[256];

	EXPECT_EQ(2, dir_check(self->ct.dir, why, sizeof(why)))
		TH_LOG("%s", why);
	ct_stop(&self->ct);
	run("rm -rf over");
}

/* Execute it: there must be one record more, whose content is like none before. */
#define EXPECT_NEW(self) do { \
	ASSERT_EQ(0, ct_fork(&(self)->ct, do_exec, (self)->path)); \
	EXPECT_EQ(++(self)->n, records_of((self)->ct.dir, (self)->path)); \
	ASSERT_EQ(0, ct_fork(&(self)->ct, do_exec, (self)->path)); \
	EXPECT_EQ((self)->n, records_of((self)->ct.dir, (self)->path)); \
} while (0)

TEST_F(change, appended_and_overwritten)
{
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, do_append, self->path));
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, do_overwrite, self->path));
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, do_append, self->path));
	ASSERT_EQ(0, ct_call(&self->ct, do_append, self->path));
	EXPECT_NEW(self);
}

static int shorten(const char *path)
{
	struct stat st;

	return stat(path, &st) || truncate(path, st.st_size - 1) ? errno : 0;
}

TEST_F(change, truncated_by_name)
{
	ASSERT_EQ(0, ct_call(&self->ct, do_append, self->path));
	ASSERT_EQ(0, ct_call(&self->ct, do_append, self->path));
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, shorten, self->path));
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, shorten, self->path));
	EXPECT_NEW(self);
}

/* The last byte, through a shared mapping whose file descriptor is closed. */
static int store(const char *path)
{
	int fd = open(path, O_RDWR);
	struct stat st;
	char *p;

	if (fd < 0 || fstat(fd, &st))
		return errno;
	p = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return errno;
	p[st.st_size - 1]++;
	munmap(p, st.st_size);
	return 0;
}

TEST_F(change, stored_through_a_mapping)
{
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, store, self->path));
	EXPECT_NEW(self);
	/* the page is dirty already: nothing tells the file system */
	ASSERT_EQ(0, ct_call(&self->ct, store, self->path));
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_fork(&self->ct, store, self->path));
	EXPECT_NEW(self);
}

static int replace(const char *path)
{
	char other[64];

	snprintf(other, sizeof(other), "%s.new", path);
	return copy_file(path, other, "r") || rename(other, path) ? EIO : 0;
}

TEST_F(change, replaced)
{
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, replace, self->path));
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, replace, self->path));
	EXPECT_NEW(self);
}

/* Deleted, made anew: the number of the inode, and its memory, are used again. */
static int again(const char *path)
{
	char other[64];
	int err;

	snprintf(other, sizeof(other), "%s.keep", path);
	err = copy_file(path, other, "a") || unlink(path) || copy_file(other, path, "b") ? EIO : 0;
	unlink(other);
	return err;
}

TEST_F(change, made_anew)
{
	int i;

	EXPECT_NEW(self);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, ct_call(&self->ct, again, self->path));
		EXPECT_NEW(self);
	}
}

/* Tampered with from outside, by the host, through the root of the container. */
TEST_F(change, changed_by_the_host)
{
	char path[128];

	EXPECT_NEW(self);
	snprintf(path, sizeof(path), "/proc/%d/root%s", self->ct.pid, self->path);
	ASSERT_EQ(0, do_append(path));
	EXPECT_NEW(self);
	ASSERT_EQ(0, store(path));
	EXPECT_NEW(self);
}

/* What stays the same is not recorded again. */
static int touch_only(const char *path)
{
	int fd = open(path, O_RDWR);

	close(fd);
	return fd < 0 || chmod(path, 0711) || chmod(path, 0755) ? EIO : 0;
}

TEST_F(change, nothing_changed)
{
	EXPECT_NEW(self);
	ASSERT_EQ(0, ct_call(&self->ct, touch_only, self->path));
	ASSERT_EQ(0, ct_fork(&self->ct, do_exec, self->path));
	EXPECT_EQ(1, records_of(self->ct.dir, self->path));
}

/* A writer's mapping that stays, and is stored to each time this is called. */
static int keep_mapping(const char *path)
{
	static char *p;
	int fd;

	if (!p) {
		fd = open(path, O_RDWR);
		p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
	}
	p[4000]++;
	if (!strcmp(path, "gone"))
		munmap(p, 4096);
	return 0;
}

/*
 * The log must not stay as it was when somebody maps other bytes: there is a
 * violation, which makes it clear for good, or a record for each content.
 */
TEST_F(change, stored_while_it_is_mapped)
{
	char info[96];
	int i, before;

	snprintf(info, sizeof(info), "%s/info", self->ct.dir);
	ASSERT_EQ(0, ct_fork(&self->ct, do_map, self->path));
	EXPECT_EQ(1, records_of(self->ct.dir, self->path));
	for (i = 0; i < 3; i++) {
		before = records_of(self->ct.dir, self->path);
		ASSERT_EQ(0, ct_call(&self->ct, keep_mapping, self->path));
		ASSERT_EQ(0, ct_fork(&self->ct, do_map, self->path));
		EXPECT_TRUE(number_in(info, "violations") == 1 ||
			    records_of(self->ct.dir, self->path) == before + 1)
			TH_LOG("store %d has left no trace", i);
	}
	/* and the truth when the writer is gone */
	before = records_of(self->ct.dir, self->path);
	ASSERT_EQ(0, ct_call(&self->ct, keep_mapping, "gone"));
	ASSERT_EQ(0, ct_fork(&self->ct, do_map, self->path));
	EXPECT_EQ(before + 1, records_of(self->ct.dir, self->path));
}

/* --- what is known goes with the file ---------------------------------------- */

static bool few_inodes(const void *arg)
{
	return status_number("inodes") <= *(const long *)arg;
}

TEST(state_goes_with_the_file)
{
	char path[64];
	struct ct ct;
	long before;
	int i;

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, ct_start(&ct, "root", NULL));
	before = status_number("inodes");
	for (i = 0; i < 50; i++) {
		snprintf(path, sizeof(path), "/tmp/%d", i);
		ASSERT_EQ(0, ct_call(&ct, install, path));
		ASSERT_EQ(0, ct_fork(&ct, do_exec, path));
	}
	EXPECT_LE(before + 50, status_number("inodes"));
	for (i = 0; i < 50; i++) {
		snprintf(path, sizeof(path), "/proc/%d/root/tmp/%d", ct.pid, i);
		ASSERT_EQ(0, unlink(path));
	}
	EXPECT_TRUE(wait_for(few_inodes, &before, 5000))
		TH_LOG("%ld, before %ld", status_number("inodes"), before);
	ct_stop(&ct);
}

TEST_HARNESS_MAIN

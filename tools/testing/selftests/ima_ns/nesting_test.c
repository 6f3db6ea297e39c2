// SPDX-License-Identifier: GPL-2.0
/*
 * Containers inside containers: each has a namespace of its own, and what it does
 * is in the logs of all around it too.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define LEVELS 3

/* Where the host has the root of each level; the level itself has it at /inner. */
static const char *const roots[LEVELS] = { "root", "root/inner", "root/inner/inner" };

/* A root with /bin/actor in it. */
static int make_root(const char *root)
{
	char *actor = test_program("actor"), path[128];
	int err = root_make(root);

	snprintf(path, sizeof(path), "%s/bin/actor", root);
	err = err ?: copy_file(actor, path, NULL);
	free(actor);
	return err;
}

/* In the container: run /bin/actor with these words. */
static int act(const char *words)
{
	char copy[256], *argv[32] = { "/bin/actor" }, *save;
	int n = 1;

	snprintf(copy, sizeof(copy), "%s", words);
	for (argv[n] = strtok_r(copy, " ", &save); argv[n]; argv[++n] = strtok_r(NULL, " ", &save))
		;
	execv(argv[0], argv);
	return 99;
}

static int load_policy(const char *dir, const char *text)
{
	return write_file(file_in(dir, "policy"), text);
}

/* --- three levels, and a twin of the second ---------------------------------- */

FIXTURE(tree) {
	struct ct ct[LEVELS];
	struct ct twin;
	long born;
};

FIXTURE_SETUP(tree)
{
	struct ct_options outer = { .create = "nested=1", .securityfs = "/sys/kernel/security" };
	struct ct_options inner = { .securityfs = "/security" };
	unsigned int i;

	for (i = 0; i < LEVELS; i++)
		ASSERT_EQ(0, make_root(roots[i]));
	ASSERT_EQ(0, make_root("root/twin"));
	for (i = 0; i < LEVELS; i++) {
		inner.within = i ? &self->ct[i - 1] : NULL;
		ASSERT_EQ(0, ct_start(&self->ct[i], i ? "/inner" : "root", i ? &inner : &outer))
			TH_LOG("level %u: %m", i);
	}
	inner.within = &self->ct[0];
	ASSERT_EQ(0, ct_start(&self->twin, "/twin", &inner));
	self->born = status_number("born");
}

FIXTURE_TEARDOWN(tree)
{
	char why[256];
	int i;

	for (i = 0; i < LEVELS; i++)
		EXPECT_EQ(2, dir_check(self->ct[i].dir, why, sizeof(why)))
			TH_LOG("level %d: %s", i, why);
	ct_stop(&self->twin);
	for (i = LEVELS - 1; i >= 0; i--)
		ct_stop(&self->ct[i]);
	for (i = 0; i < LEVELS; i++)
		EXPECT_TRUE(ct_gone(&self->ct[i]))
			TH_LOG("level %d is still there", i);
	EXPECT_TRUE(ct_gone(&self->twin));
}

/* As many records of that name in the logs of a level and all around it, none further in. */
#define EXPECT_OUTWARDS(n, level, name) do {						\
	int l_;										\
											\
	for (l_ = 0; l_ < LEVELS; l_++)							\
		EXPECT_EQ(l_ <= (level) ? (n) : 0, records_of(self->ct[l_].dir, name))	\
			TH_LOG("%s at level %d", name, l_);				\
	EXPECT_EQ(0, records_of(self->twin.dir, name));					\
} while (0)

/* What has ended is counted until RCU has let it go. */
static bool has_members(const struct ct *ct, long n)
{
	return number_in(file_in(ct->dir, "info"), "members") == n;
}

static bool one_member(const void *ct)
{
	return has_members(ct, 1);
}

static bool two_members(const void *ct)
{
	return has_members(ct, 2);
}

TEST_F(tree, each_has_a_namespace)
{
	char id[LEVELS][128];
	unsigned int i;

	for (i = 0; i < LEVELS; i++) {
		ASSERT_EQ(0, ct_id(&self->ct[i], id[i], sizeof(id[i])));
		EXPECT_STREQ("1", text_in(file_in(self->ct[i].dir, "info"), "nested"));
		EXPECT_TRUE(wait_for(one_member, &self->ct[i], 5000));
		EXPECT_EQ(1, records_of(self->ct[i].dir, "boot_aggregate"));
		EXPECT_STREQ(i ? last_of(self->ct[i - 1].dir) : "none",
			     text_in(file_in(self->ct[i].dir, "info"), "parent"));
	}
	EXPECT_STRNE(id[0], id[1]);
	EXPECT_STRNE(id[1], id[2]);
	EXPECT_STREQ(last_of(self->ct[0].dir), text_in(file_in(self->twin.dir, "info"), "parent"));
}

TEST_F(tree, what_happens_is_in_every_log_outwards)
{
	char name[32], path[64];
	int level;

	for (level = 0; level < LEVELS; level++) {
		snprintf(name, sizeof(name), "at-%d", level);
		snprintf(path, sizeof(path), "/bin/%s", name);
		ASSERT_EQ(0, root_add(roots[level], name));
		ASSERT_EQ(0, ct_fork(&self->ct[level], do_exec, path));
		EXPECT_OUTWARDS(1, level, path);
		/* known by now */
		ASSERT_EQ(0, ct_fork(&self->ct[level], do_exec, path));
		EXPECT_OUTWARDS(1, level, path);
	}
}

TEST_F(tree, siblings_have_nothing_to_do_with_each_other)
{
	ASSERT_EQ(0, root_add("root/twin", "twins"));
	ASSERT_EQ(0, ct_fork(&self->twin, do_exec, "/bin/twins"));
	EXPECT_EQ(1, records_of(self->twin.dir, "/bin/twins"));
	EXPECT_EQ(1, records_of(self->ct[0].dir, "/bin/twins"));
	EXPECT_EQ(0, records_of(self->ct[1].dir, "/bin/twins"));
	EXPECT_EQ(0, records_of(self->ct[2].dir, "/bin/twins"));
}

TEST_F(tree, the_record_is_the_same_in_all)
{
	char *digest, *line;
	struct log log[LEVELS];
	const struct rec *r[LEVELS];
	unsigned int i;

	ASSERT_EQ(0, root_add(roots[2], "same"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_exec, "/bin/same"));
	digest = file_digest("root/inner/inner/bin/same");
	for (i = 0; i < LEVELS; i++) {
		ASSERT_EQ(0, log_read(&log[i], self->ct[i].dir, "sha256"));
		r[i] = log_find(&log[i], "/bin/same", NULL);
		ASSERT_NE(NULL, r[i]);
		EXPECT_EQ(0, memcmp(r[0]->digest, r[i]->digest, 32));
		EXPECT_EQ(r[0]->data_len, r[i]->data_len);
		EXPECT_EQ(0, memcmp(r[0]->data, r[i]->data, r[0]->data_len));
		line = log_ascii(&log[i]);
		EXPECT_NE(NULL, strstr(line, digest));
		free(line);
	}
	for (i = 0; i < LEVELS; i++)
		log_free(&log[i]);
	free(digest);
}

/* One inode, executed by the outer one first: the inner log needs it nevertheless. */
TEST_F(tree, what_the_outer_one_knows_is_new_inside)
{
	ASSERT_EQ(0, root_add(roots[1], "shared"));
	ASSERT_EQ(0, ct_fork(&self->ct[0], do_exec, "/inner/bin/shared"));
	EXPECT_OUTWARDS(1, 0, "/inner/bin/shared");
	ASSERT_EQ(0, ct_fork(&self->ct[1], do_exec, "/bin/shared"));
	EXPECT_EQ(1, records_of(self->ct[1].dir, "/bin/shared"));
	/* the outer one has it, by its own name */
	EXPECT_EQ(0, records_of(self->ct[0].dir, "/bin/shared"));
	EXPECT_EQ(1, records_of(self->ct[0].dir, "/inner/bin/shared"));
}

TEST_F(tree, a_change_is_seen_by_all)
{
	ASSERT_EQ(0, root_add(roots[2], "changing"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_exec, "/bin/changing"));
	ASSERT_EQ(0, do_append("root/inner/inner/bin/changing"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_exec, "/bin/changing"));
	EXPECT_OUTWARDS(2, 2, "/bin/changing");
}

TEST_F(tree, a_mapping_made_executable_is_everybodys)
{
	ASSERT_EQ(0, root_add(roots[1], "late"));
	EXPECT_EQ(0, ct_fork(&self->ct[1], act, "mprotect /bin/late"));
	EXPECT_OUTWARDS(1, 1, "/bin/late");
}

/* No version, no cache: all the same one record, with one digest, in each log. */
TEST_F(tree, a_program_in_memory_is_everybodys)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, ct_fork(&self->ct[2], act, "memfd /bin/payload"));
	EXPECT_OUTWARDS(1, 2, "memfd:actor_in_memory");
}

/* --- policies ----------------------------------------------------------------- */

TEST_F(tree, each_judges_by_its_own_policy)
{
	ASSERT_EQ(0, load_policy(self->ct[0].dir, "measure func=FILE_CHECK mask=MAY_READ\n"));
	ASSERT_EQ(0, load_policy(self->ct[1].dir, "dont_measure\n"));
	ASSERT_EQ(0, root_add(roots[2], "code"));
	ASSERT_EQ(0, copy_file("root/bin/payload", "root/inner/inner/data", "data"));
	/* the outermost: what is read; the next: nothing; the innermost: what is executed */
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_exec, "/bin/code"));
	EXPECT_EQ(0, records_of(self->ct[0].dir, "/bin/code"));
	EXPECT_EQ(0, records_of(self->ct[1].dir, "/bin/code"));
	EXPECT_EQ(1, records_of(self->ct[2].dir, "/bin/code"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_read, "/data"));
	EXPECT_OUTWARDS(1, 0, "/data");
}

/* Settled further in is not settled. */
TEST_F(tree, what_is_known_inside_may_be_news_outside)
{
	struct log log;
	const struct rec *r;
	unsigned int n = 0;

	ASSERT_EQ(0, root_add(roots[2], "again"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_exec, "/bin/again"));
	EXPECT_OUTWARDS(1, 2, "/bin/again");
	ASSERT_EQ(0, load_policy(self->ct[0].dir, "measure func=BPRM_CHECK pcr=11\n"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_exec, "/bin/again"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_exec, "/bin/again"));
	ASSERT_EQ(0, log_read(&log, self->ct[0].dir, "sha256"));
	for (r = NULL; (r = log_find(&log, "/bin/again", r));)
		n += r->pcr == 11;
	EXPECT_EQ(1, n);
	log_free(&log);
	EXPECT_EQ(1, records_of(self->ct[1].dir, "/bin/again"));
	EXPECT_EQ(1, records_of(self->ct[2].dir, "/bin/again"));
}

TEST_F(tree, a_policy_that_is_loaded_is_the_outer_ones_event_too)
{
	char path[PATH_MAX], line[PATH_MAX + 16];

	ASSERT_EQ(0, load_policy(self->ct[0].dir, "measure func=POLICY_CHECK\n"));
	ASSERT_EQ(0, load_policy(self->ct[1].dir, "measure func=POLICY_CHECK\n"));
	ASSERT_EQ(0, write_file("rules", "measure func=BPRM_CHECK\n"));
	ASSERT_NE(NULL, realpath("rules", path));
	snprintf(line, sizeof(line), "%s\n", path);
	ASSERT_EQ(0, load_policy(self->ct[1].dir, line));
	EXPECT_OUTWARDS(1, 1, path);
}

/* --- violations ---------------------------------------------------------------- */

static int held = -1;

/* Open and map a file as a reader, and keep it open. */
static int hold(const char *path)
{
	if (held < 0)
		held = open(path, O_RDONLY | O_CLOEXEC);
	return held < 0 ? errno : do_map(path);
}

static int hold_for_writing(const char *path)
{
	held = open(path, O_RDWR | O_CLOEXEC);
	return held < 0 ? errno : 0;
}

static long violations(const struct ct *ct)
{
	return number_in(file_in(ct->dir, "info"), "violations");
}

TEST_F(tree, a_writer_is_a_violation_for_each_that_has_measured)
{
	ASSERT_EQ(0, root_add(roots[1], "lib"));
	ASSERT_EQ(0, ct_call(&self->ct[1], hold, "/bin/lib"));
	EXPECT_OUTWARDS(1, 1, "/bin/lib");

	/* a writer inside: both know its path */
	ASSERT_EQ(0, ct_fork(&self->ct[1], do_append, "/bin/lib"));
	EXPECT_OUTWARDS(2, 1, "/bin/lib");
	EXPECT_EQ(1, violations(&self->ct[0]));
	EXPECT_EQ(1, violations(&self->ct[1]));

	/* one in between: its path is the outer one's business only */
	ASSERT_EQ(0, ct_call(&self->ct[1], hold, "/bin/lib"));
	EXPECT_OUTWARDS(3, 1, "/bin/lib");
	ASSERT_EQ(0, ct_fork(&self->ct[0], do_append, "/inner/bin/lib"));
	EXPECT_EQ(1, records_of(self->ct[0].dir, "/inner/bin/lib"));
	EXPECT_EQ(1, records_of(self->ct[1].dir, "lib"));
	EXPECT_EQ(0, records_of(self->ct[0].dir, "lib"));

	/* the host, and a sibling of the measurer's: nobody's */
	ASSERT_EQ(0, ct_call(&self->ct[1], hold, "/bin/lib"));
	ASSERT_EQ(0, do_append("root/inner/bin/lib"));
	EXPECT_EQ(1, records_of(self->ct[0].dir, "lib"));
	EXPECT_EQ(2, records_of(self->ct[1].dir, "lib"));
	EXPECT_EQ(3, violations(&self->ct[0]));
	EXPECT_EQ(3, violations(&self->ct[1]));
	EXPECT_EQ(0, violations(&self->ct[2]));
	EXPECT_EQ(0, violations(&self->twin));
}

TEST_F(tree, a_file_with_writers_is_a_violation_for_each_that_measures)
{
	ASSERT_EQ(0, root_add(roots[2], "written"));
	ASSERT_EQ(0, ct_call(&self->ct[0], hold_for_writing, "/inner/inner/bin/written"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_map, "/bin/written"));
	ASSERT_EQ(0, ct_fork(&self->ct[2], do_map, "/bin/written"));
	EXPECT_EQ(1, violations(&self->ct[0]));
	EXPECT_EQ(1, violations(&self->ct[1]));
	EXPECT_EQ(1, violations(&self->ct[2]));
	EXPECT_EQ(0, violations(&self->twin));
}

/* --- inwards, and never out ------------------------------------------------------ */

/* A member of one level enters what it can, and executes something there. */
TEST_F(tree, out_of_the_inner_one)
{
	const struct {
		const char *name;
		int from;
		int to;		/* -1: the host */
		const char *more;
	} ways[] = {
		{ "1-to-0", 1, 0, "" },
		{ "2-to-1", 2, 1, "" },
		{ "2-to-0", 2, 0, "" },
		{ "1-to-host", 1, -1, "" },
		{ "2-to-host", 2, -1, "" },
		{ "2-to-host-and-on", 2, -1, "unshare mnt " },
		{ "2-to-0-and-on", 2, 0, "unshare mnt fork " },
	};
	char words[PATH_MAX + 64], path[PATH_MAX], cwd[PATH_MAX - 64];
	unsigned int i;

	ASSERT_NE(NULL, getcwd(cwd, sizeof(cwd)));
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		ASSERT_EQ(0, root_add(roots[2], ways[i].name));
		/* the same file, by its name where the way ends */
		snprintf(path, sizeof(path), "%s%s/bin/%s", ways[i].to < 0 ? cwd : "",
			 ways[i].to < 0 ? "/root/inner/inner" : ways[i].to ? "/inner" : "/inner/inner",
			 ways[i].name);
		snprintf(words, sizeof(words), "setns /proc/%d/ns/mnt %sexec %s",
			 ways[i].to < 0 ? 1 : self->ct[ways[i].to].pid, ways[i].more, path);
		EXPECT_EQ(0, ct_fork(&self->ct[ways[i].from], act, words))
			TH_LOG("%s", words);
		EXPECT_OUTWARDS(1, ways[i].from, path);
	}
	EXPECT_EQ(self->born, status_number("born"));
}

TEST_F(tree, into_a_sibling)
{
	char words[128];

	ASSERT_EQ(0, root_add("root/twin", "guest"));
	snprintf(words, sizeof(words), "setns /proc/%d/ns/mnt exec /bin/guest", self->twin.pid);
	EXPECT_EQ(0, ct_fork(&self->ct[1], act, words));
	EXPECT_OUTWARDS(1, 1, "/bin/guest");
	EXPECT_EQ(self->born, status_number("born"));
}

TEST_F(tree, unshare_and_chroot)
{
	ASSERT_EQ(0, root_add(roots[1], "unshared"));
	ASSERT_EQ(0, root_add(roots[2], "chrooted"));
	EXPECT_EQ(0, ct_fork(&self->ct[1], act, "unshare mnt exec /bin/unshared"));
	EXPECT_OUTWARDS(1, 1, "/bin/unshared");
	EXPECT_EQ(0, ct_fork(&self->ct[1], act, "chroot /inner exec /bin/chrooted"));
	EXPECT_OUTWARDS(1, 1, "/inner/bin/chrooted");
	/* neither alone is a container */
	EXPECT_EQ(self->born, status_number("born"));
	/* both are; it is inside, and its name that in the mount namespace */
	ASSERT_EQ(0, root_add(roots[2], "both"));
	EXPECT_EQ(0, ct_fork(&self->ct[1], act, "unshare mnt chroot /inner exec /bin/both"));
	EXPECT_OUTWARDS(1, 1, "/inner/bin/both");
	EXPECT_EQ(self->born + 1, status_number("born"));
}

TEST_F(tree, another_root)
{
	ASSERT_EQ(0, root_add(roots[2], "pivoted"));
	EXPECT_EQ(0, ct_fork(&self->ct[1], act, "pivot /inner exec /bin/pivoted"));
	EXPECT_OUTWARDS(1, 1, "/bin/pivoted");
	EXPECT_EQ(self->born + 1, status_number("born"));
}

/* "docker exec" in a container, one or two levels down; and by the host. */
TEST_F(tree, who_enters_from_outside_is_a_member_inside)
{
	char words[128], name[32], path[64];
	int from, to;

	for (from = 0; from < LEVELS; from++) {
		for (to = from + 1; to < LEVELS; to++) {
			snprintf(name, sizeof(name), "%d-into-%d", from, to);
			snprintf(path, sizeof(path), "/bin/%s", name);
			ASSERT_EQ(0, root_add(roots[to], name));
			snprintf(words, sizeof(words), "setns /proc/%d/ns/mnt exec %s",
				 self->ct[to].pid, path);
			EXPECT_EQ(0, ct_fork(&self->ct[from], act, words));
			EXPECT_OUTWARDS(1, to, path);
		}
	}
	ASSERT_EQ(0, root_add(roots[1], "by-the-host"));
	snprintf(words, sizeof(words), "root/bin/actor setns /proc/%d/ns/mnt exec /bin/by-the-host",
		 self->ct[1].pid);
	EXPECT_EQ(0, run(words));
	EXPECT_OUTWARDS(1, 1, "/bin/by-the-host");
	EXPECT_EQ(self->born, status_number("born"));
}

/* Another container of the host, privileged enough to enter: it stays what it is. */
TEST_F(tree, who_comes_from_another_tree_stays_what_it_is)
{
	struct ct_options options = { .create = "nested=1" };
	char words[128];
	struct ct other;

	ASSERT_EQ(0, make_root("other"));
	ASSERT_EQ(0, ct_start(&other, "other", &options));
	ASSERT_EQ(0, root_add(roots[1], "stranger"));
	snprintf(words, sizeof(words), "setns /proc/%d/ns/mnt exec /bin/stranger",
		 self->ct[1].pid);
	EXPECT_EQ(0, ct_fork(&other, act, words));
	EXPECT_EQ(1, records_of(other.dir, "/bin/stranger"));
	EXPECT_OUTWARDS(0, 0, "/bin/stranger");
	EXPECT_EQ(self->born + 1, status_number("born"));
	ct_stop(&other);
	EXPECT_TRUE(ct_gone(&other));
}

/* --- who may see what ------------------------------------------------------------- */

static const char *inside(const char *dir, const char *file)
{
	static char name[256];

	snprintf(name, sizeof(name), "/security%s/%s", dir + strlen("/sys/kernel/security"), file);
	return name;
}

static int write_open(const char *path)
{
	int fd = open(path, O_WRONLY);

	return fd < 0 ? errno : 0;
}

TEST_F(tree, an_ancestor_sees_what_is_inside_and_not_the_other_way_round)
{
	static const char *const files[] = {
		"ascii_runtime_measurements", "policy", "pcrs_sha256", "info", "violations", "",
	};
	unsigned int from, to, i;

	for (from = 0; from < LEVELS; from++)
		for (to = 0; to < LEVELS; to++)
			for (i = 0; i < sizeof(files) / sizeof(*files); i++)
				EXPECT_EQ(from <= to ? *files[i] ? 0 : EISDIR : EACCES,
					  ct_call(&self->ct[from], do_read,
						  inside(self->ct[to].dir, files[i])))
					TH_LOG("%u to %u: %s", from, to, files[i]);
	EXPECT_EQ(EACCES, ct_call(&self->twin, do_read, inside(self->ct[1].dir, "info")));
	EXPECT_EQ(EACCES, ct_call(&self->ct[1], do_read, inside(self->twin.dir, "info")));
	EXPECT_EQ(EACCES, ct_call(&self->ct[2], do_read, inside(self->twin.dir, "info")));
	EXPECT_EQ(0, ct_call(&self->ct[0], do_read, inside(self->twin.dir, "info")));
}

TEST_F(tree, policies_are_the_hosts_alone)
{
	unsigned int from, to;
	int err;

	for (from = 0; from < LEVELS; from++) {
		for (to = 0; to < LEVELS; to++) {
			err = ct_call(&self->ct[from], write_open,
				      inside(self->ct[to].dir, "policy"));
			EXPECT_EQ(from <= to ? EPERM : EACCES, err)
				TH_LOG("%u to %u", from, to);
		}
		EXPECT_EQ(EACCES, ct_call(&self->ct[from], write_open,
					  inside(TOP, "default_policy")));
		EXPECT_EQ(EACCES, ct_call(&self->ct[from], do_read, inside(TOP, "status")));
	}
}

/* --- by hand ------------------------------------------------------------------------ */

/* In a container that nests: make a namespace for a process of a mount namespace of its own. */
static int create_inside(const char *more)
{
	char path[64], line[64];
	int ready[2], fd, err;
	pid_t pid;
	char c;

	if (pipe(ready))
		return 99;
	pid = fork();
	if (!pid) {
		close(ready[0]);
		unshare(CLONE_NEWNS);
		err = write(ready[1], "", 1);
		pause();
		_exit(0);
	}
	if (read(ready[0], &c, 1) != 1)
		return 98;
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	fd = open(path, O_RDONLY);
	snprintf(line, sizeof(line), "fd=%d%s", fd, more);
	err = -write_file("/security/ima-ns/create", line);
	close(fd);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	return err;
}

TEST_F(tree, a_member_creates_inside_only)
{
	char more[64];

	EXPECT_EQ(0, ct_call(&self->ct[0], create_inside, ""));
	EXPECT_EQ(0, ct_call(&self->ct[1], create_inside, " nested=0"));
	EXPECT_EQ(self->born + 2, status_number("born"));
	snprintf(more, sizeof(more), " parent=%u", self->ct[0].nsid);
	EXPECT_EQ(EPERM, ct_call(&self->ct[0], create_inside, more));
	EXPECT_EQ(EPERM, ct_call(&self->ct[2], create_inside, more));
	EXPECT_EQ(self->born + 2, status_number("born"));
}

TEST_F(tree, the_host_names_the_parent)
{
	char words[64];
	struct ct_options options = {
		.within = &self->ct[1], .create = words, .no_join = true,
	};
	struct ct ct, deeper;

	/* it is there before its first instruction, and has nested=1 from its parent */
	snprintf(words, sizeof(words), "parent=%u", self->ct[1].nsid);
	ASSERT_EQ(0, ct_start(&ct, "/inner", &options));
	EXPECT_EQ(self->born + 1, status_number("born"));
	EXPECT_EQ(0, number_in(file_in(ct.dir, "info"), "members"));
	EXPECT_EQ(self->ct[1].nsid, number_in(file_in(ct.dir, "info"), "parent"));
	EXPECT_EQ(1, number_in(file_in(ct.dir, "info"), "nested"));
	ASSERT_EQ(0, root_add(roots[2], "named"));
	ASSERT_EQ(0, ct_fork(&ct, do_exec, "/bin/named"));
	EXPECT_EQ(1, records_of(ct.dir, "/bin/named"));
	EXPECT_OUTWARDS(1, 1, "/bin/named");
	ct_stop(&ct);

	/* one that does not nest: what is inside is its own */
	snprintf(words, sizeof(words), "nested=0 parent=%u", self->ct[1].nsid);
	options.no_join = false;
	ASSERT_EQ(0, ct_start(&ct, "/inner", &options));
	EXPECT_EQ(0, number_in(file_in(ct.dir, "info"), "nested"));
	ASSERT_EQ(0, make_root("root/inner/inner/inner"));
	options = (struct ct_options){ .within = &ct };
	ASSERT_EQ(0, ct_start(&deeper, "/inner", &options));
	EXPECT_TRUE(absent(deeper.dir));
	ASSERT_EQ(0, root_add("root/inner/inner/inner", "deeper"));
	ASSERT_EQ(0, ct_fork(&deeper, do_exec, "/bin/deeper"));
	EXPECT_EQ(1, records_of(ct.dir, "/bin/deeper"));
	EXPECT_OUTWARDS(1, 1, "/bin/deeper");
	ct_stop(&deeper);
	ct_stop(&ct);
	EXPECT_TRUE(ct_gone(&ct));
}

TEST(what_create_refuses)
{
	static const char *const garbage[] = {
		"nested", "nested=", "nested=2", "nested=-1", "nested=yes", "nested=1 nested=1",
		"nested=1  parent=5", "nested=1 ", "parent=", "parent=0", "parent=x",
		"parent=99999999999", "fd=0", "nested=1\nparent=5", "other=1", "nested=1,parent=5",
	};
	struct ct_options options = { .no_join = true };
	struct ct plain, ct;
	char words[64];
	unsigned int i;

	ASSERT_EQ(0, make_root("root"));
	ASSERT_EQ(0, ct_start(&plain, "root", NULL));
	ASSERT_EQ(0, ct_start(&ct, "root", &options));
	for (i = 0; i < sizeof(garbage) / sizeof(*garbage); i++)
		EXPECT_EQ(-EINVAL, ct_create(ct.pid, garbage[i]))
			TH_LOG("\"%s\"", garbage[i]);
	EXPECT_EQ(-ESRCH, ct_create(ct.pid, "parent=1"));
	/* not one that nests */
	snprintf(words, sizeof(words), "parent=%u", plain.nsid);
	EXPECT_EQ(-EINVAL, ct_create(ct.pid, words));
	/* itself */
	snprintf(words, sizeof(words), "parent=%u", ct.nsid);
	EXPECT_EQ(-ESRCH, ct_create(ct.pid, words));
	EXPECT_TRUE(absent(ct.dir));
	EXPECT_EQ(0, ct_create(ct.pid, "nested=1"));
	EXPECT_EQ(-EEXIST, ct_create(ct.pid, "nested=0"));
	EXPECT_EQ(1, number_in(file_in(ct.dir, "info"), "nested"));
	ct_stop(&ct);
	ct_stop(&plain);
	EXPECT_TRUE(ct_gone(&ct));
}

/* --- off, and on for all -------------------------------------------------------------- */

TEST(off_unless_asked_for)
{
	struct ct outer, inner;
	struct ct_options within = { .within = &outer };
	long born;

	ASSERT_EQ(0, make_root("root"));
	ASSERT_EQ(0, make_root("root/inner"));
	ASSERT_EQ(0, root_add("root/inner", "plain"));
	ASSERT_EQ(0, ct_start(&outer, "root", NULL));
	EXPECT_EQ(0, number_in(file_in(outer.dir, "info"), "nested"));
	EXPECT_EQ(0, status_number("nested"));
	born = status_number("born");
	ASSERT_EQ(0, ct_start(&inner, "/inner", &within));
	ASSERT_EQ(0, ct_fork(&inner, do_exec, "/bin/plain"));
	EXPECT_TRUE(absent(inner.dir));
	EXPECT_EQ(1, records_of(outer.dir, "/bin/plain"));
	EXPECT_TRUE(wait_for(two_members, &outer, 5000));
	EXPECT_EQ(born, status_number("born"));
	ct_stop(&inner);
	ct_stop(&outer);
	EXPECT_TRUE(ct_gone(&outer));
}

FIXTURE(reloaded) {
	struct ct outer, inner;
};

FIXTURE_SETUP(reloaded)
{
	ASSERT_EQ(0, make_root("root"));
	ASSERT_EQ(0, make_root("root/inner"));
	ASSERT_EQ(0, root_add("root/inner", "inside"));
}

FIXTURE_TEARDOWN(reloaded)
{
	ct_stop(&self->inner);
	ct_stop(&self->outer);
	EXPECT_EQ(0, modules_reload(""));
}

/* The directory of a container by another anchor. */
static const char *dir_by(const struct ct *ct, const char *type)
{
	static char dir[2][64];
	static unsigned int i;
	char path[64];
	struct stat st = {};

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", ct->pid, type);
	stat(path, &st);
	i = !i;
	snprintf(dir[i], sizeof(dir[i]), TOP "/%u", (unsigned int)st.st_ino);
	return dir[i];
}

/* The parameter makes all that are born by themselves nest, whatever the anchor. */
TEST_F(reloaded, for_all_by_any_anchor)
{
	static const struct {
		const char *type;
		int flag;
	} types[] = {
		{ "mnt", 0 }, { "uts", CLONE_NEWUTS }, { "ipc", CLONE_NEWIPC }, { "net", CLONE_NEWNET },
		{ "cgroup", CLONE_NEWCGROUP }, { "pid", CLONE_NEWPID },
	};
	struct ct_options options, within;
	char parameters[64];
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		snprintf(parameters, sizeof(parameters), "nested=1 anchor=%s", types[i].type);
		ASSERT_EQ(0, modules_reload(parameters));
		EXPECT_EQ(1, status_number("nested"));
		options = (struct ct_options){ .flags = types[i].flag };
		within = (struct ct_options){ .flags = types[i].flag, .within = &self->outer };
		ASSERT_EQ(0, ct_start(&self->outer, "root", &options))
			TH_LOG("%s: %m", types[i].type);
		ASSERT_EQ(0, ct_start(&self->inner, "/inner", &within))
			TH_LOG("%s: %m", types[i].type);
		ASSERT_EQ(0, ct_fork(&self->inner, do_exec, "/bin/inside"));
		EXPECT_EQ(1, records_of(dir_by(&self->inner, types[i].type), "/bin/inside"))
			TH_LOG("%s", types[i].type);
		EXPECT_EQ(1, records_of(dir_by(&self->outer, types[i].type), "/bin/inside"))
			TH_LOG("%s", types[i].type);
		ct_stop(&self->inner);
		ct_stop(&self->outer);
	}
}

/* Nobody but a container's own root can give ids to a user namespace inside. */
TEST_F(reloaded, anchor_user)
{
	struct ct_options options = { .flags = CLONE_NEWUSER };
	long born;

	ASSERT_EQ(0, chmod(".", 0755));
	ASSERT_EQ(0, root_add("root", "alone"));
	ASSERT_EQ(0, make_root("root"));
	ASSERT_EQ(0, modules_reload("nested=1 anchor=user"));
	ASSERT_EQ(0, ct_start(&self->outer, "root", &options));
	born = status_number("born");
	ASSERT_EQ(0, ct_fork(&self->outer, act, "unshare user exec /bin/alone"));
	EXPECT_EQ(born + 1, status_number("born"));
	EXPECT_EQ(1, records_of(dir_by(&self->outer, "user"), "/bin/alone"));
}

/* --- a root that changes ---------------------------------------------------------------- */

/* As bubblewrap: once more another root, in the same mount namespace. */
static int pivot_again(const char *dir)
{
	if (mount(dir, dir, NULL, MS_BIND, NULL) || chdir(dir) ||
	    syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return errno;
	return spawn("/bin/first");
}

static int unshare_and_spawn(const char *path)
{
	return unshare(CLONE_NEWNS) ?: spawn(path);
}

TEST(the_root_is_the_last_one)
{
	struct ct_options options = { .create = "nested=1" };
	struct ct ct;
	long born;

	ASSERT_EQ(0, make_root("root"));
	ASSERT_EQ(0, make_root("root/inner"));
	ASSERT_EQ(0, root_add("root/inner", "first"));
	ASSERT_EQ(0, root_add("root/inner", "second"));
	ASSERT_EQ(0, ct_start(&ct, "root", &options));
	born = status_number("born");
	ASSERT_EQ(0, ct_call(&ct, pivot_again, "/inner"));
	/* a service with a private mount namespace, not a container */
	ASSERT_EQ(0, ct_fork(&ct, unshare_and_spawn, "/bin/second"));
	EXPECT_EQ(1, records_of(ct.dir, "/bin/second"));
	EXPECT_EQ(born, status_number("born"));
	ct_stop(&ct);
	EXPECT_TRUE(ct_gone(&ct));
}

TEST_HARNESS_MAIN

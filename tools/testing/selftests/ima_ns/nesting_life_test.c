// SPDX-License-Identifier: GPL-2.0
/*
 * Containers inside containers: how they end, how many there can be, and what a
 * lot of them leave behind.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "lib.h"

#define LEVELS 3
#define MAX_DEPTH 8		/* IMA_NS_MAX_DEPTH */
#define MAX_NESTED 256		/* IMA_NS_MAX_NESTED */

/* Where the host has the root of each level; the level around it has it at /inner. */
static const char *const roots[LEVELS] = { "root", "root/inner", "root/inner/inner" };

/* --- ends --------------------------------------------------------------------------------- */

struct life {
	struct ct ct;
	char id[128];
	char dir[128];		/* as it is called now */
	bool stopped;
};

/* Is the directory, by whatever name, that of this namespace? */
static bool find_dir(const void *arg)
{
	struct life *l = (struct life *)arg;
	char *id;
	bool same = false;
	int i;

	for (i = 0; i < 2 && !same; i++) {
		if (i)
			snprintf(l->dir, sizeof(l->dir), "%s.%s", l->ct.dir, strrchr(l->id, '-') + 1);
		else
			snprintf(l->dir, sizeof(l->dir), "%s", l->ct.dir);
		id = text_in(file_in(l->dir, "info"), "id");
		same = id && !strcmp(id, l->id);
		free(id);
	}
	return same;
}

static bool no_dir(const void *arg)
{
	return !find_dir(arg);
}

static bool is_orphan(const void *arg)
{
	char *state = find_dir(arg) ? text_in(file_in(((struct life *)arg)->dir, "info"), "state") :
				      NULL;
	bool orphan = state && !strcmp(state, "orphan");

	free(state);
	return orphan;
}

/*
 * Three levels end in every order.  A namespace is there as long as there is a
 * container inside it, and has everything in its log that happens there.
 */
static const int orders[][LEVELS] = {
	{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
};

static int innermost(const struct life *lives)
{
	int i = LEVELS - 1;

	while (i >= 0 && lives[i].stopped)
		i--;
	return i;
}

FIXTURE(lives) {
	struct life life[LEVELS];
};

FIXTURE_SETUP(lives)
{
	struct ct_options outer = { .create = "nested=1" }, inner = {};
	int i;

	for (i = 0; i < LEVELS; i++)
		ASSERT_EQ(0, root_make(roots[i]));
	for (i = 0; i < LEVELS; i++) {
		struct life *l = &self->life[i];

		inner.within = i ? &self->life[i - 1].ct : NULL;
		ASSERT_EQ(0, ct_start(&l->ct, i ? "/inner" : "root", i ? &inner : &outer));
		ASSERT_EQ(0, ct_id(&l->ct, l->id, sizeof(l->id)));
	}
}

FIXTURE_TEARDOWN(lives)
{
	int i;

	for (i = LEVELS - 1; i >= 0; i--)
		ct_stop(&self->life[i].ct);
	for (i = 0; i < LEVELS; i++)
		EXPECT_TRUE(wait_for(no_dir, &self->life[i], 10000))
			TH_LOG("level %d is still there", i);
}

FIXTURE_VARIANT(lives) {
	int order;
};

FIXTURE_VARIANT_ADD(lives, in_order_0) { .order = 0 };
FIXTURE_VARIANT_ADD(lives, in_order_1) { .order = 1 };
FIXTURE_VARIANT_ADD(lives, in_order_2) { .order = 2 };
FIXTURE_VARIANT_ADD(lives, in_order_3) { .order = 3 };
FIXTURE_VARIANT_ADD(lives, in_order_4) { .order = 4 };
FIXTURE_VARIANT_ADD(lives, in_order_5) { .order = 5 };

TEST_F(lives, end)
{
	const int *order = orders[variant->order];
	char name[32], path[64], why[256];
	int step, i, level;

	for (step = 0; step < LEVELS; step++) {
		self->life[order[step]].stopped = true;
		ct_stop(&self->life[order[step]].ct);
		level = innermost(self->life);
		for (i = 0; i < LEVELS; i++) {
			struct life *l = &self->life[i];

			/* gone, an orphan, or as before */
			EXPECT_TRUE(wait_for(i > level ? no_dir : l->stopped ? is_orphan : find_dir,
					     l, 10000))
				TH_LOG("step %d: level %d of %d", step, i, level);
		}
		if (level < 0)
			break;
		snprintf(name, sizeof(name), "step-%d", step);
		snprintf(path, sizeof(path), "/bin/%s", name);
		ASSERT_EQ(0, root_add(roots[level], name));
		ASSERT_EQ(0, ct_fork(&self->life[level].ct, do_exec, path));
		for (i = 0; i <= level; i++) {
			ASSERT_TRUE(find_dir(&self->life[i]));
			EXPECT_EQ(1, records_of(self->life[i].dir, path))
				TH_LOG("step %d, level %d", step, i);
			EXPECT_EQ(2, dir_check(self->life[i].dir, why, sizeof(why)))
				TH_LOG("step %d, level %d: %s", step, i, why);
		}
	}
}

/* The outer one has ended: it is told by the name that it has now. */
TEST(an_orphan_is_still_the_parent)
{
	struct ct_options outer = { .create = "nested=1" }, inner = {};
	struct life a = {}, b = {};

	ASSERT_EQ(0, root_make(roots[0]));
	ASSERT_EQ(0, root_make(roots[1]));
	ASSERT_EQ(0, ct_start(&a.ct, "root", &outer));
	ASSERT_EQ(0, ct_id(&a.ct, a.id, sizeof(a.id)));
	inner.within = &a.ct;
	ASSERT_EQ(0, ct_start(&b.ct, "/inner", &inner));
	ASSERT_EQ(0, ct_id(&b.ct, b.id, sizeof(b.id)));
	EXPECT_STREQ(last_of(a.ct.dir), text_in(file_in(b.ct.dir, "info"), "parent"));
	ct_stop(&a.ct);
	ASSERT_TRUE(wait_for(absent, a.ct.dir, 10000));
	ASSERT_TRUE(find_dir(&a));
	EXPECT_STREQ(last_of(a.dir), text_in(file_in(b.ct.dir, "info"), "parent"));
	EXPECT_EQ(0, number_in(file_in(a.dir, "info"), "members"));
	/* its number is no parent's any more */
	EXPECT_EQ(-ESRCH, ct_create(b.ct.pid, "parent=1"));
	ct_stop(&b.ct);
	EXPECT_TRUE(wait_for(no_dir, &a, 10000));
	EXPECT_TRUE(wait_for(no_dir, &b, 10000));
}

/* An open file of an inner namespace keeps the memory of those around it, no more. */
TEST(a_log_outlives_the_tree_for_who_has_it_open)
{
	struct ct_options outer = { .create = "nested=1" }, inner = {};
	char text[4096] = "";
	struct ct a, b;
	int fd;

	ASSERT_EQ(0, root_make(roots[0]));
	ASSERT_EQ(0, root_make(roots[1]));
	ASSERT_EQ(0, ct_start(&a, "root", &outer));
	inner.within = &a;
	ASSERT_EQ(0, ct_start(&b, "/inner", &inner));
	fd = open(file_in(b.dir, "info"), O_RDONLY);
	ct_stop(&a);
	ct_stop(&b);
	ASSERT_TRUE(ct_gone(&b));
	ASSERT_TRUE(ct_gone(&a));
	usleep(500000);
	EXPECT_LT(0, read(fd, text, sizeof(text) - 1));
	EXPECT_NE(NULL, strstr(text, "state=dead\n"));
	EXPECT_NE(NULL, strstr(text, last_of(a.dir)))
		TH_LOG("%s", text);
	close(fd);
}

/* --- bounds ---------------------------------------------------------------------------------- */

TEST(as_deep_as_it_goes)
{
	struct ct_options outer = { .create = "nested=1" }, inner = {};
	struct ct ct[MAX_DEPTH + 1] = {};
	char root[256] = "root", words[64];
	long born;
	int i, k;

	for (i = 0; i <= MAX_DEPTH; i++) {
		ASSERT_EQ(0, root_make(root));
		strcat(root, "/inner");
	}
	*strrchr(root, '/') = '\0';
	ASSERT_EQ(0, root_add(root, "deepest"));
	for (i = 0; i < MAX_DEPTH; i++) {
		inner.within = i ? &ct[i - 1] : NULL;
		ASSERT_EQ(0, ct_start(&ct[i], i ? "/inner" : "root", i ? &inner : &outer))
			TH_LOG("level %d: %m", i);
		EXPECT_EQ(i < MAX_DEPTH - 1, number_in(file_in(ct[i].dir, "info"), "nested"))
			TH_LOG("level %d", i);
	}
	/* one more is what the last one does itself */
	born = status_number("born");
	inner.within = &ct[MAX_DEPTH - 1];
	ASSERT_EQ(0, ct_start(&ct[MAX_DEPTH], "/inner", &inner));
	ASSERT_EQ(0, ct_fork(&ct[MAX_DEPTH], do_exec, "/bin/deepest"));
	EXPECT_EQ(born, status_number("born"));
	EXPECT_TRUE(absent(ct[MAX_DEPTH].dir));
	for (i = 0; i < MAX_DEPTH; i++)
		EXPECT_EQ(1, records_of(ct[i].dir, "/bin/deepest"))
			TH_LOG("level %d", i);
	snprintf(words, sizeof(words), "parent=%u", ct[MAX_DEPTH - 1].nsid);
	EXPECT_EQ(-EINVAL, ct_create(ct[MAX_DEPTH].pid, words));
	snprintf(words, sizeof(words), "nested=1 parent=%u", ct[MAX_DEPTH - 2].nsid);
	EXPECT_EQ(-ENOSPC, ct_create(ct[MAX_DEPTH].pid, words));
	for (k = MAX_DEPTH; k >= 0; k--)
		ct_stop(&ct[k]);
	EXPECT_TRUE(ct_gone(&ct[0]));
}

/* What a container of the crowd runs is the same for all. */
static int one_of_many(int ready, const char *program)
{
	char status;

	if (unshare(CLONE_NEWNS) || chroot("/inner") || chdir("/"))
		_exit(1);
	/* an event, and it is a container inside; the answer is in the log */
	status = program ? spawn(program) : do_map("/bin/payload");
	if (write(ready, &status, 1) != 1)
		_exit(1);
	pause();
	_exit(0);
}

/* Start @n of them, which stay; all have had their first event when this returns. */
static int crowd(const char *n)
{
	int ready[2], i, bad = 0, count = atoi(n);
	const char *program = strchr(n, ' ');
	char c;

	if (pipe(ready))
		return errno;
	for (i = 0; i < count; i++)
		if (!fork())
			one_of_many(ready[1], program ? program + 1 : NULL);
	close(ready[1]);
	for (i = 0; i < count; i++)
		bad |= read(ready[0], &c, 1) != 1 ? EIO : c;
	close(ready[0]);
	return bad;
}

FIXTURE(crowd) {
	struct ct ct;
};

FIXTURE_VARIANT(crowd) {
	int refused;
};

FIXTURE_VARIANT_ADD(crowd, allow) { .refused = 0 };
FIXTURE_VARIANT_ADD(crowd, deny) { .refused = EACCES };

FIXTURE_SETUP(crowd)
{
	struct ct_options options = { .create = "nested=1", .flags = CLONE_NEWPID };

	ASSERT_EQ(0, root_make("root"));
	ASSERT_EQ(0, root_make("root/inner"));
	if (variant->refused)
		ASSERT_EQ(0, modules_reload("overflow=deny"));
	ASSERT_EQ(0, ct_start(&self->ct, "root", &options));
}

FIXTURE_TEARDOWN(crowd)
{
	ct_stop(&self->ct);
	EXPECT_TRUE(ct_gone(&self->ct));
	if (variant->refused)
		EXPECT_EQ(0, modules_reload(""));
}

/*
 * More containers than a container may have: those that get no namespace are
 * measured in the outer one, or refused.
 */
TEST_F(crowd, is_bounded)
{
	long before = status_number("namespaces"), refused = status_number("refused");
	char many[32];
	struct ct other;

	snprintf(many, sizeof(many), "%d", MAX_NESTED);
	ASSERT_EQ(0, ct_call(&self->ct, crowd, many));
	EXPECT_EQ(before + MAX_NESTED, status_number("namespaces"));
	EXPECT_EQ(refused, status_number("refused"));
	ASSERT_EQ(0, root_add("root/inner", "late"));
	EXPECT_EQ(variant->refused, ct_call(&self->ct, crowd, "1 /bin/late"));
	EXPECT_EQ(before + MAX_NESTED, status_number("namespaces"));
	EXPECT_LT(refused, status_number("refused"));
	EXPECT_EQ(!variant->refused, records_of(self->ct.dir, "/inner/bin/late"));
	/* which is nobody else's trouble */
	ASSERT_EQ(0, root_make("other"));
	ASSERT_EQ(0, ct_start(&other, "other", NULL));
	EXPECT_TRUE(exists(other.dir));
	ct_stop(&other);
}

/* --- churn ------------------------------------------------------------------------------------ */

static int pass_by(int rounds)
{
	int i, status;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		pid = fork();
		if (!pid) {
			if (unshare(CLONE_NEWNS) || chroot("/inner") || chdir("/"))
				_exit(1);
			_exit(spawn("/bin/payload"));
		}
		if (waitpid(pid, &status, 0) != pid || status)
			return 1;
	}
	return 0;
}

static bool only_two_left(const void *arg)
{
	return status_number("namespaces") == 2;
}

#define CHURNERS 4
#define ROUNDS 50

/* Containers that come and go at once, some of them inside of each other. */
static int churn(const char *arg)
{
	int i, status, bad = 0;

	for (i = 0; i < CHURNERS; i++)
		if (!fork())
			_exit(pass_by(ROUNDS));
	for (i = 0; i < CHURNERS; i++)
		bad |= wait(&status) < 0 || status;
	return bad;
}

TEST(containers_come_and_go)
{
	struct ct_options outer = { .create = "nested=1" }, inner = {};
	struct ct ct[2];
	char why[256];
	long born, refused = status_number("refused");

	ASSERT_EQ(0, root_make(roots[0]));
	ASSERT_EQ(0, root_make(roots[1]));
	ASSERT_EQ(0, root_make(roots[2]));
	ASSERT_EQ(0, ct_start(&ct[0], "root", &outer));
	inner.within = &ct[0];
	ASSERT_EQ(0, ct_start(&ct[1], "/inner", &inner));
	born = status_number("born");
	ASSERT_EQ(0, ct_send(&ct[0], churn, ""));
	ASSERT_EQ(0, ct_send(&ct[1], churn, ""));
	EXPECT_EQ(0, ct_wait(&ct[0]));
	EXPECT_EQ(0, ct_wait(&ct[1]));
	EXPECT_EQ(born + 2 * CHURNERS * ROUNDS, status_number("born"));
	EXPECT_EQ(refused, status_number("refused"));
	EXPECT_EQ(2, dir_check(ct[0].dir, why, sizeof(why)))
		TH_LOG("%s", why);
	/* one file, one version: the outermost has it once by each name */
	EXPECT_EQ(1, records_of(ct[0].dir, "/inner/bin/payload"));
	EXPECT_TRUE(wait_for(only_two_left, NULL, 20000));
	ct_stop(&ct[0]);
	ct_stop(&ct[1]);
	EXPECT_TRUE(ct_gone(&ct[1]));
	usleep(500000);
	EXPECT_EQ(status_number("born"), status_number("died"));
}

/* The modules are removed while there are containers in containers. */
TEST(the_probe_goes_in_the_middle)
{
	struct ct_options outer = { .create = "nested=1" }, inner = {};
	struct ct ct[LEVELS];
	unsigned int i;

	for (i = 0; i < LEVELS; i++)
		ASSERT_EQ(0, root_make(roots[i]));
	for (i = 0; i < LEVELS; i++) {
		inner.within = i ? &ct[i - 1] : NULL;
		ASSERT_EQ(0, ct_start(&ct[i], i ? "/inner" : "root", i ? &inner : &outer));
	}
	ASSERT_EQ(0, modules_reload("nested=1"));
	EXPECT_EQ(0, status_number("namespaces"));
	/* and they are all containers of the host that nest, as it were, when they come again */
	ASSERT_EQ(0, root_add(roots[2], "after"));
	ASSERT_EQ(0, ct_fork(&ct[2], do_exec, "/bin/after"));
	EXPECT_EQ(1, records_of(ct[2].dir, "/bin/after"));
	EXPECT_STREQ("none", text_in(file_in(ct[2].dir, "info"), "parent"));
	for (i = 0; i < LEVELS; i++)
		ct_stop(&ct[i]);
	EXPECT_EQ(0, modules_reload(""));
}

TEST_HARNESS_MAIN

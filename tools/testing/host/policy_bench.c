// SPDX-License-Identifier: GPL-2.0
/*
 * What a decision costs, in instructions: run under callgrind by
 * policy_bench.sh, which collects inside the function that decides only.
 *
 *	policy_bench SCENARIO eval|naive ROUNDS
 *	policy_bench --list
 */
#include "policy_naive.h"

#define X IMA_NS_MAY_EXEC
#define R IMA_NS_MAY_READ
#define EXT4 0xef53
#define OVERLAY 0x794c7630

static struct naive_rule rules[IMA_NS_MAX_RULES];
static unsigned int nr_rules;

static struct naive_rule *add(u32 action, u32 func)
{
	struct naive_rule *r = &rules[nr_rules++];

	*r = (struct naive_rule){ .action = action, .func = func, .pcr = -1, .template = -1 };
	return r;
}

static void add_mask(u32 func, u32 mask, bool in)
{
	struct naive_rule *r = add(IMA_NS_MEASURE, func);

	r->mask = mask;
	r->inmask = in;
}

static void pseudo(bool tmpfs)
{
	static const u32 magics[] = {
		0x9fa0, 0x62656572, 0x64626720, 0x1cd1, 0x42494e4d, 0x73636673, 0xf97cff8c,
		0x43415d53, 0x27e0eb, 0x63677270, 0x6e736673, 0xde5e81e4, 0x1021994,
	};
	struct naive_rule *r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(magics) - !tmpfs; i++) {
		r = add(IMA_NS_DONT_MEASURE, magics[i] == 0x1021994 ? IMA_NS_FILE_CHECK : 0);
		r->has_fsmagic = true;
		r->fsmagic = magics[i];
	}
}

static void policy_default(void)
{
	pseudo(false);
	add_mask(IMA_NS_MMAP_CHECK, X, false);
	add_mask(IMA_NS_BPRM_CHECK, X, false);
	add(IMA_NS_MEASURE, IMA_NS_MODULE_CHECK);
	add(IMA_NS_MEASURE, IMA_NS_FIRMWARE_CHECK);
}

static void policy_tcb(void)
{
	struct naive_id root = { .op = '=', .id = 0 };

	pseudo(true);
	add_mask(IMA_NS_MMAP_CHECK, X, false);
	add_mask(IMA_NS_BPRM_CHECK, X, false);
	add_mask(IMA_NS_FILE_CHECK, R, true);
	rules[nr_rules - 1].uid = root;
	rules[nr_rules - 1].uid.effective = true;
	add_mask(IMA_NS_FILE_CHECK, R, true);
	rules[nr_rules - 1].uid = root;
	add(IMA_NS_MEASURE, IMA_NS_MODULE_CHECK);
	add(IMA_NS_MEASURE, IMA_NS_FIRMWARE_CHECK);
	add(IMA_NS_MEASURE, IMA_NS_POLICY_CHECK);
}

/* a thousand owners are left out, the rest is measured */
static void policy_owners(void)
{
	struct naive_rule *r;

	while (nr_rules < IMA_NS_MAX_RULES - 1) {
		r = add(IMA_NS_DONT_MEASURE, 0);
		r->fowner = (struct naive_id){ .op = '=', .id = 1000 + nr_rules };
	}
	add_mask(IMA_NS_BPRM_CHECK, X, false);
}

static void policy_names(void)
{
	static char names[IMA_NS_MAX_RULES][16];
	struct naive_rule *r;

	while (nr_rules < IMA_NS_MAX_RULES - 1) {
		snprintf(names[nr_rules], sizeof(names[0]), "fs%u", nr_rules);
		r = add(IMA_NS_DONT_MEASURE, 0);
		r->fsname = names[nr_rules - 1];
	}
	add_mask(IMA_NS_BPRM_CHECK, X, false);
}

static u64 seed = 88172645463325252ULL;

static u32 rnd(u32 below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (u32)(seed >> 11) % below;
}

/* three or four conditions a rule, '<' and '>' among them, over the same range */
static void policy_mixed(void)
{
	static const u32 funcs[] = {
		IMA_NS_FILE_CHECK, IMA_NS_BPRM_CHECK, IMA_NS_MMAP_CHECK, IMA_NS_FUNC_NONE,
	};
	struct naive_rule *r;

	while (nr_rules < IMA_NS_MAX_RULES) {
		r = add(rnd(2) ? IMA_NS_MEASURE : IMA_NS_DONT_MEASURE, funcs[rnd(4)]);
		r->has_fsmagic = true;
		r->fsmagic = 0x1000 + rnd(40);
		r->uid = (struct naive_id){ .op = "==><"[rnd(4)], .effective = rnd(2),
					    .id = rnd(2000) };
		r->fowner = (struct naive_id){ .op = "==><"[rnd(4)], .id = rnd(2000) };
		if (rnd(2))
			r->gid = (struct naive_id){ .op = '=', .id = rnd(100) };
	}
}

/* nothing but ranges that nearly all match: the worst for the index */
static void policy_ranges(void)
{
	struct naive_rule *r;

	while (nr_rules < IMA_NS_MAX_RULES) {
		r = add(IMA_NS_MEASURE, 0);
		r->uid = (struct naive_id){ .op = '>', .id = nr_rules };
		r->gid = (struct naive_id){ .op = '>', .id = nr_rules };
		r->fowner = (struct naive_id){ .op = '>', .id = nr_rules };
		r->fgroup = (struct naive_id){ .op = '<', .id = nr_rules };
	}
}

#define EVENT(f, ...) { .func = IMA_NS_##f, .groups = IMA_NS_DO_MASK, __VA_ARGS__ }

static const struct {
	const char *name;
	void (*policy)(void);
	struct ima_ns_subject s;
	bool vary;
} scenarios[] = {
	{ "default-open", policy_default, EVENT(FILE_CHECK, .mask = R, .fsmagic = EXT4) },
	{ "default-exec", policy_default, EVENT(BPRM_CHECK, .mask = X, .fsmagic = OVERLAY) },
	{ "default-mmap", policy_default, EVENT(MMAP_CHECK, .mask = X, .fsmagic = EXT4) },
	{ "default-mmap-sysfs", policy_default,
	  EVENT(MMAP_CHECK, .mask = X, .fsmagic = 0x62656572) },
	{ "tcb-exec", policy_tcb, EVENT(BPRM_CHECK, .mask = X, .fsmagic = OVERLAY) },
	{ "tcb-open-root", policy_tcb, EVENT(FILE_CHECK, .mask = R, .fsmagic = OVERLAY) },
	{ "tcb-open-user", policy_tcb,
	  EVENT(FILE_CHECK, .mask = R, .fsmagic = OVERLAY, .uid = 1000, .euid = 1000,
		.suid = 1000) },
	{ "1000-owners-none", policy_owners, EVENT(BPRM_CHECK, .mask = X, .fowner = 0) },
	{ "1000-owners-mid", policy_owners, EVENT(BPRM_CHECK, .mask = X, .fowner = 1500) },
	{ "1000-names-none", policy_names, EVENT(BPRM_CHECK, .mask = X, .fsname = "overlay") },
	{ "1000-mixed", policy_mixed, EVENT(BPRM_CHECK, .mask = X, .fsmagic = 0x1001), true },
	{ "1000-ranges-none", policy_ranges,
	  EVENT(BPRM_CHECK, .mask = X, .uid = 5000, .gid = 5000, .fowner = 5000,
		.fgroup = 5000) },
};

static struct ima_ns_policy *compile(void)
{
	static const struct ima_ns_policy_ctx ctx = {
		.dialect = &ima_ns_dialect_7_2, .caps = IMA_NS_CAPS_HOST,
	};
	static char text[IMA_NS_MAX_RULES * 200];
	struct ima_ns_policy *p;
	size_t i, len = 0;

	for (i = 0; i < nr_rules; i++)
		len += naive_show(&rules[i], ctx.dialect->grammar, text + len,
				  sizeof(text) - len);
	if (ima_ns_policy_from_text(&ctx, text, len, 1, &p, NULL))
		abort();
	return p;
}

int main(int argc, char **argv)
{
	unsigned long rounds, i;
	struct ima_ns_decision d;
	struct ima_ns_policy *p;
	size_t n;

	for (n = 0; argc == 2 && n < ARRAY_SIZE(scenarios); n++)
		puts(scenarios[n].name);
	if (argc != 4)
		return argc != 2;
	for (n = 0; n < ARRAY_SIZE(scenarios) && strcmp(scenarios[n].name, argv[1]); n++)
		;
	if (n == ARRAY_SIZE(scenarios))
		return 1;
	scenarios[n].policy();
	p = compile();
	rounds = strtoul(argv[3], NULL, 10);
	for (i = 0; i < rounds; i++) {
		struct ima_ns_subject s = scenarios[n].s;

		if (scenarios[n].vary) {
			s.fsmagic = 0x1000 + rnd(50);
			s.uid = rnd(2000);
			s.euid = s.uid;
			s.suid = s.uid;
			s.fowner = rnd(2000);
			s.gid = rnd(120);
		}
		if (argv[2][0] == 'e')
			ima_ns_policy_eval(p, &s, &d);
		else
			naive_eval(rules, nr_rules, &s, &d);
	}
	ima_ns_policy_free(p);
	return 0;
}

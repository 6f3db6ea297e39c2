// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions: a table of small policies and events with the expected answer.
 * policy_random_test.c has random ones.
 */
#include "policy_rule.h"
#include "tap.h"

#define M	IMA_NS_MEASURE
#define A	IMA_NS_APPRAISE
#define U	IMA_NS_AUDIT
#define HA	IMA_NS_HASH
#define ALL	IMA_NS_DO_MASK
#define X	IMA_NS_MAY_EXEC
#define R	IMA_NS_MAY_READ
#define W	IMA_NS_MAY_WRITE
#define AP	IMA_NS_MAY_APPEND
#define FILEA	(A | IMA_NS_FILE_APPRAISE)
#define SIG	(IMA_NS_DIGSIG_REQUIRED | IMA_NS_CHECK_BLACKLIST)
#define DIO	IMA_NS_PERMIT_DIRECTIO
#define VER	IMA_NS_VERITY_REQUIRED
#define SETUID	IMA_NS_SUBJECT_CAP_SETUID
#define SETGID	IMA_NS_SUBJECT_CAP_SETGID

#define UUID_A	((const u8 *)"\x8b\xcb\xe3\x94\x4f\x13\x41\x44\xbe\x8e\x5a\xa9\xea\x2c\xe2\xf6")
#define UUID_B	((const u8 *)"\x8b\xcb\xe3\x94\x4f\x13\x41\x44\xbe\x8e\x5a\xa9\xea\x2c\xe2\xf7")
#define TEXT_A	"8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6"

#define F(f, ...) { .func = IMA_NS_##f, .groups = ALL, __VA_ARGS__ }

static const struct {
	const char *policy;
	struct ima_ns_subject s;
	u32 action;
	int pcr;		/* 0: none */
	int template;		/* 0: none */
	u32 algos;
} cases[] = {
	/* func */
	{ "measure", F(FILE_CHECK), M },
	{ "measure", F(POLICY_CHECK), M },
	{ "measure", F(KEXEC_CMDLINE), M },
	{ "measure", F(KEY_CHECK), 0 },
	{ "measure", F(CRITICAL_DATA), 0 },
	{ "measure func=BPRM_CHECK", F(BPRM_CHECK), M },
	{ "measure func=BPRM_CHECK", F(MMAP_CHECK), 0 },
	{ "measure func=MMAP_CHECK", F(MMAP_CHECK_REQPROT), 0 },
	{ "measure func=MMAP_CHECK_REQPROT", F(MMAP_CHECK_REQPROT), M },
	{ "measure func=KEY_CHECK", F(KEY_CHECK), M },
	{ "measure func=KEY_CHECK", F(FILE_CHECK), 0 },
	{ "measure", { .func = 0, .groups = ALL }, 0 },
	{ "measure", { .func = 99, .groups = ALL }, 0 },
	/* mask */
	{ "measure mask=MAY_READ", F(FILE_CHECK, .mask = R), M },
	{ "measure mask=MAY_READ", F(FILE_CHECK, .mask = R | W), 0 },
	{ "measure mask=MAY_READ", F(FILE_CHECK, .mask = R | 0x20), 0 },
	{ "measure mask=MAY_READ", F(FILE_CHECK), 0 },
	{ "measure mask=^MAY_READ", F(FILE_CHECK, .mask = R | W | AP), M },
	{ "measure mask=^MAY_READ", F(FILE_CHECK, .mask = R | 0x20), M },
	{ "measure mask=^MAY_READ", F(FILE_CHECK, .mask = W), 0 },
	{ "measure mask=^MAY_READ", F(FILE_CHECK, .mask = 0x20), 0 },
	{ "measure mask=MAY_APPEND", F(FILE_CHECK, .mask = AP), M },
	/* file systems */
	{ "measure fsmagic=0x9fa0", F(FILE_CHECK, .fsmagic = 0x9fa0), M },
	{ "measure fsmagic=0x9fa0", F(FILE_CHECK, .fsmagic = 0x9fa1), 0 },
	{ "measure fsmagic=0", F(FILE_CHECK), M },
	{ "measure fsmagic=ffffffffffffffff", F(FILE_CHECK, .fsmagic = ~0ULL), M },
	{ "measure fsmagic=ffffffff", F(FILE_CHECK, .fsmagic = ~0ULL), 0 },
	{ "measure fsname=ext4", F(FILE_CHECK, .fsname = "ext4"), M },
	{ "measure fsname=ext4", F(FILE_CHECK, .fsname = "ext3"), 0 },
	{ "measure fsname=ext4", F(FILE_CHECK), 0 },
	{ "measure fsname=fuse fs_subtype=sshfs",
	  F(FILE_CHECK, .fsname = "fuse", .fs_subtype = "sshfs"), M },
	{ "measure fs_subtype=sshfs", F(FILE_CHECK, .fsname = "fuse"), 0 },
	{ "measure fs_subtype=sshfs", F(FILE_CHECK, .fs_subtype = "ntfs"), 0 },
	{ "measure fsuuid=" TEXT_A, F(FILE_CHECK, .fsuuid = UUID_A), M },
	{ "measure fsuuid=" TEXT_A, F(FILE_CHECK, .fsuuid = UUID_B), 0 },
	{ "measure fsuuid=" TEXT_A, F(FILE_CHECK), 0 },
	/* ids */
	{ "measure uid=0", F(FILE_CHECK), M },
	{ "measure uid=0", F(FILE_CHECK, .uid = 1), 0 },
	{ "measure uid=0", F(FILE_CHECK, .uid = 1, .euid = 0), 0 },
	{ "measure uid>5", F(FILE_CHECK, .uid = 5), 0 },
	{ "measure uid>5", F(FILE_CHECK, .uid = 6), M },
	{ "measure uid<5", F(FILE_CHECK, .uid = 4), M },
	{ "measure uid<5", F(FILE_CHECK, .uid = 5), 0 },
	{ "measure uid<0", F(FILE_CHECK), 0 },
	{ "measure uid>4294967294", F(FILE_CHECK, .uid = U32_MAX), M },
	{ "measure uid>2147483647", F(FILE_CHECK, .uid = 0x80000000), M },
	{ "measure gid=7", F(FILE_CHECK, .gid = 7), M },
	{ "measure gid>7", F(FILE_CHECK, .gid = 7), 0 },
	{ "measure euid=0", F(FILE_CHECK, .euid = 1), 0 },
	{ "measure euid=0", F(FILE_CHECK, .euid = 1, .flags = SETUID), M },
	{ "measure euid=0", F(FILE_CHECK, .uid = 1, .euid = 1, .flags = SETUID), M },
	{ "measure euid=0", F(FILE_CHECK, .uid = 1, .euid = 1, .suid = 1, .flags = SETUID), 0 },
	{ "measure euid=0", F(FILE_CHECK, .euid = 1, .flags = SETGID), 0 },
	{ "measure euid>9", F(FILE_CHECK, .suid = 10, .flags = SETUID), M },
	{ "measure euid>9", F(FILE_CHECK, .suid = 10), 0 },
	{ "measure egid=0", F(FILE_CHECK, .gid = 1, .egid = 1, .flags = SETGID), M },
	{ "measure egid=0", F(FILE_CHECK, .gid = 1, .egid = 1, .flags = SETUID), 0 },
	{ "measure egid<3", F(FILE_CHECK, .egid = 2), M },
	{ "measure fowner=0", F(FILE_CHECK, .fowner = 0, .uid = 9), M },
	{ "measure fowner=0", F(FILE_CHECK, .fowner = 9), 0 },
	{ "measure fowner>10", F(FILE_CHECK, .fowner = 11), M },
	{ "measure fgroup<10", F(FILE_CHECK, .fgroup = 9), M },
	{ "measure fgroup<10", F(FILE_CHECK, .fgroup = 10), 0 },
	/* first match, per group */
	{ "dont_measure uid=0\nmeasure", F(FILE_CHECK), 0 },
	{ "dont_measure uid=0\nmeasure", F(FILE_CHECK, .uid = 1), M },
	{ "measure\ndont_measure uid=0", F(FILE_CHECK), M },
	{ "measure pcr=11 uid=0\nmeasure pcr=12", F(FILE_CHECK), M, 11 },
	{ "measure pcr=11 uid=0\nmeasure pcr=12", F(FILE_CHECK, .uid = 1), M, 12 },
	{ "measure uid=0\nmeasure pcr=12", F(FILE_CHECK), M },
	{ "measure template=ima-ng", F(FILE_CHECK), M, 0, 1 },
	{ "measure template=ima-sig uid=1\nmeasure template=ima-ng", F(FILE_CHECK), M, 0, 1 },
	{ "dont_measure\nappraise\naudit\nhash\nmeasure", F(FILE_CHECK), FILEA | U | HA },
	{ "audit\ndont_audit", F(FILE_CHECK), U },
	{ "dont_audit uid=0\naudit", F(FILE_CHECK), 0 },
	{ "dont_audit uid=0\naudit", F(FILE_CHECK, .uid = 1), U },
	{ "measure\naudit\nhash", { .func = IMA_NS_FILE_CHECK, .groups = U }, U },
	{ "measure", { .func = IMA_NS_FILE_CHECK, .groups = U }, 0 },
	/* hash and appraise */
	{ "hash\nappraise", F(FILE_CHECK), FILEA },
	{ "appraise\nhash", F(FILE_CHECK), FILEA | HA },
	{ "hash\nappraise uid=1", F(FILE_CHECK), HA },
	{ "hash\ndont_appraise uid=0\nappraise", F(FILE_CHECK), HA },
	{ "dont_hash uid=0\nhash\nappraise", F(FILE_CHECK), FILEA },
	{ "hash\nappraise", { .func = IMA_NS_FILE_CHECK, .groups = HA }, HA },
	/* flags of every rule that decided */
	{ "dont_appraise permit_directio uid=0\nappraise\nmeasure", F(FILE_CHECK), M | DIO },
	{ "dont_measure permit_directio", F(FILE_CHECK), 0 },
	{ "measure\ndont_measure digest_type=verity", F(FILE_CHECK), M },
	{ "dont_measure digest_type=verity uid=0\nmeasure", F(FILE_CHECK), VER },
	{ "measure func=BPRM_CHECK\ndont_measure digest_type=verity uid=0", F(FILE_CHECK), VER },
	{ "measure permit_directio\nhash digest_type=verity", F(FILE_CHECK), M | HA | DIO | VER },
	{ "appraise appraise_type=imasig", F(FILE_CHECK), FILEA | SIG },
	{ "appraise digest_type=verity appraise_type=sigv3", F(FILE_CHECK),
	  FILEA | SIG | VER | IMA_NS_SIGV3_REQUIRED },
	/* appraise: which verdict */
	{ "appraise", F(BPRM_CHECK), FILEA },
	{ "appraise func=BPRM_CHECK", F(BPRM_CHECK), A | IMA_NS_BPRM_APPRAISE },
	{ "appraise func=MMAP_CHECK", F(MMAP_CHECK), A | IMA_NS_MMAP_APPRAISE },
	{ "appraise func=MMAP_CHECK_REQPROT", F(MMAP_CHECK_REQPROT), A | IMA_NS_MMAP_APPRAISE },
	{ "appraise func=CREDS_CHECK", F(CREDS_CHECK), A | IMA_NS_CREDS_APPRAISE },
	{ "appraise func=FILE_CHECK", F(FILE_CHECK), FILEA },
	{ "appraise func=MODULE_CHECK", F(MODULE_CHECK), A | IMA_NS_READ_APPRAISE },
	{ "appraise func=POLICY_CHECK", F(POLICY_CHECK), A | IMA_NS_READ_APPRAISE },
	{ "appraise func=FIRMWARE_CHECK", F(FIRMWARE_CHECK), A | IMA_NS_READ_APPRAISE },
	{ "appraise func=BPRM_CHECK mask=MAY_EXEC fowner=0", F(POST_SETATTR, .mask = W), FILEA },
	{ "appraise func=BPRM_CHECK mask=MAY_EXEC fowner=0", F(POST_SETATTR, .fowner = 1), 0 },
	{ "measure\naudit", F(POST_SETATTR), 0 },
	{ "appraise appraise_algos=sha1,sha256", F(FILE_CHECK), FILEA, .algos = 0x14 },
	{ "appraise uid=1 appraise_algos=sha1\nappraise", F(FILE_CHECK), FILEA },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha1", F(FILE_CHECK), 0 },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha1\nmeasure", F(SETXATTR_CHECK), M },
	/* keys and critical data */
	{ "measure func=KEY_CHECK keyrings=.ima|.evm", F(KEY_CHECK, .data = ".evm"), M },
	{ "measure func=KEY_CHECK keyrings=.ima|.evm", F(KEY_CHECK, .data = ".ev"), 0 },
	{ "measure func=KEY_CHECK keyrings=.ima|.evm", F(KEY_CHECK), 0 },
	{ "measure func=KEY_CHECK uid=1", F(KEY_CHECK), 0 },
	{ "measure func=KEY_CHECK gid=1", F(KEY_CHECK), M },
	{ "measure func=CRITICAL_DATA label=a pcr=3 template=ima-buf",
	  F(CRITICAL_DATA, .data = "a"), M, 3, 5 },
	{ "measure func=CRITICAL_DATA label=a", F(KEY_CHECK, .data = "a"), 0 },
	/* labels sleep */
	{ "measure obj_type=a", F(FILE_CHECK), 0 },
	{ "dont_measure subj_type=a\nmeasure", F(FILE_CHECK), M },
};

static const struct ima_ns_policy_ctx host = {
	.dialect = &ima_ns_dialect_7_2,
	.caps = IMA_NS_CAPS_HOST,
};

static struct ima_ns_policy *policy_of(const char *text, size_t len)
{
	struct ima_ns_policy_error e;
	struct ima_ns_policy *p;
	int rc = ima_ns_policy_from_text(&host, text, len, 1, &p, &e);

	if (rc) {
		printf("Bail out! %d at %u:%u: %s\n", rc, e.line, e.column, e.reason);
		exit(2);
	}
	return p;
}

static void test_table(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ima_ns_policy *p = policy_of(cases[i].policy, strlen(cases[i].policy));
		int pcr = cases[i].pcr ? cases[i].pcr : -1;
		u32 template = cases[i].template ? (u32)cases[i].template : IMA_NS_TEMPLATE_NONE;
		struct ima_ns_decision d;

		ima_ns_policy_eval(p, &cases[i].s, &d);
		/* a policy whose rules cannot do anything for a func says so beforehand */
		if (!tap_ok(d.action == cases[i].action && d.pcr == pcr &&
			    d.template == template && d.algos == cases[i].algos &&
			    (d.action & IMA_NS_DO_MASK &
			     ~ima_ns_policy_may(p, cases[i].s.func)) == 0,
			    "case %zu, %s: %s", i, ima_ns_func_name(cases[i].s.func),
			    cases[i].policy))
			tap_note("want %#x, got %#x pcr %d template %u algos %#x",
				 cases[i].action, d.action, d.pcr, d.template, d.algos);
		ima_ns_policy_free(p);
	}
}

/* --- what a policy says about itself --------------------------------------------- */

#define DIM(d) IMA_NS_DIM_BIT(IMA_NS_DIM_##d)

static void test_summary(void)
{
	const char *text = ima_ns_policy_builtin("default", host.dialect);
	struct ima_ns_policy *p = policy_of(text, strlen(text));

	tap_ok(p->groups == M, "default: measures");
	tap_ok(!ima_ns_policy_may(p, IMA_NS_FILE_CHECK), "default: opens are free");
	tap_ok(ima_ns_policy_may(p, IMA_NS_BPRM_CHECK) == M, "default: programs are not");
	tap_ok(ima_ns_policy_depends(p, IMA_NS_BPRM_CHECK) == (DIM(MASK) | DIM(FSMAGIC)),
	       "default: depends on mask and fsmagic");
	tap_ok(ima_ns_policy_depends(p, IMA_NS_MODULE_CHECK) == DIM(FSMAGIC),
	       "default: modules on fsmagic only");
	tap_ok(!ima_ns_policy_may(p, 99) && !ima_ns_policy_depends(p, 99), "no such func");
	ima_ns_policy_free(p);

	text = "measure func=BPRM_CHECK\nmeasure uid=5 fsname=x\nappraise func=POLICY_CHECK\n"
	       "appraise func=SETXATTR_CHECK appraise_algos=sha256\n"
	       "appraise func=SETXATTR_CHECK appraise_algos=sha512\n";
	p = policy_of(text, strlen(text));
	tap_ok(!ima_ns_policy_depends(p, IMA_NS_BPRM_CHECK), "a catch-all hides what follows");
	tap_ok(ima_ns_policy_depends(p, IMA_NS_MMAP_CHECK) == (DIM(UID) | DIM(FSNAME)),
	       "but only for its func");
	tap_ok(p->appraise_funcs == 1u << IMA_NS_POLICY_CHECK, "policies must be signed");
	tap_ok(p->setxattr_algos == 1u << 4, "the first SETXATTR_CHECK sticks");
	ima_ns_policy_free(p);
}

int main(void)
{
	test_table();
	test_summary();
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * See policy_random.h.  A line begins as words that are likely to go together;
 * a disturbed one is then changed without regard to that.  Whether it is right is
 * for naive_read() to say.
 */
#include "policy_random.h"

/* --- numbers ---------------------------------------------------------------------- */

static u64 state;

/* few values, so that rules and events meet; some policies spread them out */
static u32 spread = 4;

/* splitmix64: seeds that follow each other give numbers that do not */
void random_seed(u64 seed)
{
	u64 z = seed + 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	state = (z ^ z >> 31) | 1;
}

/** random_spread() - how many values ids, magics and UUIDs have from now on */
void random_spread(u32 values)
{
	spread = values;
}

u32 rnd(u32 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 11) % below;
}

bool one_in(u32 n)
{
	return !rnd(n);
}

static u32 any_id(void)
{
	static const u32 odd[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffffe };

	return one_in(8) ? odd[rnd(ARRAY_SIZE(odd))] : rnd(spread);
}

static u64 any_magic(void)
{
	static const u64 odd[] = { 0, 1, 0x0102030405060708ULL, ~0ULL };

	return one_in(12) ? odd[rnd(ARRAY_SIZE(odd))] : 0x1000 + rnd(spread) * 0x1111;
}

static const char *any_name(void)
{
	static const char *const names[] = {
		"ext4", "xfs", "fuse", "fuseblk", "overlay", "a", "a=b", "\xc3\xa4#",
	};

	return names[rnd(ARRAY_SIZE(names))];
}

static const u8 *any_uuid(void)
{
	static u8 uuids[64][16];
	u32 i = rnd(min(spread, 64u));

	/* the first one is zero */
	uuids[i][0] = i ? 0xe1 : 0;
	uuids[i][15] = i;
	return uuids[i];
}

static const char *any_list(void)
{
	static const char *const lists[] = {
		".ima", ".evm", ".ima|.evm", "selinux", "kernel_info|selinux", "a|b|.ima|c",
	};

	return lists[rnd(ARRAY_SIZE(lists))];
}

/* --- words -------------------------------------------------------------------------- */

#define spell(w, ...) snprintf((w)->text, sizeof((w)->text), __VA_ARGS__)

static const struct {
	u32 action;
	const char *name;
} actions[] = {
	{ IMA_NS_MEASURE, "measure" }, { IMA_NS_DONT_MEASURE, "dont_measure" },
	{ IMA_NS_MEASURE, "measure" }, { IMA_NS_DONT_MEASURE, "dont_measure" },
	{ IMA_NS_APPRAISE, "appraise" }, { IMA_NS_DONT_APPRAISE, "dont_appraise" },
	{ IMA_NS_AUDIT, "audit" }, { IMA_NS_DONT_AUDIT, "dont_audit" },
	{ IMA_NS_HASH, "hash" }, { IMA_NS_DONT_HASH, "dont_hash" },
};

static const struct {
	u32 func;
	const char *name;
} funcs[] = {
	{ IMA_NS_FILE_CHECK, "FILE_CHECK" }, { IMA_NS_FILE_CHECK, "PATH_CHECK" },
	{ IMA_NS_MMAP_CHECK, "MMAP_CHECK" }, { IMA_NS_MMAP_CHECK, "FILE_MMAP" },
	{ IMA_NS_MMAP_CHECK_REQPROT, "MMAP_CHECK_REQPROT" },
	{ IMA_NS_BPRM_CHECK, "BPRM_CHECK" }, { IMA_NS_CREDS_CHECK, "CREDS_CHECK" },
	{ IMA_NS_FIRMWARE_CHECK, "FIRMWARE_CHECK" }, { IMA_NS_POLICY_CHECK, "POLICY_CHECK" },
	{ IMA_NS_MODULE_CHECK, "MODULE_CHECK" },
	{ IMA_NS_KEXEC_KERNEL_CHECK, "KEXEC_KERNEL_CHECK" },
	{ IMA_NS_KEXEC_INITRAMFS_CHECK, "KEXEC_INITRAMFS_CHECK" },
	{ IMA_NS_KEXEC_CMDLINE, "KEXEC_CMDLINE" },
	{ IMA_NS_KEY_CHECK, "KEY_CHECK" }, { IMA_NS_CRITICAL_DATA, "CRITICAL_DATA" },
	{ IMA_NS_SETXATTR_CHECK, "SETXATTR_CHECK" },
};

static const char *const templates[] = {
	"ima", "ima-ng", "ima-ngv2", "ima-sig", "ima-sigv2", "ima-buf", "ima-modsig", "evm-sig",
};

static const char *const formats[] = {
	"d|n", "d-ng|n-ng", "d-ngv2|n-ng", "d-ng|n-ng|sig", "d-ngv2|n-ng|sig", "d-ng|n-ng|buf",
	"d-ng|n-ng|sig|d-modsig|modsig",
	"d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode",
};

static const char *const labels[] = {
	"obj_user", "obj_role", "obj_type", "subj_user", "subj_role", "subj_type",
};

static void make_mask(struct naive_word *w)
{
	static const char *const names[] = { "MAY_EXEC", "MAY_WRITE", "MAY_READ", "MAY_APPEND" };
	u32 i = rnd(4), any = one_in(2) ? NAIVE_ANY : 0;

	w->value = 1u << i | any;
	spell(w, "mask=%s%s", any ? "^" : "", names[i]);
}

static void make_magic(struct naive_word *w)
{
	static const char *const forms[] = { "fsmagic=0x%llx", "fsmagic=%llx", "fsmagic=0X%llX",
		"fsmagic=+%llx", "fsmagic=0x0%llx" };

	w->value = any_magic();
	spell(w, forms[rnd(ARRAY_SIZE(forms))], (unsigned long long)w->value);
}

static void make_uuid(struct naive_word *w)
{
	const u8 *u = w->uuid = any_uuid();
	const char *format = one_in(2) ?
		"fsuuid=%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x" :
		"fsuuid=%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X...";

	spell(w, format, u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10],
	      u[11], u[12], u[13], u[14], u[15]);
}

static void make_id(struct naive_word *w, const char *key)
{
	static const char *const forms[] = { "%s%c%u", "%s%c%u", "%s%c+%u", "%s%c00%u" };

	w->op = "===><"[rnd(5)];
	w->value = any_id();
	spell(w, forms[rnd(ARRAY_SIZE(forms))], key, w->op, (u32)w->value);
}

static void make_algos(struct naive_word *w)
{
	static const char *const names[] = { "sha512", "md5", "sha256", "sha1" };
	static const u8 numbers[] = { 6, 1, 4, 2 };
	u32 i, n = 1 + rnd(4);
	size_t len = spell(w, "appraise_algos=");

	for (; n; n--) {
		i = rnd(4);
		w->value |= 1u << numbers[i];
		len += snprintf(w->text + len, sizeof(w->text) - len, "%s%s", names[i],
				n > 1 ? "," : "");
	}
}

static void make_template(struct naive_word *w)
{
	w->value = rnd(ARRAY_SIZE(templates));
	spell(w, "template=%s", (one_in(3) ? formats : templates)[w->value]);
}

/* A name that is longer than what is shown of it, now and then. */
static void make_fsname(struct naive_word *w, const char *key)
{
	static const char name[] =
		"a_name_of_a_file_system_that_is_longer_than_what_a_policy_shows_of_it";

	w->string = one_in(30) ? name : any_name();
	spell(w, "%s=%s", key, w->string);
}

static void make_word(struct naive_word *w, enum naive_kind kind)
{
	static const char *const noise[] = {
		"mesure", "MEASURE", "uid", "func", "uid>=5", "fowner!7", "measure=1", "mask^MAY_READ",
		"obj_label=a", "permit_directio=", "\x01", "uid=0#", "fsmagic>1", "label", "=", "fsuid=0",
	};
	static const char *const ids[] = { "uid", "euid", "gid", "egid", "fowner", "fgroup" };
	u32 i;

	memset(w, 0, sizeof(*w));
	w->kind = kind;
	switch (kind) {
	case NAIVE_ACTION:
		i = rnd(ARRAY_SIZE(actions));
		w->value = actions[i].action;
		spell(w, "%s", actions[i].name);
		break;
	case NAIVE_FUNC:
		i = rnd(one_in(3) ? ARRAY_SIZE(funcs) : 9);
		w->value = funcs[i].func;
		spell(w, "func=%s", funcs[i].name);
		break;
	case NAIVE_MASK:
		make_mask(w);
		break;
	case NAIVE_FSMAGIC:
		make_magic(w);
		break;
	case NAIVE_FSNAME:
		make_fsname(w, "fsname");
		break;
	case NAIVE_FS_SUBTYPE:
		make_fsname(w, "fs_subtype");
		break;
	case NAIVE_KEYRINGS:
	case NAIVE_LABEL:
		w->string = any_list();
		spell(w, "%s=%s", kind == NAIVE_LABEL ? "label" : "keyrings", w->string);
		break;
	case NAIVE_PCR:
		w->value = rnd(one_in(4) ? 64 : 24);
		spell(w, one_in(6) ? "pcr=+%u" : "pcr=%u", (u32)w->value);
		break;
	case NAIVE_FSUUID:
		make_uuid(w);
		break;
	case NAIVE_UID:
	case NAIVE_EUID:
	case NAIVE_GID:
	case NAIVE_EGID:
	case NAIVE_FOWNER:
	case NAIVE_FGROUP:
		make_id(w, ids[kind - NAIVE_UID]);
		break;
	case NAIVE_ALGOS:
		make_algos(w);
		break;
	case NAIVE_LSM:
		w->value = rnd(ARRAY_SIZE(labels));
		spell(w, "%s=x", labels[w->value]);
		break;
	case NAIVE_TEMPLATE:
		make_template(w);
		break;
	case NAIVE_APPRAISE_TYPE:
		w->value = rnd(2);
		spell(w, "appraise_type=%s", w->value ? "sigv3" : "imasig");
		break;
	case NAIVE_DIGEST_TYPE:
		spell(w, "digest_type=verity");
		break;
	case NAIVE_DIRECTIO:
		spell(w, "permit_directio");
		break;
	case NAIVE_FLAG:
		spell(w, "appraise_flag=%s", one_in(2) ? "check_blacklist" : "x");
		break;
	case NAIVE_COMMENT:
		spell(w, "#%s", one_in(2) ? "" : "measure");
		break;
	case NAIVE_NOISE:
		spell(w, "%s", noise[rnd(ARRAY_SIZE(noise))]);
		break;
	}
}

/* A value that nothing can be read from, with the errno of host IMA. */
static void spoil(struct naive_word *w)
{
	static const struct {
		enum naive_kind kind;
		const char *text;
		int err;
	} bad[] = {
		{ NAIVE_FUNC, "func=file_check", -EINVAL },
		{ NAIVE_FUNC, "func=POST_SETATTR", -EINVAL },
		{ NAIVE_FUNC, "func=", -EINVAL },
		{ NAIVE_MASK, "mask=MAY_READ|MAY_EXEC", -EINVAL },
		{ NAIVE_MASK, "mask=^^MAY_READ", -EINVAL },
		{ NAIVE_FSMAGIC, "fsmagic=0x10000000000000000", -ERANGE },
		{ NAIVE_FSMAGIC, "fsmagic=tmpfs", -EINVAL },
		{ NAIVE_FSMAGIC, "fsmagic=-1", -EINVAL },
		{ NAIVE_FSNAME, "fsname=", -EINVAL },
		{ NAIVE_FS_SUBTYPE, "fs_subtype=", -EINVAL },
		{ NAIVE_KEYRINGS, "keyrings=a||b", -EINVAL },
		{ NAIVE_KEYRINGS, "keyrings=|", -EINVAL },
		{ NAIVE_LABEL, "label=a|", -EINVAL },
		{ NAIVE_PCR, "pcr=64", -EINVAL },
		{ NAIVE_PCR, "pcr=0xa", -EINVAL },
		{ NAIVE_PCR, "pcr=99999999999999999999", -EINVAL },
		{ NAIVE_FSUUID, "fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f", -EINVAL },
		{ NAIVE_FSUUID, "fsuuid=8bcbe394_4f13-4144-be8e-5aa9ea2ce2f6", -EINVAL },
		{ NAIVE_UID, "uid=4294967295", -EINVAL },
		{ NAIVE_UID, "uid<18446744073709551616", -ERANGE },
		{ NAIVE_EUID, "euid=-1", -EINVAL },
		{ NAIVE_GID, "gid>4294967296", -EINVAL },
		{ NAIVE_EGID, "egid=root", -EINVAL },
		{ NAIVE_FOWNER, "fowner=99999999999999999999", -ERANGE },
		{ NAIVE_FGROUP, "fgroup=0x10", -EINVAL },
		{ NAIVE_ALGOS, "appraise_algos=sha256,", -EINVAL },
		{ NAIVE_ALGOS, "appraise_algos=sha257", -EINVAL },
		{ NAIVE_TEMPLATE, "template=n-ng|d-ng", -EINVAL },
		{ NAIVE_APPRAISE_TYPE, "appraise_type=sigv2", -EINVAL },
		{ NAIVE_DIGEST_TYPE, "digest_type=ima", -EINVAL },
		{ NAIVE_FLAG, "appraise_flag=", -EINVAL },
	};
	u32 i = rnd(ARRAY_SIZE(bad));

	memset(w, 0, sizeof(*w));
	w->kind = bad[i].kind;
	w->err = bad[i].err;
	spell(w, "%s", bad[i].text);
}

/* --- lines ---------------------------------------------------------------------------- */

/* words that a rule about the data of a func may have, in the order of the odds */
static void plausible_words(struct random_line *l, u32 rare)
{
	static const enum naive_kind buffer[] = { NAIVE_UID, NAIVE_GID, NAIVE_PCR, NAIVE_TEMPLATE };
	u32 action = l->words[0].value, func = l->nr > 1 ? l->words[1].value : 0;
	u32 kind;

	if (func == IMA_NS_KEY_CHECK || func == IMA_NS_CRITICAL_DATA) {
		if (one_in(2))
			make_word(&l->words[l->nr++],
				  func == IMA_NS_KEY_CHECK ? NAIVE_KEYRINGS : NAIVE_LABEL);
		if (one_in(3))
			make_word(&l->words[l->nr++], buffer[rnd(ARRAY_SIZE(buffer))]);
		return;
	}
	if (func == IMA_NS_SETXATTR_CHECK)
		make_word(&l->words[l->nr++], NAIVE_ALGOS);
	else if (one_in(2))
		make_word(&l->words[l->nr++], NAIVE_MASK);
	if (action == IMA_NS_MEASURE && one_in(3))
		make_word(&l->words[l->nr++], NAIVE_PCR);
	if (action == IMA_NS_MEASURE && one_in(3))
		make_word(&l->words[l->nr++], NAIVE_TEMPLATE);
	if (action == IMA_NS_APPRAISE && one_in(3))
		make_word(&l->words[l->nr++], NAIVE_APPRAISE_TYPE);
	for (kind = NAIVE_FSMAGIC; kind < NAIVE_NOISE; kind++)
		if (kind != NAIVE_KEYRINGS && kind != NAIVE_LABEL && kind != NAIVE_TEMPLATE &&
		    one_in(kind <= NAIVE_FGROUP ? rare : 3 * rare))
			make_word(&l->words[l->nr++], kind);
}

static void swap_words(struct random_line *l, u32 i, u32 k)
{
	struct naive_word w = l->words[i];

	l->words[i] = l->words[k];
	l->words[k] = w;
}

static void disturb(struct random_line *l)
{
	u32 i = rnd(l->nr), k;

	switch (rnd(7)) {
	case 0:
		make_word(&l->words[l->nr++], rnd(NAIVE_NOISE + 1));
		swap_words(l, rnd(l->nr), l->nr - 1);
		break;
	case 1:
		l->words[l->nr++] = l->words[i];
		break;
	case 2:
		swap_words(l, i, rnd(l->nr));
		break;
	case 3:
		for (k = l->nr - 1; k; k--)
			swap_words(l, k, rnd(k + 1));
		break;
	case 4:
		spoil(&l->words[i]);
		break;
	case 5:
		l->words[i] = l->words[--l->nr];
		break;
	case 6:
		make_word(&l->words[i], rnd(NAIVE_NOISE + 1));
		break;
	}
}

static void join(struct random_line *l)
{
	static const char *const gaps[] = { " ", " ", " ", "  ", "\t", " \t " };
	size_t len = 0;
	u32 i;

	if (one_in(8))
		len += sprintf(l->text, "%s", gaps[rnd(ARRAY_SIZE(gaps))]);
	for (i = 0; i < l->nr; i++) {
		l->start[i] = len;
		len += sprintf(l->text + len, "%s%s", l->words[i].text,
			       i + 1 < l->nr || one_in(8) ? gaps[rnd(ARRAY_SIZE(gaps))] : "");
	}
	l->text[len] = '\0';
}

/**
 * random_line() - one line
 * @l: where to
 * @rare: the higher the fewer conditions
 * @disturbed: change it, which makes it wrong more often than not
 */
void random_line(struct random_line *l, u32 rare, bool disturbed)
{
	u32 n;

	l->nr = 0;
	make_word(&l->words[l->nr++], NAIVE_ACTION);
	if (!one_in(5))
		make_word(&l->words[l->nr++], NAIVE_FUNC);
	plausible_words(l, rare);
	for (n = disturbed ? 1 + rnd(3) : 0; n && l->nr && l->nr < RANDOM_WORDS_MAX; n--)
		disturb(l);
	join(l);
}

/** random_comment() - a line without a rule: blank, or a comment of any bytes */
void random_comment(struct random_line *l)
{
	size_t i, n = rnd(60);

	l->nr = 0;
	i = sprintf(l->text, "%s%s", one_in(3) ? " \t" : "", n ? "#" : "");
	for (; n; n--) {
		char c = rnd(256);

		if (c != '\n' && c)
			l->text[i++] = c;
	}
	l->text[i] = '\0';
}

/* --- events ----------------------------------------------------------------------------- */

void random_subject(struct ima_ns_subject *s)
{
	static const char *const data[] = { ".ima", ".evm", "selinux", "kernel_info", ".im", NULL };
	u32 same;

	*s = (struct ima_ns_subject){
		.func = 1 + rnd(IMA_NS_POLICY_FUNC_MAX - 1),
		.mask = one_in(3) ? rnd(64) : 1u << rnd(4),
		.groups = one_in(4) ? rnd(0x200) & IMA_NS_DO_MASK : IMA_NS_DO_MASK,
		.flags = rnd(4),
		.fsmagic = any_magic(),
		.uid = any_id(), .euid = any_id(), .suid = any_id(),
		.gid = any_id(), .egid = any_id(), .sgid = any_id(),
		.fowner = any_id(), .fgroup = any_id(),
		.fsname = any_name(),
		.fs_subtype = one_in(2) ? any_name() : NULL,
		.fsuuid = one_in(8) ? NULL : any_uuid(),
		.data = data[rnd(ARRAY_SIZE(data))],
	};
	same = rnd(4);
	if (same & 1)
		s->euid = s->uid, s->suid = s->uid;
	if (same & 2)
		s->egid = s->gid, s->sgid = s->gid;
}

#define DIM(d) IMA_NS_DIM_BIT(IMA_NS_DIM_##d)

/* members that the policy says do not matter are overwritten */
void random_blur(const struct ima_ns_policy *p, struct ima_ns_subject *s)
{
	u32 dims = ima_ns_policy_depends(p, s->func);

	if (!(dims & DIM(MASK)))
		s->mask = rnd(64);
	if (!(dims & DIM(FSMAGIC)))
		s->fsmagic = any_magic();
	if (!(dims & (DIM(UID) | DIM(EUID))))
		s->uid = any_id();
	if (!(dims & DIM(EUID)))
		s->euid = any_id(), s->suid = any_id();
	if (!(dims & (DIM(GID) | DIM(EGID))))
		s->gid = any_id();
	if (!(dims & DIM(EGID)))
		s->egid = any_id(), s->sgid = any_id();
	if (!(dims & DIM(FOWNER)))
		s->fowner = any_id();
	if (!(dims & DIM(FGROUP)))
		s->fgroup = any_id();
	if (!(dims & DIM(FSNAME)))
		s->fsname = NULL;
	if (!(dims & DIM(FS_SUBTYPE)))
		s->fs_subtype = NULL;
	if (!(dims & DIM(FSUUID)))
		s->fsuuid = NULL;
	if (!(dims & DIM(DATA)))
		s->data = NULL;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The words of the policy language: one row per word, in the order in which
 * host IMA shows them, and what each does when it is read.  A new condition is
 * a row here, a dimension in policy_index.c and a row in the tests.
 *
 * Oddities of host IMA that a policy may rely on are kept and marked "host:".
 */
#include "policy_int.h"

const char *const ima_ns_policy_template_names[] = {
	"ima", "ima-ng", "ima-ngv2", "ima-sig", "ima-sigv2", "ima-buf", "ima-modsig",
	"evm-sig", NULL
};

/* host: a format is as good as the name; same order as the names */
static const char *const template_formats[] = {
	"d|n", "d-ng|n-ng", "d-ngv2|n-ng", "d-ng|n-ng|sig", "d-ngv2|n-ng|sig",
	"d-ng|n-ng|buf", "d-ng|n-ng|sig|d-modsig|modsig",
	"d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode", NULL
};

static_assert(ARRAY_SIZE(ima_ns_policy_template_names) == ARRAY_SIZE(template_formats),
	      "a format per template");

/* enum hash_algo, which is ABI: security.ima carries the numbers */
const char *const ima_ns_policy_hash_names[] = {
	"md4", "md5", "sha1", "rmd160", "sha256", "sha384", "sha512", "sha224", "rmd128",
	"rmd256", "rmd320", "wp256", "wp384", "wp512", "tgr128", "tgr160", "tgr192", "sm3",
	"streebog256", "streebog512", "sha3-256", "sha3-384", "sha3-512", NULL
};

static_assert(ARRAY_SIZE(ima_ns_policy_hash_names) - 1 <= 32, "algorithms are a 32-bit set");

static int index_of(const char *const *names, const char *name)
{
	int i;

	for (i = 0; names[i]; i++)
		if (!strcmp(names[i], name))
			return i;
	return -EINVAL;
}

/* --- func= ------------------------------------------------------------------- */

#define COND_FILE \
	(COND_FUNC | COND_FSMAGIC | COND_FSNAME | COND_FS_SUBTYPE | COND_FSUUID | \
	 COND_IDS | COND_LSM | COND_PCR | COND_TEMPLATE)
#define COND_EVENT \
	(COND_FILE | COND_MASK | COND_INMASK | COND_DIGSIG | COND_SIGV3 | COND_ALGOS | \
	 COND_DIRECTIO)
#define COND_BUFFER (COND_FUNC | COND_UID | COND_GID | COND_PCR | COND_TEMPLATE)

#define ACTIONS_ALL	(IMA_NS_DO_MASK | IMA_NS_DONT_MASK)
#define ACTIONS_MEASURE	(IMA_NS_MEASURE | IMA_NS_DONT_MEASURE)

#define EVENT_FUNC(f, old) \
	{ .name = #f, .alias = (old), .func = IMA_NS_##f, .actions = ACTIONS_ALL, \
	  .conds = COND_EVENT | COND_VERITY }
#define READ_FUNC(f) \
	{ .name = #f, .func = IMA_NS_##f, .actions = ACTIONS_ALL, \
	  .conds = COND_EVENT | COND_MODSIG }

static const struct ima_ns_func_row func_rows[] = {
	{ .func = IMA_NS_FUNC_NONE, .actions = ACTIONS_ALL, .conds = COND_EVENT | COND_VERITY },
	EVENT_FUNC(FILE_CHECK, "PATH_CHECK"),
	EVENT_FUNC(MMAP_CHECK, "FILE_MMAP"),
	EVENT_FUNC(MMAP_CHECK_REQPROT, NULL),
	EVENT_FUNC(BPRM_CHECK, NULL),
	EVENT_FUNC(CREDS_CHECK, NULL),
	EVENT_FUNC(FIRMWARE_CHECK, NULL),
	EVENT_FUNC(POLICY_CHECK, NULL),
	READ_FUNC(MODULE_CHECK),
	{ .name = "KEXEC_KERNEL_CHECK", .func = IMA_NS_KEXEC_KERNEL_CHECK,
	  .actions = ACTIONS_ALL, .conds = COND_EVENT | COND_MODSIG,
	  .cap = IMA_NS_CAP_KEXEC,
	  .refusal = "only the host loads kernels; put this rule into the host's policy" },
	{ .name = "KEXEC_INITRAMFS_CHECK", .func = IMA_NS_KEXEC_INITRAMFS_CHECK,
	  .actions = ACTIONS_ALL, .conds = COND_EVENT | COND_MODSIG,
	  .cap = IMA_NS_CAP_KEXEC,
	  .refusal = "only the host loads kernels; put this rule into the host's policy" },
	{ .name = "KEXEC_CMDLINE", .func = IMA_NS_KEXEC_CMDLINE,
	  .actions = ACTIONS_MEASURE, .conds = COND_FILE,
	  .cap = IMA_NS_CAP_KEXEC,
	  .refusal = "only the host loads kernels; put this rule into the host's policy" },
	{ .name = "KEY_CHECK", .func = IMA_NS_KEY_CHECK,
	  .actions = ACTIONS_MEASURE, .conds = COND_BUFFER | COND_KEYRINGS,
	  .cap = IMA_NS_CAP_KEYS,
	  .refusal = "keyrings are not per namespace; put this rule into the host's policy" },
	{ .name = "CRITICAL_DATA", .func = IMA_NS_CRITICAL_DATA,
	  .actions = ACTIONS_MEASURE, .conds = COND_BUFFER | COND_LABEL,
	  .cap = IMA_NS_CAP_CRITICAL_DATA,
	  .refusal = "critical data is the host kernel's; put this rule into the host's policy" },
	{ .name = "SETXATTR_CHECK", .func = IMA_NS_SETXATTR_CHECK,
	  .actions = IMA_NS_APPRAISE, .conds = COND_FUNC | COND_ALGOS | COND_LSM,
	  .needs = COND_ALGOS },
};

/**
 * ima_ns_func_row() - what a rule with this func= may name
 * @func: enum ima_ns_func or enum ima_ns_policy_func; IMA_NS_FUNC_NONE for a
 *        rule without func=
 *
 * Return: the row, or NULL when no rule can carry @func.
 */
const struct ima_ns_func_row *ima_ns_func_row(u32 func)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(func_rows); i++)
		if (func_rows[i].func == func)
			return &func_rows[i];
	return NULL;
}

/**
 * ima_ns_func_name() - how func= spells a number
 * @func: enum ima_ns_func or enum ima_ns_policy_func
 *
 * Return: the name, "NONE" or "POST_SETATTR", which cannot be written, or "?".
 */
const char *ima_ns_func_name(u32 func)
{
	const struct ima_ns_func_row *row = ima_ns_func_row(func);

	if (row && row->name)
		return row->name;
	if (func == IMA_NS_FUNC_NONE)
		return "NONE";
	return func == IMA_NS_POST_SETATTR ? "POST_SETATTR" : "?";
}

static void refuse(struct ima_ns_parse *ps, const char *reason)
{
	if (ps->refused)
		return;
	ps->refused = reason;
	ps->refused_at = ps->at;
}

static int parse_func(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
		      char *value)
{
	const struct ima_ns_func_row *row;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(func_rows); i++) {
		row = &func_rows[i];
		if (!row->name)
			continue;
		if (strcmp(row->name, value) && (!row->alias || strcmp(row->alias, value)))
			continue;
		if (row->cap & ~ps->ctx->caps)
			refuse(ps, row->refusal);
		ps->rule.func = row->func;
		return 0;
	}
	return ima_ns_parse_fail(ps, -EINVAL, "unknown func; see ABI/testing/ima_policy");
}

/* --- conditions ---------------------------------------------------------------- */

static int parse_action(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
			char *value)
{
	if (ps->rule.action)
		return ima_ns_parse_fail(ps, -EINVAL,
					 "second action; write one rule per action");
	ps->rule.action = t->action;
	ps->action_at = ps->at;
	return 0;
}

static int parse_mask(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
		      char *value)
{
	static const struct {
		const char *name;
		u8 mask;
	} masks[] = {
		{ "MAY_EXEC", IMA_NS_MAY_EXEC },
		{ "MAY_WRITE", IMA_NS_MAY_WRITE },
		{ "MAY_READ", IMA_NS_MAY_READ },
		{ "MAY_APPEND", IMA_NS_MAY_APPEND },
	};
	bool any = *value == '^';
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		if (strcmp(masks[i].name, value + any))
			continue;
		ps->rule.mask = masks[i].mask;
		/* the row's bit, set by now, is mask=; ^ turns it into its sibling */
		if (any)
			ps->rule.conds ^= COND_MASK | COND_INMASK;
		return 0;
	}
	return ima_ns_parse_fail(ps, -EINVAL,
				 "unknown mask; use MAY_EXEC, MAY_WRITE, MAY_READ or MAY_APPEND");
}

static int parse_fsmagic(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
			 char *value)
{
	unsigned long magic;
	int rc;

	/* host: only a magic that is not zero counts as given */
	if (ps->rule.fsmagic)
		return ima_ns_parse_fail(ps, -EINVAL, "second fsmagic; write one rule for each");
	rc = kstrtoul(value, 16, &magic);
	if (rc)
		return ima_ns_parse_fail(ps, rc, "not a hexadecimal number; see linux/magic.h");
	ps->rule.fsmagic = magic;
	return 0;
}

static int parse_text(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
		      char *value)
{
	ps->text[t->text] = value;
	return 0;
}

/* keyrings=a|b, label=a|b */
static int parse_list(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
		      char *value)
{
	const char *p;

	for (p = value; *p; p++)
		if (*p == '|' && (p == value || p[1] == '|' || !p[1]))
			return ima_ns_parse_fail(ps, -EINVAL,
						 "empty item in a list; separate names with one '|'");
	/* both in one rule never passes validation: they may share a place */
	ps->text[t->text] = value;
	return 0;
}

static int parse_pcr(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
		     char *value)
{
	int pcr;

	/* host: measured_pcrs is an unsigned long, so 0..63; may be repeated */
	if (kstrtoint(value, 10, &pcr) || pcr < 0 || pcr > 63)
		return ima_ns_parse_fail(ps, -EINVAL, "not a PCR; use a decimal number");
	if (ps->ctx->pcrs && (unsigned int)pcr >= ps->ctx->pcrs)
		refuse(ps, "the TPM has no such PCR");
	ps->rule.pcr = pcr;
	return 0;
}

static int parse_fsuuid(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
			char *value)
{
	unsigned int i, n = 0;

	/* host: only a UUID that is not zero counts as given */
	if (memchr_inv(ps->fsuuid, 0, sizeof(ps->fsuuid)))
		return ima_ns_parse_fail(ps, -EINVAL, "second fsuuid; write one rule for each");
	for (i = 0; i < 36 && value[i]; i++) {
		int digit = hex_to_bin(value[i]);

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (value[i] != '-')
				break;
			continue;
		}
		if (digit < 0)
			break;
		ps->fsuuid[n / 2] = ps->fsuuid[n / 2] << 4 | digit;
		n++;
	}
	/* host: uuid_parse() looks at 36 characters and ignores what follows */
	if (i < 36)
		return ima_ns_parse_fail(ps, -EINVAL,
					 "not a UUID; use 8-4-4-4-12 hexadecimal digits, as blkid prints it");
	return 0;
}

static int parse_id(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
		    char *value)
{
	const struct ima_ns_policy_ctx *ctx = ps->ctx;
	int (*map)(void *data, u32 value, u32 *id) = t->group ? ctx->map_gid : ctx->map_uid;
	unsigned long n;
	u32 id;
	int rc;

	rc = kstrtoul(value, 10, &n);
	if (rc)
		return ima_ns_parse_fail(ps, rc, "not a decimal id; names are not known here");
	if (n != (u32)n)
		return ima_ns_parse_fail(ps, -EINVAL, "ids have 32 bits");
	id = n;
	if (map) {
		rc = map(ctx->data, n, &id);
		if (rc)
			id = U32_MAX;
	}
	if (id == U32_MAX)
		return ima_ns_parse_fail(ps, -EINVAL,
					 "there is no such id in this user namespace");
	ps->rule.id[t->id] = id;
	ps->rule.id_op[t->id] = op;
	return 0;
}

/* --- options --------------------------------------------------------------------- */

/* host: ima_parse_appraise_algos(); shown in the order of the numbers */
static int parse_algos(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
		       char *value)
{
	const char *names[32] = { NULL };
	size_t len = 0;
	char *name;
	int i;

	while ((name = strsep(&value, ","))) {
		i = ps->ctx->hash ? ps->ctx->hash(ps->ctx->data, name) :
				    index_of(ima_ns_policy_hash_names, name);
		if (i < 0 || i > 31)
			return ima_ns_parse_fail(ps, -EINVAL,
						 "unknown or unavailable hash algorithm; separate names with one ','");
		ps->rule.algos |= 1u << i;
		names[i] = name;
	}
	for (i = 0; i < 32; i++)
		if (names[i])
			len += scnprintf(ps->algos_text + len, sizeof(ps->algos_text) - len,
					 "%s%s", len ? "," : "", names[i]);
	ps->text[TEXT_ALGOS] = ps->algos_text;
	return 0;
}

static int parse_template(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
			  char *value)
{
	const char *shown = value;
	int i;

	/* host: the action must have been read already */
	if (ps->rule.action != IMA_NS_MEASURE)
		return ima_ns_parse_fail(ps, -EINVAL, "template= goes after measure");
	if (ps->ctx->template) {
		i = ps->ctx->template(ps->ctx->data, value, &shown);
	} else {
		i = index_of(ima_ns_policy_template_names, value);
		if (i < 0)
			i = index_of(template_formats, value);
		if (i >= 0)
			shown = ima_ns_policy_template_names[i];
	}
	if (i < 0 || i >= (int)IMA_NS_TEMPLATE_NONE)
		return ima_ns_parse_fail(ps, -EINVAL,
					 "unknown template; ima-ng, ima-sig and ima-ngv2 are common ones");
	ps->rule.template = i;
	ps->text[TEXT_TEMPLATE] = shown;
	return 0;
}

/* host: any number of times, the requirements add up */
static int parse_appraise_type(struct ima_ns_parse *ps, const struct ima_ns_token *t,
			       char op, char *value)
{
	bool files = ps->ctx->dialect->grammar & IMA_NS_GRAMMAR_SIGV3_FILES;
	u32 conds = ps->rule.conds;

	if (!strcmp(value, "sigv3")) {
		if (!files && !(conds & COND_VERITY))
			return ima_ns_parse_fail(ps, -EINVAL,
						 "sigv3 goes after digest_type=verity on this kernel");
		ps->rule.conds |= COND_SIGV3;
		if (files)
			ps->rule.result |= IMA_NS_SIGV3_REQUIRED;
	} else if (!strcmp(value, "imasig")) {
		if (conds & COND_VERITY)
			return ima_ns_parse_fail(ps, -EINVAL,
						 "digest_type=verity goes with appraise_type=sigv3");
	} else if (!strcmp(value, "imasig|modsig") &&
		   ps->ctx->caps & IMA_NS_CAP_MODSIG) {
		if (conds & COND_VERITY || (files && conds & COND_SIGV3))
			return ima_ns_parse_fail(ps, -EINVAL,
						 "imasig|modsig excludes sigv3 and digest_type=verity");
		ps->rule.conds |= COND_MODSIG;
		ps->rule.result |= IMA_NS_MODSIG_ALLOWED;
	} else {
		return ima_ns_parse_fail(ps, -EINVAL, "unknown appraise_type; use imasig or sigv3");
	}
	ps->rule.result |= IMA_NS_DIGSIG_REQUIRED | IMA_NS_CHECK_BLACKLIST;
	return 0;
}

static int parse_digest_type(struct ima_ns_parse *ps, const struct ima_ns_token *t,
			     char op, char *value)
{
	if (ps->rule.conds & COND_DIGSIG &&
	    !(ps->ctx->dialect->grammar & IMA_NS_GRAMMAR_SIGV3_FILES))
		return ima_ns_parse_fail(ps, -EINVAL,
					 "digest_type= goes before appraise_type= on this kernel");
	if (strcmp(value, "verity"))
		return ima_ns_parse_fail(ps, -EINVAL, "unknown digest_type; use verity or nothing");
	ps->rule.result |= IMA_NS_VERITY_REQUIRED;
	return 0;
}

static int parse_directio(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
			  char *value)
{
	ps->rule.result |= IMA_NS_PERMIT_DIRECTIO;
	return 0;
}

/* host: check_blacklist is what always happens; any value is read and forgotten */
static int parse_nothing(struct ima_ns_parse *ps, const struct ima_ns_token *t, char op,
			 char *value)
{
	return 0;
}

/* --- the table ----------------------------------------------------------------------- */

#define NO_APPRAISE	"appraisal per namespace is not in this release; measure instead"
#define NO_LSM		"no module can match LSM labels; use uid=, fowner= or fsuuid="

#define ACTION(word, number, ...) \
	{ .key = word, .ops = "", .action = number, .dim = IMA_NS_DIM_MAX, \
	  .parse = parse_action, .show = ima_ns_show_word, __VA_ARGS__ }
#define ID(word, bit, other, place, in, ...) \
	{ .key = word, .ops = "=><", .cond = bit, .excludes = other, .id = place, .dim = in, \
	  .parse = parse_id, .show = ima_ns_show_id, __VA_ARGS__ }
#define LSM(word, bit, place) \
	{ .key = word, .ops = "=", .cond = bit, .text = place, \
	  .dim = IMA_NS_DIM_MAX, .cap = IMA_NS_CAP_LSM, .refusal = NO_LSM, \
	  .parse = parse_text, .show = ima_ns_show_lsm }

/* .repeat is host IMA's leniency: the last value counts, requirements add up */
const struct ima_ns_token ima_ns_tokens[] = {
	ACTION("measure", IMA_NS_MEASURE, .cap = 0),
	ACTION("dont_measure", IMA_NS_DONT_MEASURE, .cap = 0),
	ACTION("appraise", IMA_NS_APPRAISE,
	       .cap = IMA_NS_CAP_APPRAISE, .refusal = NO_APPRAISE),
	ACTION("dont_appraise", IMA_NS_DONT_APPRAISE,
	       .cap = IMA_NS_CAP_APPRAISE, .refusal = NO_APPRAISE),
	ACTION("audit", IMA_NS_AUDIT, .cap = 0),
	ACTION("dont_audit", IMA_NS_DONT_AUDIT, .grammar = IMA_NS_GRAMMAR_DONT_AUDIT),
	ACTION("hash", IMA_NS_HASH, .cap = 0),
	ACTION("dont_hash", IMA_NS_DONT_HASH, .cap = 0),

	{ .key = "func", .ops = "=", .cond = COND_FUNC,
	  .dim = IMA_NS_DIM_MAX, .parse = parse_func, .show = ima_ns_show_func },
	{ .key = "mask", .ops = "=", .cond = COND_MASK, .excludes = COND_INMASK,
	  .dim = IMA_NS_DIM_MASK, .parse = parse_mask, .show = ima_ns_show_mask },
	{ .key = "fsmagic", .ops = "=", .cond = COND_FSMAGIC, .repeat = true,
	  .dim = IMA_NS_DIM_FSMAGIC, .parse = parse_fsmagic, .show = ima_ns_show_fsmagic },
	{ .key = "fsname", .ops = "=", .cond = COND_FSNAME, .repeat = true, .text = TEXT_FSNAME,
	  .dim = IMA_NS_DIM_FSNAME, .parse = parse_text, .show = ima_ns_show_text },
	{ .key = "fs_subtype", .ops = "=", .grammar = IMA_NS_GRAMMAR_FS_SUBTYPE,
	  .cond = COND_FS_SUBTYPE, .text = TEXT_FS_SUBTYPE,
	  .dim = IMA_NS_DIM_FS_SUBTYPE, .parse = parse_text, .show = ima_ns_show_text },
	{ .key = "keyrings", .ops = "=", .cond = COND_KEYRINGS,
	  .text = TEXT_LIST, .dim = IMA_NS_DIM_DATA, .parse = parse_list,
	  .show = ima_ns_show_list },
	{ .key = "label", .ops = "=", .cond = COND_LABEL,
	  .text = TEXT_LIST, .dim = IMA_NS_DIM_DATA, .parse = parse_list,
	  .show = ima_ns_show_list },
	{ .key = "pcr", .ops = "=", .cond = COND_PCR, .repeat = true,
	  .actions = IMA_NS_MEASURE, .dim = IMA_NS_DIM_MAX,
	  .parse = parse_pcr, .show = ima_ns_show_pcr },
	{ .key = "fsuuid", .ops = "=", .cond = COND_FSUUID, .repeat = true,
	  .dim = IMA_NS_DIM_FSUUID,
	  .parse = parse_fsuuid, .show = ima_ns_show_fsuuid },
	ID("uid", COND_UID, COND_EUID, RULE_UID, IMA_NS_DIM_UID, .group = false),
	ID("euid", COND_EUID, COND_UID, RULE_UID, IMA_NS_DIM_EUID,
	   .group = false),
	ID("gid", COND_GID, COND_EGID, RULE_GID, IMA_NS_DIM_GID, .group = true),
	ID("egid", COND_EGID, COND_GID, RULE_GID, IMA_NS_DIM_EGID,
	   .group = true),
	ID("fowner", COND_FOWNER, 0, RULE_FOWNER, IMA_NS_DIM_FOWNER,
	   .group = false),
	ID("fgroup", COND_FGROUP, 0, RULE_FGROUP, IMA_NS_DIM_FGROUP,
	   .group = true),
	{ .key = "appraise_algos", .ops = "=", .cond = COND_ALGOS,
	  .actions = IMA_NS_APPRAISE, .text = TEXT_ALGOS, .dim = IMA_NS_DIM_MAX,
	  .parse = parse_algos, .show = ima_ns_show_list },
	LSM("obj_user", COND_OBJ_USER, TEXT_OBJ_USER),
	LSM("obj_role", COND_OBJ_ROLE, TEXT_OBJ_ROLE),
	LSM("obj_type", COND_OBJ_TYPE, TEXT_OBJ_TYPE),
	LSM("subj_user", COND_SUBJ_USER, TEXT_SUBJ_USER),
	LSM("subj_role", COND_SUBJ_ROLE, TEXT_SUBJ_ROLE),
	LSM("subj_type", COND_SUBJ_TYPE, TEXT_SUBJ_TYPE),
	{ .key = "template", .ops = "=", .cond = COND_TEMPLATE,
	  .text = TEXT_TEMPLATE, .dim = IMA_NS_DIM_MAX, .parse = parse_template,
	  .show = ima_ns_show_list },
	{ .key = "appraise_type", .ops = "=", .cond = COND_DIGSIG, .repeat = true,
	  .actions = IMA_NS_APPRAISE, .dim = IMA_NS_DIM_MAX, .parse = parse_appraise_type,
	  .show = ima_ns_show_appraise_type },
	{ .key = "digest_type", .ops = "=", .cond = COND_VERITY, .repeat = true,
	  .dim = IMA_NS_DIM_MAX, .parse = parse_digest_type, .show = ima_ns_show_verity },
	{ .key = "permit_directio", .ops = "", .cond = COND_DIRECTIO, .repeat = true,
	  .dim = IMA_NS_DIM_MAX, .parse = parse_directio, .show = ima_ns_show_word },
	{ .key = "appraise_flag", .ops = "=", .dim = IMA_NS_DIM_MAX,
	  .parse = parse_nothing },
};

const unsigned int ima_ns_nr_tokens = ARRAY_SIZE(ima_ns_tokens);

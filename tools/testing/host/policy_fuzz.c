// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer on the policy parser.  The first byte chooses the dialect and the
 * capabilities ('0'..'7'), the rest is a policy.  Beyond not crashing:
 *
 *  - lines one by one and the text as a whole agree;
 *  - what is accepted shows as text that is accepted and shows the same;
 *  - an error has a place inside the text and a reason;
 *  - a decision is the same with everything blurred that it does not depend on.
 */
#include "policy_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

static char *show(const struct ima_ns_policy *p, size_t *len)
{
	struct buf_writer w;
	char *text;

	buf_writer_init(&w, NULL, 0);
	ima_ns_policy_show(p, &w);
	*len = w.len;
	text = malloc(w.len + 1);
	CHECK(text);
	buf_writer_init(&w, text, *len);
	ima_ns_policy_show(p, &w);
	CHECK(!w.overflow && w.len == *len);
	text[*len] = '\0';
	return text;
}

/* host IMA shows ids above 2^31 as negative and, on 6.12, sigv3 before verity */
static bool unreadable(const char *text)
{
	return strstr(text, "=-") || strstr(text, ">-") || strstr(text, "<-") ||
	       strstr(text, "appraise_type=sigv3");
}

static void check_shown(const struct ima_ns_policy_ctx *ctx, const struct ima_ns_policy *p)
{
	struct ima_ns_policy *again;
	size_t len, len2;
	char *text = show(p, &len);
	char *text2;
	int rc;

	rc = ima_ns_policy_from_text(ctx, text, len, 1, &again, NULL);
	CHECK(!rc || unreadable(text));
	if (!rc) {
		text2 = show(again, &len2);
		CHECK(again->nr_rules == p->nr_rules);
		CHECK(unreadable(text) || !strcmp(text, text2));
		free(text2);
		ima_ns_policy_free(again);
	}
	free(text);
}

static void check_eval(const struct ima_ns_policy *p)
{
	struct ima_ns_decision d, e;
	static const u8 uuid[16] = {
		0x8b, 0xcb, 0xe3, 0x94, 0x4f, 0x13, 0x41, 0x44,
		0xbe, 0x8e, 0x5a, 0xa9, 0xea, 0x2c, 0xe2, 0xf6,
	};
	struct ima_ns_subject s = {
		.mask = IMA_NS_MAY_READ, .groups = IMA_NS_DO_MASK, .fsmagic = 0x9fa0,
		.fsname = "ext4", .fs_subtype = "x", .data = ".ima", .fsuuid = uuid,
		.flags = IMA_NS_SUBJECT_CAP_SETUID,
	};

	for (s.func = 0; s.func <= IMA_NS_POLICY_FUNC_MAX; s.func++) {
		struct ima_ns_subject blurred = s;
		u32 dims = ima_ns_policy_depends(p, s.func);

		if (!(dims & IMA_NS_DIM_BIT(IMA_NS_DIM_MASK)))
			blurred.mask = 0x1234;
		if (!(dims & IMA_NS_DIM_BIT(IMA_NS_DIM_FSMAGIC)))
			blurred.fsmagic = 1;
		if (!(dims & IMA_NS_DIM_BIT(IMA_NS_DIM_FOWNER)))
			blurred.fowner = 77;
		if (!(dims & IMA_NS_DIM_BIT(IMA_NS_DIM_FSNAME)))
			blurred.fsname = NULL;
		ima_ns_policy_eval(p, &s, &d);
		ima_ns_policy_eval(p, &blurred, &e);
		CHECK(d.action == e.action && d.pcr == e.pcr && d.rule == e.rule);
		CHECK(!(d.action & IMA_NS_DO_MASK & ~ima_ns_policy_may(p, s.func)));
		CHECK(d.rule < (int)p->nr_rules);
	}
}

static void check_lines(const struct ima_ns_policy_ctx *ctx, const char *text, size_t size,
			int whole)
{
	struct ima_ns_policy_builder *b;
	struct ima_ns_policy_error e;
	struct ima_ns_policy *p;
	int first = 0;
	size_t at = 0;

	CHECK(!ima_ns_policy_builder_new(ctx, NULL, &b));
	while (at < size) {
		size_t len = 0;
		ssize_t n = ima_ns_policy_add_line(b, text + at, size - at, &e);

		while (at + len < size && text[at + len] != '\n' && text[at + len])
			len++;
		if (n < 0) {
			CHECK(e.err == n && e.reason && e.line);
			CHECK(e.column ? e.column + e.length - 1 <= len : !e.length);
			first = first ? first : n;
			n = len + 1;
		}
		CHECK((size_t)n == len + 1);
		at += n;
	}
	CHECK(first ? first == whole : whole == 0 || whole == -EINVAL || whole == -E2BIG);
	CHECK(ima_ns_policy_build(b, 1, &p) == (first ? -EINVAL : whole));
	ima_ns_policy_free(p);
	ima_ns_policy_builder_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u32 caps[] = {
		IMA_NS_CAPS_HOST, IMA_NS_CAPS_HOST | IMA_NS_CAP_MODSIG, 0, IMA_NS_CAP_APPRAISE,
	};
	struct ima_ns_policy_ctx ctx = { 0 };
	struct ima_ns_policy *p;
	char *text;
	int rc;

	if (!size)
		return 0;
	ctx.dialect = data[0] & 1 ? &ima_ns_dialect_7_2 : &ima_ns_dialect_6_12;
	ctx.caps = caps[data[0] >> 1 & 3];
	ctx.pcrs = data[0] & 4 ? IMA_NS_PCRS : 0;
	/* exact size, so that reading past the end is seen */
	text = malloc(size > 1 ? size - 1 : 1);
	CHECK(text);
	memcpy(text, data + 1, size - 1);
	rc = ima_ns_policy_from_text(&ctx, text, size - 1, 1, &p, NULL);
	CHECK(!rc == !!p);
	if (p) {
		check_shown(&ctx, p);
		check_eval(p);
		ima_ns_policy_free(p);
	}
	check_lines(&ctx, text, size - 1, rc);
	free(text);
	return 0;
}

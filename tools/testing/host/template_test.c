// SPDX-License-Identifier: GPL-2.0
/*
 * Template fields and formats.  What is expected is spelt out byte by byte, from
 * the kernel's Documentation/security/IMA-templates.rst and from records that a
 * host's IMA has made, never from what the code under test says.
 */
#include "template.h"
#include "tap.h"

/* bytes of a string literal, NULs and all, without the one at its end */
#define BYTES(literal) (const u8 *)(literal), sizeof(literal) - 1

#define D20 "\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x20\x21\x22\x23\x24"
#define D16 "\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf"
#define D32 D16 D16
#define D64 D32 D32
#define Z16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define Z20 Z16 "\0\0\0\0"
#define Z32 Z16 Z16
#define X20 "1112131415161718191a1b1c1d1e1f2021222324"
#define X16 "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define X32 X16 X16
#define X64 X32 X32
#define XZ20 "0000000000000000000000000000000000000000"
#define XZ32 "0000000000000000000000000000000000000000000000000000000000000000"

/* security.ima and security.evm: type, version, algorithm, key, size, signature */
#define SIG "\x03\x02\x04\xde\xad\xbe\xef\x00\x04\x01\x02\x03\x04"
#define XSIG "030204deadbeef000401020304"
#define VSIG "\x06\x03\x04\xde\xad\xbe\xef\x00\x01\xff"
#define XVSIG "060304deadbeef0001ff"
#define EVM "\x05\x02\x04\xca\xfe\xba\xbe\x00\x02\x0a\x0b"
#define XEVM "050204cafebabe00020a0b"

static const struct ima_ns_xattr xattrs[] = {
	{ "security.selinux", BYTES("ctx\0") },
	{ "security.ima", BYTES("\x04\x04\x01") },
	{ "security.capability", NULL, 0 },
};

/* a file with everything */
static const struct ima_ns_template_input full = {
	.algo = "sha256", .digest = (const u8 *)D32, .digest_len = 32,
	.d = (const u8 *)D20, .d_len = 20,
	.path = "/bin/a b", .basename = "a b",
	.sig = (const u8 *)SIG, .sig_len = 13,
	.evmsig = (const u8 *)EVM, .evmsig_len = 11,
	.xattrs = xattrs, .nr_xattrs = 3,
	.buf = (const u8 *)"buf\0\x7f", .buf_len = 5,
	.has_inode = true, .uid = 1000, .gid = 4294967294u, .mode = 0104755,
};

/* a file that carries nothing, hashed with sha512 and, for "d", with md5 */
static const struct ima_ns_template_input bare = {
	.algo = "sha512", .digest = (const u8 *)D64, .digest_len = 64,
	.d = (const u8 *)D16, .d_len = 16,
	.path = "/x", .basename = "x",
	.has_inode = true,
};

/* an fs-verity digest, signed as such */
static const struct ima_ns_template_input verity = {
	.algo = "sha256", .digest = (const u8 *)D32, .digest_len = 32, .verity = true,
	.d = (const u8 *)D20, .d_len = 20,
	.path = "/v", .basename = "v",
	.sig = (const u8 *)VSIG, .sig_len = 10,
	.has_inode = true, .uid = 0, .gid = 65536, .mode = 0100644,
};

/* what is not about a file: boot_aggregate of a machine without a TPM */
static const struct ima_ns_template_input event = {
	.algo = "sha256", .digest = (const u8 *)Z32, .digest_len = 32,
	.path = "boot_aggregate",
};

/* a violation: no content, but a file and what protects it */
static const struct ima_ns_template_input violation = {
	.algo = "sha256", .digest = (const u8 *)Z32, .digest_len = 32, .violation = true,
	.d = (const u8 *)D20, .d_len = 20, .verity = true,
	.path = "/bin/v", .basename = "v",
	.evmsig = (const u8 *)EVM, .evmsig_len = 11,
	.xattrs = xattrs, .nr_xattrs = 1,
	.has_inode = true, .uid = 7, .gid = 8, .mode = 0100600,
};

struct row {
	const char *format;
	const struct ima_ns_template_input *in;
	const char *in_name;
	const u8 *data;
	size_t len;
	const char *ascii;
};

#define ROW(format, in, data, ascii) { format, &in, #in, BYTES(data), ascii },

/* each field by itself */
static const struct row field_rows[] = {
	ROW("d", full, "\x14\0\0\0" D20, " " X20)
	ROW("d", bare, "\x10\0\0\0" D16, " " X16)
	ROW("d", event, "\x14\0\0\0" Z20, " " XZ20)
	ROW("d", violation, "\x14\0\0\0" Z20, " " XZ20)
	ROW("n", full, "\x09\0\0\0/bin/a_b\0", " /bin/a_b")
	ROW("n", event, "\x0f\0\0\0boot_aggregate\0", " boot_aggregate")
	ROW("d-ng", full, "\x28\0\0\0sha256:\0" D32, " sha256:" X32)
	ROW("d-ng", bare, "\x48\0\0\0sha512:\0" D64, " sha512:" X64)
	ROW("d-ng", verity, "\x28\0\0\0sha256:\0" D32, " sha256:" X32)
	ROW("d-ng", violation, "\x28\0\0\0sha256:\0" Z32, " sha256:" XZ32)
	ROW("d-ngv2", full, "\x2c\0\0\0ima:sha256:\0" D32, " ima:sha256:" X32)
	ROW("d-ngv2", bare, "\x4c\0\0\0ima:sha512:\0" D64, " ima:sha512:" X64)
	ROW("d-ngv2", verity, "\x2f\0\0\0verity:sha256:\0" D32, " verity:sha256:" X32)
	/* whatever the rule wanted */
	ROW("d-ngv2", violation, "\x2c\0\0\0ima:sha256:\0" Z32, " ima:sha256:" XZ32)
	ROW("n-ng", full, "\x09\0\0\0/bin/a_b\0", " /bin/a_b")
	ROW("n-ng", bare, "\x03\0\0\0/x\0", " /x")
	ROW("sig", full, "\x0d\0\0\0" SIG, " " XSIG)
	ROW("sig", verity, "\x0a\0\0\0" VSIG, " " XVSIG)
	ROW("sig", bare, "\0\0\0\0", " ")
	/* security.evm stands in */
	ROW("sig", violation, "\x0b\0\0\0" EVM, " " XEVM)
	ROW("evmsig", full, "\x0b\0\0\0" EVM, " " XEVM)
	ROW("evmsig", bare, "\0\0\0\0", " ")
	ROW("evmsig", violation, "\x0b\0\0\0" EVM, " " XEVM)
	ROW("buf", full, "\x05\0\0\0buf\0\x7f", " 627566007f")
	ROW("buf", bare, "\0\0\0\0", " ")
	ROW("d-modsig", full, "\0\0\0\0", " ")
	ROW("d-modsig", violation, "\0\0\0\0", " ")
	ROW("modsig", full, "\0\0\0\0", " ")
	ROW("iuid", full, "\x04\0\0\0\xe8\x03\0\0", " 1000")
	ROW("iuid", verity, "\x04\0\0\0\0\0\0\0", " 0")
	ROW("iuid", event, "\0\0\0\0", " ")
	ROW("igid", full, "\x04\0\0\0\xfe\xff\xff\xff", " 4294967294")
	ROW("igid", verity, "\x04\0\0\0\0\0\x01\0", " 65536")
	ROW("igid", event, "\0\0\0\0", " ")
	ROW("imode", full, "\x02\0\0\0\xed\x89", " 35309")
	ROW("imode", violation, "\x02\0\0\0\x80\x81", " 33152")
	ROW("imode", event, "\0\0\0\0", " ")
	ROW("xattrnames", full,
	    "\x32\0\0\0security.selinux|security.ima|security.capability\0",
	    " security.selinux|security.ima|security.capability")
	ROW("xattrnames", violation, "\x11\0\0\0security.selinux\0", " security.selinux")
	ROW("xattrnames", bare, "\0\0\0\0", " ")
	ROW("xattrlengths", full, "\x0c\0\0\0\x04\0\0\0\x03\0\0\0\0\0\0\0",
	    " 040000000300000000000000")
	ROW("xattrlengths", bare, "\0\0\0\0", " ")
	ROW("xattrvalues", full, "\x07\0\0\0ctx\0\x04\x04\x01", " 63747800040401")
	ROW("xattrvalues", event, "\0\0\0\0", " ")
};

/* the templates, by the names that records have */
static const struct row template_rows[] = {
	ROW("ima", full, "\x14\0\0\0" D20 "\x09\0\0\0/bin/a_b\0", " " X20 " /bin/a_b")
	ROW("ima", violation, "\x14\0\0\0" Z20 "\x07\0\0\0/bin/v\0", " " XZ20 " /bin/v")
	ROW("ima-ng", full, "\x28\0\0\0sha256:\0" D32 "\x09\0\0\0/bin/a_b\0",
	    " sha256:" X32 " /bin/a_b")
	ROW("ima-ng", violation, "\x28\0\0\0sha256:\0" Z32 "\x07\0\0\0/bin/v\0",
	    " sha256:" XZ32 " /bin/v")
	ROW("ima-ngv2", verity, "\x2f\0\0\0verity:sha256:\0" D32 "\x03\0\0\0/v\0",
	    " verity:sha256:" X32 " /v")
	ROW("ima-ngv2", violation, "\x2c\0\0\0ima:sha256:\0" Z32 "\x07\0\0\0/bin/v\0",
	    " ima:sha256:" XZ32 " /bin/v")
	ROW("ima-sig", full, "\x28\0\0\0sha256:\0" D32 "\x09\0\0\0/bin/a_b\0\x0d\0\0\0" SIG,
	    " sha256:" X32 " /bin/a_b " XSIG)
	/* the space after the name stays */
	ROW("ima-sig", event, "\x28\0\0\0sha256:\0" Z32 "\x0f\0\0\0boot_aggregate\0\0\0\0\0",
	    " sha256:" XZ32 " boot_aggregate ")
	ROW("ima-sig", violation, "\x28\0\0\0sha256:\0" Z32 "\x07\0\0\0/bin/v\0\x0b\0\0\0" EVM,
	    " sha256:" XZ32 " /bin/v " XEVM)
	ROW("ima-sigv2", verity, "\x2f\0\0\0verity:sha256:\0" D32 "\x03\0\0\0/v\0\x0a\0\0\0" VSIG,
	    " verity:sha256:" X32 " /v " XVSIG)
	ROW("ima-sigv2", bare, "\x4c\0\0\0ima:sha512:\0" D64 "\x03\0\0\0/x\0\0\0\0\0",
	    " ima:sha512:" X64 " /x ")
	ROW("ima-buf", full, "\x28\0\0\0sha256:\0" D32 "\x09\0\0\0/bin/a_b\0\x05\0\0\0buf\0\x7f",
	    " sha256:" X32 " /bin/a_b 627566007f")
	ROW("ima-buf", bare, "\x48\0\0\0sha512:\0" D64 "\x03\0\0\0/x\0\0\0\0\0",
	    " sha512:" X64 " /x ")
	ROW("ima-modsig", full,
	    "\x28\0\0\0sha256:\0" D32 "\x09\0\0\0/bin/a_b\0\x0d\0\0\0" SIG "\0\0\0\0\0\0\0\0",
	    " sha256:" X32 " /bin/a_b " XSIG "  ")
	ROW("evm-sig", full,
	    "\x28\0\0\0sha256:\0" D32 "\x09\0\0\0/bin/a_b\0\x0b\0\0\0" EVM
	    "\x32\0\0\0security.selinux|security.ima|security.capability\0"
	    "\x0c\0\0\0\x04\0\0\0\x03\0\0\0\0\0\0\0" "\x07\0\0\0ctx\0\x04\x04\x01"
	    "\x04\0\0\0\xe8\x03\0\0" "\x04\0\0\0\xfe\xff\xff\xff" "\x02\0\0\0\xed\x89",
	    " sha256:" X32 " /bin/a_b " XEVM " security.selinux|security.ima|security.capability"
	    " 040000000300000000000000 63747800040401 1000 4294967294 35309")
	ROW("evm-sig", event,
	    "\x28\0\0\0sha256:\0" Z32 "\x0f\0\0\0boot_aggregate\0" Z16 "\0\0\0\0\0\0\0\0\0\0\0\0",
	    " sha256:" XZ32 " boot_aggregate       ")
	ROW("evm-sig", violation,
	    "\x28\0\0\0sha256:\0" Z32 "\x07\0\0\0/bin/v\0\x0b\0\0\0" EVM
	    "\x11\0\0\0security.selinux\0" "\x04\0\0\0\x04\0\0\0" "\x04\0\0\0ctx\0"
	    "\x04\0\0\0\x07\0\0\0" "\x04\0\0\0\x08\0\0\0" "\x02\0\0\0\x80\x81",
	    " sha256:" XZ32 " /bin/v " XEVM " security.selinux 04000000 63747800 7 8 33152")
	/* the exact format is as good as the name, and is the template of that name */
	ROW("d|n", full, "\x14\0\0\0" D20 "\x09\0\0\0/bin/a_b\0", " " X20 " /bin/a_b")
	/* formats of one's own: any order, any number of times */
	ROW("n-ng|d-ng", full, "\x09\0\0\0/bin/a_b\0\x28\0\0\0sha256:\0" D32,
	    " /bin/a_b sha256:" X32)
	ROW("n|n|iuid", bare, "\x03\0\0\0/x\0\x03\0\0\0/x\0\x04\0\0\0\0\0\0\0", " /x /x 0")
};

static char ascii[1 << 17];

/* The encoded fields in memory of exactly their size, to be freed. */
static u8 *encode(const struct ima_ns_template *t, const struct ima_ns_template_input *in,
		  size_t *len)
{
	struct buf_writer w;
	u8 *data;

	buf_writer_init(&w, NULL, 0);
	ima_ns_template_encode(t, in, &w);
	*len = w.len;
	data = malloc(w.len + !w.len);
	buf_writer_init(&w, data, *len);
	ima_ns_template_encode(t, in, &w);
	if (w.overflow || w.len != *len) {
		tap_note("the counting writer said %zu, the other %zu", *len, w.len);
		*len = 0;
	}
	return data;
}

static const char *show(const struct ima_ns_template *t, const u8 *data, size_t len)
{
	struct buf_writer w;

	buf_writer_init(&w, ascii, sizeof(ascii) - 1);
	ima_ns_template_ascii(t, data, len, &w);
	ascii[w.len] = '\0';
	return w.overflow ? "(overflow)" : ascii;
}

static void note_bytes(const char *what, const u8 *data, size_t len)
{
	size_t i;

	printf("# %s", what);
	for (i = 0; i < len; i++)
		printf(" %02x", data[i]);
	putchar('\n');
}

static void run_row(const struct row *row)
{
	const struct ima_ns_template *t = ima_ns_template_find(row->format);
	const char *text;
	size_t len;
	u8 *data;

	if (!t)
		t = ima_ns_template_define(row->format);
	if (!tap_ok(t, "%s is a template", row->format))
		return;
	data = encode(t, row->in, &len);
	if (!tap_ok(len == row->len && !memcmp(data, row->data, len), "%s: bytes of %s",
		    row->format, row->in_name)) {
		note_bytes("want", row->data, row->len);
		note_bytes("got ", data, len);
	}
	text = show(t, data, len);
	if (!tap_ok(!strcmp(text, row->ascii), "%s: text of %s", row->format, row->in_name))
		tap_note("want '%s', got '%s'", row->ascii, text);
	free(data);
}

static void test_rows(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(field_rows); i++)
		run_row(&field_rows[i]);
	for (i = 0; i < ARRAY_SIZE(template_rows); i++)
		run_row(&template_rows[i]);
}

/* --- names ------------------------------------------------------------------------- */

static char *repeated(char c, size_t n)
{
	char *s = malloc(n + 1);

	memset(s, c, n);
	s[n] = '\0';
	return s;
}

/* The name that a field holds of @path; @len counts its NUL. */
static bool holds(const char *format, const char *path, const char *basename, const char *want,
		  size_t len)
{
	const struct ima_ns_template_input in = { .path = path, .basename = basename };
	const struct ima_ns_template *t = ima_ns_template_define(format);
	size_t got;
	u8 *data = encode(t, &in, &got);
	bool good = got == 4 + len && get_unaligned_le32(data) == len &&
		    !memcmp(data + 4, want, len - 1) && !data[4 + len - 1];

	free(data);
	return good;
}

static void test_names(void)
{
	static const char odd[] = "/\001\n\t\"\\\xff (deleted)";
	char *n255 = repeated('a', 255), *n256 = repeated('b', 256), *n4095 = repeated('c', 4095);
	char *spaces = repeated(' ', 300), *dashes = repeated('_', 300);

	tap_ok(holds("n", n255, "base", n255, 256), "n: 255 bytes fit");
	tap_ok(holds("n", n256, "ba se", "ba_se", 6), "n: of a longer path the last component");
	tap_ok(holds("n", n256, NULL, n256, 256), "n: without a file it is cut");
	tap_ok(holds("n", n4095, n255, n255, 256), "n: the longest component there is");
	/* no file system has it, but the field says 255 */
	tap_ok(holds("n", n4095, n256, n256, 256), "n: a component that is too long is cut");
	tap_ok(holds("n", spaces, NULL, dashes, 256), "n: spaces, cut");
	tap_ok(holds("n-ng", n256, "base", n256, 257), "n-ng: 256 bytes");
	tap_ok(holds("n-ng", n4095, "base", n4095, 4096), "n-ng: 4095 bytes");
	tap_ok(holds("n-ng", spaces, NULL, dashes, 301), "n-ng: every space is a '_'");
	tap_ok(holds("n-ng", "", NULL, "", 1), "n-ng: an empty name has its NUL");
	tap_ok(holds("n-ng", odd, NULL, "/\001\n\t\"\\\xff_(deleted)", sizeof(odd)),
	       "n-ng: no other byte is changed");
	free(n255);
	free(n256);
	free(n4095);
	free(spaces);
	free(dashes);
}

/* --- room -------------------------------------------------------------------------- */

/* With any room that is too small: an overflow, and not a byte past the end. */
static void test_overflow(void)
{
	static const char *const names[] = {
		"ima", "ima-ng", "ima-ngv2", "ima-sig", "ima-sigv2", "ima-buf", "ima-modsig",
		"evm-sig",
	};
	const struct ima_ns_template *t;
	size_t i, len, size, bad;
	struct buf_writer w;
	u8 *data, *room;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		t = ima_ns_template_find(names[i]);
		data = encode(t, &full, &len);
		for (size = 1, bad = 0; size < len; size++) {
			/* the sanitizer watches its end */
			room = malloc(size);
			buf_writer_init(&w, room, size);
			ima_ns_template_encode(t, &full, &w);
			bad += !w.overflow || w.len > size;
			free(room);
		}
		tap_ok(len && !bad, "%s: overflow in each of %zu sizes", names[i], len - 1);
		show(t, data, len);
		for (size = 1, bad = 0; size < strlen(ascii); size++) {
			room = malloc(size);
			buf_writer_init(&w, room, size);
			ima_ns_template_ascii(t, data, len, &w);
			bad += !w.overflow || w.len > size;
			free(room);
		}
		tap_ok(!bad, "%s: the same for %zu bytes of text", names[i], strlen(ascii));
		free(data);
	}
}

/* A large attribute, as large as attributes get. */
static void test_large(void)
{
	const struct ima_ns_template *t = ima_ns_template_find("ima-sig");
	struct ima_ns_template_input in = full;
	u8 *sig = malloc(IMA_NS_MAX_XATTR), *data;
	size_t len;

	memset(sig, 0x5a, IMA_NS_MAX_XATTR);
	in.sig = sig;
	in.sig_len = IMA_NS_MAX_XATTR;
	data = encode(t, &in, &len);
	tap_ok(len == 44 + 13 + 4 + 65536 && !memcmp(data + 57, "\0\0\x01\0\x5a", 5) &&
	       data[len - 1] == 0x5a, "a signature of 65536 bytes");
	free(data);
	free(sig);
}

/* --- text of what was not encoded here ------------------------------------------------ */

static void test_ascii(void)
{
	static const struct {
		const char *format;
		const u8 *data;
		size_t len;
		const char *text;
	} cases[] = {
		/* cut in a length, in a field, before a field */
		{ "d-ng|n-ng", BYTES("\x04\0\0"), "" },
		{ "d-ng|n-ng", BYTES("\x04\0\0\0abc"), "" },
		{ "d-ng|n-ng", BYTES("\x03\0\0\0abc"), " 616263" },
		{ "d-ng|n-ng", BYTES("\xff\xff\xff\xff""abc"), "" },
		{ "d-ng|n-ng", BYTES("\0\0\0\0\0\0\0\0"), "  " },
		/* a digest without algorithm, with an odd one, with nothing behind it */
		{ "d-ng", BYTES("\x02\0\0\0\xab\xcd"), " abcd" },
		{ "d-ng", BYTES("\x03\0\0\0:\0\xcd"), " :cd" },
		{ "d-ng", BYTES("\x08\0\0\0sha256:\0"), " sha256:" },
		{ "d-ng", BYTES("\x08\0\0\0sha256\0\x01"), " 7368613235360001" },
		{ "d-ngv2", BYTES("\x0d\0\0\0verity:sha1:\0"), " verity:sha1:" },
		{ "d-ng", BYTES("\x2a\0\0\0........................................:\0"),
		  " 2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e3a00" },
		/* a name without its NUL, with one in between */
		{ "n-ng", BYTES("\x02\0\0\0ab"), " ab" },
		{ "n-ng", BYTES("\x04\0\0\0a\0bc"), " a" },
		/* numbers of another size */
		{ "iuid", BYTES("\x03\0\0\0\x01\x02\x03"), " 010203" },
		{ "imode", BYTES("\x02\0\0\0\xff\xff"), " 65535" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct ima_ns_template *t = ima_ns_template_define(cases[i].format);
		/* in memory of its own: the sanitizer watches its end */
		u8 *data = malloc(cases[i].len);

		memcpy(data, cases[i].data, cases[i].len);
		if (!tap_ok(!strcmp(show(t, data, cases[i].len), cases[i].text), "%s: '%s'",
			    cases[i].format, cases[i].text))
			tap_note("got '%s'", ascii);
		free(data);
	}
}

/* --- looking templates up ---------------------------------------------------------------- */

static void test_find(void)
{
	static const struct {
		const char *name;
		const char *format;
		unsigned int fields;
		u32 needs;
	} all[] = {
		{ "ima", "d|n", 2, IMA_NS_NEEDS_D },
		{ "ima-ng", "d-ng|n-ng", 2, 0 },
		{ "ima-ngv2", "d-ngv2|n-ng", 2, 0 },
		{ "ima-sig", "d-ng|n-ng|sig", 3, IMA_NS_NEEDS_SIG },
		{ "ima-sigv2", "d-ngv2|n-ng|sig", 3, IMA_NS_NEEDS_SIG },
		{ "ima-buf", "d-ng|n-ng|buf", 3, 0 },
		{ "ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig", 5, IMA_NS_NEEDS_SIG },
		{ "evm-sig",
		  "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode", 9,
		  IMA_NS_NEEDS_EVMSIG | IMA_NS_NEEDS_XATTRS },
	};
	static const char *const none[] = {
		"", "IMA", "ima-", "ima-ng ", "d-ng", "d-ng|n-ng|", "n-ng|d-ng", "ima|ima-ng",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		const struct ima_ns_template *t = ima_ns_template_find(all[i].name);

		tap_ok(t && t == ima_ns_template_find(all[i].format) &&
		       !strcmp(ima_ns_template_label(t), all[i].name) &&
		       t->nr_fields == all[i].fields && t->needs == all[i].needs,
		       "%s is %s", all[i].name, all[i].format);
		tap_ok(t && ima_ns_template_at(ima_ns_template_index(t)) == t &&
		       ima_ns_template_is_ima(t) == !strcmp(all[i].name, "ima"),
		       "%s has a number of its own", all[i].name);
	}
	for (i = 0; i < ARRAY_SIZE(none); i++)
		tap_ok(!ima_ns_template_find(none[i]), "'%s' is none", none[i]);
	tap_ok(!ima_ns_template_at(ARRAY_SIZE(all) + 1) && !ima_ns_template_at(255),
	       "there are no more");
}

#define N5 "n|n|n|n|n"

static void test_define(void)
{
	static const char *const bad[] = {
		"", "|", "d-ng|", "|d-ng", "d-ng||n-ng", "x", "d-n", "d-ngv", "d-ng|x|n-ng", " d-ng",
		"d-ng |n-ng", "D-NG", "ima-ng", "d-type", "xattrnamesxattrnames",
		N5 "|" N5 "|" N5 "|n",
	};
	static const char custom[] = "n-ng|sig|d|xattrvalues";
	const struct ima_ns_template *t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		tap_ok(!ima_ns_template_define(bad[i]) && !ima_ns_template_find("n|n"),
		       "'%s' is no format", bad[i]);
	t = ima_ns_template_define(N5 "|" N5 "|" N5);
	tap_ok(t && t->nr_fields == 15, "fifteen fields are one");
	t = ima_ns_template_define(custom);
	tap_ok(t && !strcmp(ima_ns_template_label(t), custom) && ima_ns_template_find(custom) == t,
	       "a format is recorded and found as it is");
	tap_ok(t && ima_ns_template_at(ima_ns_template_index(t)) == t, "by its number, too");
	tap_ok(t && t->needs == (IMA_NS_NEEDS_SIG | IMA_NS_NEEDS_D | IMA_NS_NEEDS_XATTRS) &&
	       !ima_ns_template_is_ima(t), "what its fields need");
	t = ima_ns_template_define("n|n");
	tap_ok(t && !t->needs, "another one needs nothing");
	tap_ok(!ima_ns_template_define("n-ng|y") && !ima_ns_template_find("n|n") &&
	       !ima_ns_template_find("n-ng|y") && !ima_ns_template_find(""),
	       "a bad format takes the place of a good one");
}

int main(void)
{
	if (ima_ns_template_init())
		abort();
	test_find();
	test_define();
	test_rows();
	test_names();
	test_overflow();
	test_large();
	test_ascii();
	return tap_done();
}

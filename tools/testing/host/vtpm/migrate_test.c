// SPDX-License-Identifier: GPL-2.0
/*
 * Objects and credentials between TPMs: what libtpms has wrapped is unwrapped
 * here, and what is wrapped here is unwrapped again.
 */
#include "tpm.h"

#include "migrate_vectors.h"

#define P1(rc)	(VTPM_RC_##rc + VTPM_RC_P(1))
#define P2(rc)	(VTPM_RC_##rc + VTPM_RC_P(2))
#define P3(rc)	(VTPM_RC_##rc + VTPM_RC_P(3))
#define P4(rc)	(VTPM_RC_##rc + VTPM_RC_P(4))
#define H1(rc)	(VTPM_RC_##rc + VTPM_RC_H(1))
#define H2(rc)	(VTPM_RC_##rc + VTPM_RC_H(2))

#define BLOB(from) blob_of(from, sizeof(from))

static const struct blob none;

static struct blob blob_of(const void *data, size_t size)
{
	struct blob b = { .size = size };

	memcpy(b.data, data, size);
	return b;
}

/* a policy session that is good for one command, as the object demands it */
static u32 policy_session(struct tpm *t, u32 code)
{
	u32 session = tpm_start_session(t, VTPM_SE_POLICY);

	tpm_begin(t, VTPM_CC_POLICY_COMMAND_CODE, 1, session);
	buf_put_be32(&t->w, code);
	return tpm_run(t) ? 0 : session;
}

static void put_sym(struct tpm *t, bool aes)
{
	const struct vtpm_sym sym = { aes ? VTPM_ALG_AES : VTPM_ALG_NULL, 128, VTPM_ALG_CFB, 0 };

	vtpm_put_sym(&t->w, &sym);
}

/* TPM2_Import, from handle to the last parameter */
static void begin_import(struct tpm *t, u32 parent, const struct blob *key,
			 const struct blob *public, const struct blob *duplicate,
			 const struct blob *seed, bool aes)
{
	tpm_begin(t, VTPM_CC_IMPORT, 1, parent);
	tpm_password(t, "");
	tpm_put_blob(t, key);
	tpm_put_blob(t, public);
	tpm_put_blob(t, duplicate);
	tpm_put_blob(t, seed);
	put_sym(t, aes);
}

/* import without any wrap, and load; 0 in error */
static u32 adopt(struct tpm *t, u32 parent, const struct blob *public,
		 const struct blob *sensitive)
{
	struct blob private;

	begin_import(t, parent, &none, public, sensitive, &none, false);
	if (tpm_run(t))
		return 0;
	tpm_keep(t, &private);
	return tpm_load(t, parent, &private, public);
}

/* load what the last import has given, and unseal it */
static void check_moved(struct tpm *t, u32 parent, const char *what)
{
	static const char secret[] = "moved from another TPM";
	struct blob private, public = BLOB(object_public), data = { 0 };
	u32 handle;

	tpm_keep(t, &private);
	handle = tpm_load(t, parent, &private, &public);
	tpm_begin(t, VTPM_CC_UNSEAL, 1, handle);
	tpm_password(t, "pw");
	if (!tpm_run(t))
		tpm_keep(t, &data);
	tap_ok(data.size == strlen(secret) && !memcmp(data.data, secret, data.size),
	       "%s: the secret is there", what);
	tpm_flush(t, handle);
}

/* no byte of a duplicate can be changed, and none is missing */
static void check_tampering(struct tpm *t, u32 parent, const struct blob *key,
			    const struct blob *duplicate, const struct blob *seed,
			    const char *what)
{
	struct blob public = BLOB(object_public), bad;
	size_t i;

	for (i = 0; i < duplicate->size; i++) {
		bad = *duplicate;
		bad.data[i] ^= 1;
		begin_import(t, parent, key, &public, &bad, seed, key->size);
		if (!tpm_run(t))
			break;
	}
	tap_ok(i == duplicate->size, "%s: no byte can be changed", what);
	for (i = 0; i < duplicate->size; i++) {
		bad = *duplicate;
		bad.size = i;
		begin_import(t, parent, key, &public, &bad, seed, key->size);
		if (!tpm_run(t))
			break;
	}
	tap_ok(i == duplicate->size, "%s: it cannot be cut", what);
	bad = public;
	bad.data[bad.size - 1] ^= 1;
	begin_import(t, parent, key, &bad, duplicate, seed, key->size);
	tpm_expect(t, P3(INTEGRITY), "%s: not with another public area", what);
}

struct vectors {
	const char *name;
	struct blob parent;
	struct blob parent_sensitive;
	struct blob duplicate;
	struct blob seed;
	struct blob outer_only;
	struct blob outer_seed;
	struct blob credential;
	struct blob secret;
};

static void test_import(struct tpm *t, u32 primary, const struct vectors *v)
{
	struct blob public = BLOB(object_public), key = blob_of("0123456789abcdef", 16), bad;
	u32 parent = adopt(t, primary, &v->parent, &v->parent_sensitive);

	tap_ok(parent, "%s: storage key of libtpms", v->name);
	begin_import(t, parent, &key, &public, &v->duplicate, &v->seed, true);
	tpm_expect(t, 0, "%s: import with both wraps", v->name);
	check_moved(t, parent, v->name);
	check_tampering(t, parent, &key, &v->duplicate, &v->seed, v->name);
	bad = key;
	bad.data[0] ^= 1;
	begin_import(t, parent, &bad, &public, &v->duplicate, &v->seed, true);
	tpm_run(t);
	tap_ok(t->rc, "%s: not with another key", v->name);
	begin_import(t, parent, &key, &public, &v->duplicate, &v->outer_seed, true);
	tpm_expect(t, P3(INTEGRITY), "%s: not with another seed", v->name);
	begin_import(t, parent, &none, &public, &v->outer_only, &v->outer_seed, false);
	tpm_expect(t, 0, "%s: import with the outer wrap", v->name);
	check_moved(t, parent, v->name);
	tpm_flush(t, parent);
}

static void test_inner(struct tpm *t, u32 primary)
{
	struct blob public = BLOB(object_public), duplicate = BLOB(inner_only);
	struct blob key = BLOB(inner_key);

	begin_import(t, primary, &key, &public, &duplicate, &none, true);
	tpm_expect(t, 0, "inner: import with the inner wrap");
	check_moved(t, primary, "inner");
	check_tampering(t, primary, &key, &duplicate, &none, "inner");
}

/* --- credentials ------------------------------------------------------------------- */

/* TPM2_ActivateCredential of the object that libtpms has made the credential for */
static void begin_activate(struct tpm *t, u32 object, u32 key, const char *password,
			   const struct blob *credential, const struct blob *secret)
{
	tpm_begin(t, VTPM_CC_ACTIVATE_CREDENTIAL, 2, object, key);
	tpm_password(t, password);
	tpm_password(t, "");
	tpm_put_blob(t, credential);
	tpm_put_blob(t, secret);
}

static void test_credential(struct tpm *t, u32 primary, const struct vectors *v)
{
	static const char info[] = "credential of libtpms";
	struct blob key = BLOB(inner_key), public = BLOB(object_public);
	struct blob duplicate = BLOB(inner_only);
	u32 parent = adopt(t, primary, &v->parent, &v->parent_sensitive), object;
	struct blob private, data, bad, name;
	size_t i;

	begin_import(t, primary, &key, &public, &duplicate, &none, true);
	tpm_run(t);
	tpm_keep(t, &private);
	object = tpm_load(t, primary, &private, &public);
	begin_activate(t, object, parent, "pw", &v->credential, &v->secret);
	tpm_expect(t, 0, "%s: activate a credential of libtpms", v->name);
	tpm_keep(t, &data);
	tap_ok(data.size == strlen(info) && !memcmp(data.data, info, data.size),
	       "%s: it says what it should", v->name);
	begin_activate(t, primary, parent, "", &v->credential, &v->secret);
	tpm_expect(t, P1(INTEGRITY), "%s: not for another object", v->name);
	for (i = 2; i < v->credential.size; i++) {
		bad = v->credential;
		bad.data[i] ^= 1;
		begin_activate(t, object, parent, "pw", &bad, &v->secret);
		if (tpm_run(t) != P1(INTEGRITY))
			break;
	}
	tap_ok(i == v->credential.size, "%s: no byte can be changed", v->name);
	begin_activate(t, object, object, "pw", &v->credential, &v->secret);
	tpm_run(t);
	tap_ok(t->rc, "%s: not with a key of another kind", v->name);

	tpm_name(t, object, &name);
	tpm_begin(t, VTPM_CC_MAKE_CREDENTIAL, 1, parent);
	vtpm_put_2b(&t->w, "0123456789abcdef0123456789abcdef", 32);
	tpm_put_blob(t, &name);
	tpm_expect(t, 0, "%s: make a credential", v->name);
	tpm_keep(t, &data);
	tpm_keep(t, &bad);
	begin_activate(t, object, parent, "pw", &data, &bad);
	tpm_expect(t, 0, "%s: and activate it", v->name);
	tpm_keep(t, &data);
	tap_ok(data.size == 32 && !memcmp(data.data, "0123456789abcdef", 16),
	       "%s: it says what it should", v->name);
	tpm_begin(t, VTPM_CC_MAKE_CREDENTIAL, 1, parent);
	vtpm_put_2b(&t->w, "0123456789abcdef0123456789abcdefx", 33);
	tpm_put_blob(t, &name);
	tpm_expect(t, P1(SIZE), "%s: a credential is not longer than a digest", v->name);
	tpm_begin(t, VTPM_CC_MAKE_CREDENTIAL, 1, object);
	vtpm_put_2b(&t->w, "x", 1);
	tpm_put_blob(t, &name);
	tpm_expect(t, H1(TYPE), "%s: not under a key that protects nothing", v->name);
	tpm_flush(t, object);
	tpm_flush(t, parent);
}

/* --- TPM2_Duplicate and TPM2_Rewrap ---------------------------------------------------- */

/* the sealed object of libtpms, which can be duplicated */
static u32 load_object(struct tpm *t, u32 primary)
{
	struct blob key = BLOB(inner_key), public = BLOB(object_public);
	struct blob duplicate = BLOB(inner_only), private;

	begin_import(t, primary, &key, &public, &duplicate, &none, true);
	if (tpm_run(t))
		return 0;
	tpm_keep(t, &private);
	return tpm_load(t, primary, &private, &public);
}

static void begin_duplicate(struct tpm *t, u32 object, u32 parent, const struct blob *key, bool aes)
{
	u32 session = policy_session(t, VTPM_CC_DUPLICATE);

	tpm_begin(t, VTPM_CC_DUPLICATE, 2, object, parent);
	tpm_session(t, session, "");
	tpm_put_blob(t, key);
	put_sym(t, aes);
}

/* sessions of policy_session() are not needed again */
static void flush_sessions(struct tpm *t)
{
	unsigned int i;

	for (i = 0; i < VTPM_ACTIVE_SESSIONS; i++)
		tpm_flush(t, VTPM_HR(VTPM_HT_POLICY_SESSION, i));
}

static void test_duplicate(struct tpm *t, u32 primary, const struct vectors *v)
{
	struct blob public = BLOB(object_public), mine = blob_of("fedcba9876543210", 16);
	u32 parent = adopt(t, primary, &v->parent, &v->parent_sensitive);
	u32 object = load_object(t, primary);
	struct blob key, duplicate, seed;

	begin_duplicate(t, object, parent, &none, true);
	tpm_expect(t, 0, "%s: duplicate with both wraps", v->name);
	tpm_keep(t, &key);
	tpm_keep(t, &duplicate);
	tpm_keep(t, &seed);
	tap_ok(key.size == 16, "%s: the TPM gives the key it has made", v->name);
	begin_import(t, parent, &key, &public, &duplicate, &seed, true);
	tpm_expect(t, 0, "%s: import it", v->name);
	check_moved(t, parent, v->name);
	check_tampering(t, parent, &key, &duplicate, &seed, v->name);

	begin_duplicate(t, object, parent, &mine, true);
	tpm_expect(t, 0, "%s: duplicate with a key of the caller", v->name);
	tpm_keep(t, &key);
	tpm_keep(t, &duplicate);
	tpm_keep(t, &seed);
	tap_ok(!key.size, "%s: the TPM does not tell a key that the caller has", v->name);
	begin_import(t, parent, &mine, &public, &duplicate, &seed, true);
	tpm_expect(t, 0, "%s: import it", v->name);
	check_moved(t, parent, v->name);
	flush_sessions(t);
	tpm_flush(t, object);
	tpm_flush(t, parent);
}

static void test_duplicate_errors(struct tpm *t, u32 primary)
{
	struct vtpm_public pub = tpm_ecc(TPM_FIXED | TPM_ORIGIN | VTPMA_OBJECT_SIGN, VTPM_ALG_NULL);
	u32 object = load_object(t, primary), fixed = tpm_make(t, primary, "", "", &pub);
	struct blob mine = blob_of("fedcba9876543210", 16);

	begin_duplicate(t, object, VTPM_RH_NULL, &mine, false);
	tpm_expect(t, P1(SIZE), "duplicate: a key without a cipher");
	mine.size--;
	begin_duplicate(t, object, VTPM_RH_NULL, &mine, true);
	tpm_expect(t, P1(SIZE), "duplicate: a key of the wrong size");
	begin_duplicate(t, object, fixed, &none, false);
	tpm_expect(t, H2(TYPE), "duplicate: to what is no storage key");
	tpm_begin(t, VTPM_CC_DUPLICATE, 2, object, VTPM_RH_NULL);
	tpm_password(t, "pw");
	tpm_put_blob(t, &none);
	put_sym(t, false);
	tpm_run(t);
	tap_ok(t->rc, "duplicate: not with a password");
	begin_duplicate(t, fixed, VTPM_RH_NULL, &none, false);
	tpm_run(t);
	tap_ok(t->rc, "duplicate: not what cannot leave its parent");
	begin_duplicate(t, object, VTPM_RH_NULL, &none, false);
	tpm_expect(t, 0, "duplicate: without any wrap");
	flush_sessions(t);
	tpm_flush(t, object);
	tpm_flush(t, fixed);
}

static void begin_rewrap(struct tpm *t, u32 old, u32 new, const struct blob *duplicate,
			 const struct blob *name, const struct blob *seed)
{
	tpm_begin(t, VTPM_CC_REWRAP, 2, old, new);
	tpm_password(t, "");
	tpm_put_blob(t, duplicate);
	tpm_put_blob(t, name);
	tpm_put_blob(t, seed);
}

/* from one parent to the other, and on to nobody */
static void test_rewrap(struct tpm *t, u32 primary, const struct vectors *from,
			const struct vectors *to)
{
	struct blob public = BLOB(object_public), key = blob_of("0123456789abcdef", 16);
	u32 old = adopt(t, primary, &from->parent, &from->parent_sensitive);
	u32 new = adopt(t, primary, &to->parent, &to->parent_sensitive);
	u32 object = load_object(t, primary);
	struct blob name, duplicate, seed;

	tpm_name(t, object, &name);
	tpm_flush(t, object);
	begin_rewrap(t, old, new, &from->duplicate, &name, &from->seed);
	tpm_expect(t, 0, "rewrap: %s to %s", from->name, to->name);
	tpm_keep(t, &duplicate);
	tpm_keep(t, &seed);
	begin_import(t, new, &key, &public, &duplicate, &seed, true);
	tpm_expect(t, 0, "rewrap: import it");
	check_moved(t, new, "rewrap");
	begin_rewrap(t, new, VTPM_RH_NULL, &duplicate, &name, &seed);
	tpm_expect(t, 0, "rewrap: %s to nobody", to->name);
	tpm_keep(t, &duplicate);
	tpm_keep(t, &seed);
	tap_ok(!seed.size, "rewrap: then there is no seed");
	begin_import(t, primary, &key, &public, &duplicate, &none, true);
	tpm_expect(t, 0, "rewrap: import it");
	check_moved(t, primary, "rewrap");
	begin_rewrap(t, VTPM_RH_NULL, new, &duplicate, &name, &none);
	tpm_expect(t, 0, "rewrap: nobody to %s", to->name);
	begin_rewrap(t, old, new, &from->duplicate, &name, &none);
	tpm_expect(t, H1(HANDLE), "rewrap: a parent without a seed");
	begin_rewrap(t, VTPM_RH_NULL, new, &from->duplicate, &name, &from->seed);
	tpm_expect(t, H1(HANDLE), "rewrap: a seed without a parent");
	name.data[name.size - 1] ^= 1;
	begin_rewrap(t, old, new, &from->duplicate, &name, &from->seed);
	tpm_expect(t, P1(INTEGRITY), "rewrap: under another Name");
	tpm_flush(t, old);
	tpm_flush(t, new);
}

/* --- encryptedDuplication ----------------------------------------------------------------- */

static void test_encrypted(struct tpm *t, u32 primary)
{
	struct vtpm_public pub = tpm_keyedhash(VTPMA_OBJECT_ENCRYPTED_DUP, VTPM_ALG_NULL);
	struct blob public, sensitive = blob_of("\0\2xx", 4), key = blob_of("0123456789abcdef", 16);
	struct buf_writer w;

	buf_writer_init(&w, public.data, sizeof(public.data));
	vtpm_put_public(&w, &pub);
	public.size = w.len;
	begin_import(t, primary, &none, &public, &sensitive, &none, false);
	tpm_expect(t, P1(ATTRIBUTES), "encryptedDuplication: needs an inner wrap");
	begin_import(t, primary, &key, &public, &sensitive, &none, true);
	tpm_expect(t, P4(ATTRIBUTES), "encryptedDuplication: needs an outer wrap");
	pub.attrs = TPM_FIXED;
	buf_writer_init(&w, public.data, sizeof(public.data));
	vtpm_put_public(&w, &pub);
	begin_import(t, primary, &none, &public, &sensitive, &none, false);
	tpm_expect(t, P2(ATTRIBUTES), "import: nothing that says it was made here");
}

int main(void)
{
	const struct vectors ecc = {
		"ECC", BLOB(ecc_parent), BLOB(ecc_parent_sensitive), BLOB(ecc_duplicate),
		BLOB(ecc_seed), BLOB(ecc_outer_only), BLOB(ecc_outer_seed), BLOB(ecc_credential),
		BLOB(ecc_secret),
	};
	const struct vectors rsa = {
		"RSA", BLOB(rsa_parent), BLOB(rsa_parent_sensitive), BLOB(rsa_duplicate),
		BLOB(rsa_seed), BLOB(rsa_outer_only), BLOB(rsa_outer_seed), BLOB(rsa_credential),
		BLOB(rsa_secret),
	};
	struct vtpm_public storage = tpm_storage();
	static struct tpm tpm;
	u32 primary;

	tpm_create(&tpm, 2);
	primary = tpm_primary(&tpm, VTPM_RH_OWNER, &storage);
	test_import(&tpm, primary, &ecc);
	test_import(&tpm, primary, &rsa);
	test_inner(&tpm, primary);
	test_credential(&tpm, primary, &ecc);
	test_credential(&tpm, primary, &rsa);
	test_duplicate(&tpm, primary, &ecc);
	test_duplicate(&tpm, primary, &rsa);
	test_duplicate_errors(&tpm, primary);
	test_rewrap(&tpm, primary, &ecc, &rsa);
	test_rewrap(&tpm, primary, &rsa, &ecc);
	test_encrypted(&tpm, primary);
	tpm_destroy(&tpm);
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Which templates and which objects from outside are allowed.
 *
 * The response codes of the tables are those that libtpms 0.9.2 gives.
 */
#include "tpm.h"

#define SIGN	VTPMA_OBJECT_SIGN
#define DECRYPT	VTPMA_OBJECT_DECRYPT
#define RESTRICTED VTPMA_OBJECT_RESTRICTED
#define FIXED_TPM VTPMA_OBJECT_FIXED_TPM
#define FIXED_PARENT VTPMA_OBJECT_FIXED_PARENT
#define ENCRYPTED VTPMA_OBJECT_ENCRYPTED_DUP
#define FIXED	TPM_FIXED
#define ORIGIN	TPM_ORIGIN
#define STORAGE	TPM_STORAGE
#define NONE	VTPM_ALG_NULL

#define P1(rc)	(VTPM_RC_##rc + VTPM_RC_P(1))
#define P2(rc)	(VTPM_RC_##rc + VTPM_RC_P(2))
#define P3(rc)	(VTPM_RC_##rc + VTPM_RC_P(3))
#define H2(rc)	(VTPM_RC_##rc + VTPM_RC_H(2))

/* --- templates ------------------------------------------------------------------- */

enum kind { ECC, RSA, HASH, CIPHER };

static struct vtpm_public template_of(enum kind kind, u32 attrs, u16 scheme)
{
	switch (kind) {
	case ECC:
		return tpm_ecc(attrs, scheme);
	case RSA:
		return tpm_rsa(attrs, scheme);
	case HASH:
		return tpm_keyedhash(attrs, scheme);
	default:
		return tpm_symcipher(attrs);
	}
}

/* of CreatePrimary; @data: the caller gives the sensitive data */
static const struct {
	const char *name;
	enum kind kind;
	u32 attrs;
	u16 scheme;
	bool data;
	u32 rc;
} templates[] = {
	{ "storage key", ECC, FIXED | ORIGIN | STORAGE, NONE, false, 0 },
	{ "signing key", ECC, FIXED | ORIGIN | SIGN, NONE, false, 0 },
	{ "signing key with a scheme", ECC, FIXED | ORIGIN | SIGN, VTPM_ALG_ECDSA, false, 0 },
	{ "attestation key", ECC, FIXED | ORIGIN | SIGN | RESTRICTED, VTPM_ALG_ECDSA, false, 0 },
	{ "attestation key without a scheme", ECC, FIXED | ORIGIN | SIGN | RESTRICTED, NONE,
	  false, P2(SCHEME) },
	{ "decryption key", ECC, FIXED | ORIGIN | DECRYPT, VTPM_ALG_ECDH, false, 0 },
	{ "key for both", ECC, FIXED | ORIGIN | SIGN | DECRYPT, NONE, false, 0 },
	{ "key for both with a scheme", ECC, FIXED | ORIGIN | SIGN | DECRYPT, VTPM_ALG_ECDSA,
	  false, P2(SCHEME) },
	{ "restricted key for both", ECC, FIXED | ORIGIN | SIGN | STORAGE, NONE,
	  false, P2(ATTRIBUTES) },
	{ "restricted key for neither", ECC, FIXED | ORIGIN | RESTRICTED, NONE,
	  false, P2(ATTRIBUTES) },
	{ "key for nothing", ECC, FIXED | ORIGIN, NONE, false, P2(ATTRIBUTES) },
	{ "storage key with a scheme", ECC, FIXED | ORIGIN | STORAGE, VTPM_ALG_ECDH,
	  false, P2(SCHEME) },
	{ "signing key with a decryption scheme", ECC, FIXED | ORIGIN | SIGN, VTPM_ALG_ECDH,
	  false, P2(SCHEME) },
	{ "decryption key with a signing scheme", ECC, FIXED | ORIGIN | DECRYPT, VTPM_ALG_ECDSA,
	  false, P2(SCHEME) },
	{ "asymmetric key from the caller", ECC, FIXED | SIGN, NONE, true, P2(ATTRIBUTES) },
	{ "asymmetric key from nowhere", ECC, FIXED | SIGN, NONE, false, P2(ATTRIBUTES) },
	{ "key with data for its derivation", ECC, FIXED | ORIGIN | SIGN, NONE, true, 0 },
	{ "fixedTPM alone", ECC, FIXED_TPM | ORIGIN | SIGN, NONE, false, P2(ATTRIBUTES) },
	{ "fixedParent alone", ECC, FIXED_PARENT | ORIGIN | SIGN, NONE, false, P2(ATTRIBUTES) },
	{ "neither of them", ECC, ORIGIN | SIGN, NONE, false, 0 },
	{ "encryptedDuplication", ECC, ENCRYPTED | ORIGIN | SIGN, NONE, false, 0 },
	{ "fixed and encryptedDuplication", ECC, FIXED | ENCRYPTED | ORIGIN | SIGN, NONE,
	  false, P2(ATTRIBUTES) },
	{ "reserved attribute", ECC, FIXED | ORIGIN | SIGN | 0x100, NONE,
	  false, P2(RESERVED_BITS) },
	{ "RSA signing key", RSA, FIXED | ORIGIN | SIGN, VTPM_ALG_RSASSA, false, 0 },
	{ "RSA key with a scheme of the other use", RSA, FIXED | ORIGIN | SIGN, VTPM_ALG_OAEP,
	  false, P2(SCHEME) },
	{ "RSA key with a scheme of ECC", RSA, FIXED | ORIGIN | SIGN, VTPM_ALG_ECDSA,
	  false, P2(VALUE) },
	{ "sealed data", HASH, FIXED, NONE, true, 0 },
	{ "sealed data of the TPM", HASH, FIXED | ORIGIN, NONE, false, P2(ATTRIBUTES) },
	{ "sealed data that is missing", HASH, FIXED, NONE, false, P2(ATTRIBUTES) },
	{ "sealed data with a scheme", HASH, FIXED, VTPM_ALG_HMAC, true, P2(SCHEME) },
	{ "HMAC key of the TPM", HASH, FIXED | ORIGIN | SIGN, VTPM_ALG_HMAC, false, 0 },
	{ "HMAC key of the caller", HASH, FIXED | SIGN, VTPM_ALG_HMAC, true, 0 },
	{ "HMAC key without a scheme", HASH, FIXED | SIGN, NONE, true, P2(SCHEME) },
	{ "restricted HMAC key of the caller", HASH, FIXED | SIGN | RESTRICTED, VTPM_ALG_HMAC,
	  true, P2(ATTRIBUTES) },
	{ "the same, not fixed", HASH, SIGN | RESTRICTED, VTPM_ALG_HMAC, true, 0 },
	{ "cipher of the TPM", CIPHER, FIXED | ORIGIN | SIGN | DECRYPT, NONE, false, 0 },
	{ "cipher of the caller", CIPHER, FIXED | SIGN | DECRYPT, NONE, true, 0 },
	{ "cipher as a storage key", CIPHER, FIXED | ORIGIN | STORAGE, NONE, false, 0 },
	{ "cipher as a storage key of the caller", CIPHER, FIXED | STORAGE, NONE,
	  true, P2(ATTRIBUTES) },
	{ "cipher for nothing", CIPHER, FIXED | ORIGIN, NONE, false, P2(ATTRIBUTES) },
};

static void test_templates(struct tpm *t)
{
	struct vtpm_public pub;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(templates); i++) {
		pub = template_of(templates[i].kind, templates[i].attrs, templates[i].scheme);
		tpm_begin(t, VTPM_CC_CREATE_PRIMARY, 1, VTPM_RH_OWNER);
		tpm_password(t, "");
		tpm_put_create(t, "", templates[i].data ? "0123456789abcdef" : "", &pub);
		if (tpm_expect(t, templates[i].rc, "template: %s", templates[i].name) && !t->rc)
			tpm_flush(t, t->handle);
	}
}

static void spoil_policy(struct vtpm_public *pub)
{
	pub->policy.size = 20;
}

static void spoil_name(struct vtpm_public *pub)
{
	pub->name_alg = VTPM_ALG_NULL;
}

static void spoil_cipher(struct vtpm_public *pub)
{
	pub->sym.alg = VTPM_ALG_NULL;
}

static void spoil_use(struct vtpm_public *pub)
{
	pub->attrs &= ~STORAGE;
	pub->attrs |= SIGN;
}

static void spoil_kdf(struct vtpm_public *pub)
{
	pub->kdf.scheme = VTPM_ALG_KDF1_SP800_56A;
	pub->kdf.hash = VTPM_ALG_SHA256;
}

static void spoil_curve(struct vtpm_public *pub)
{
	pub->curve = 99;
}

/* what a template can have wrong beside its attributes */
static const struct {
	const char *name;
	void (*spoil)(struct vtpm_public *pub);
	u32 rc;
} spoiled[] = {
	{ "policy of the wrong size", spoil_policy, P2(SIZE) },
	{ "no nameAlg", spoil_name, P2(HASH) },
	{ "storage key without a cipher", spoil_cipher, P2(SYMMETRIC) },
	{ "signing key with a cipher", spoil_use, P2(SYMMETRIC) },
	{ "ECC key with a KDF", spoil_kdf, P2(KDF) },
	{ "unknown curve", spoil_curve, P2(CURVE) },
};

static void test_spoiled(struct tpm *t)
{
	struct vtpm_public pub;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(spoiled); i++) {
		pub = tpm_storage();
		spoiled[i].spoil(&pub);
		tpm_begin(t, VTPM_CC_CREATE_PRIMARY, 1, VTPM_RH_OWNER);
		tpm_password(t, "");
		tpm_put_create(t, "", "", &pub);
		tpm_expect(t, spoiled[i].rc, "template: %s", spoiled[i].name);
	}
}

#define CHARS_32 "0123456789abcdef0123456789abcdef"

/* authValues and data as long as they can be, and longer */
static void test_sizes(struct tpm *t)
{
	static const struct {
		const char *name;
		enum kind kind;
		u32 attrs;
		u16 scheme;
		const char *auth;
		const char *data;
		u32 rc;
	} rows[] = {
		{ "authValue as long as a digest", ECC, FIXED | ORIGIN | SIGN, NONE,
		  CHARS_32, "", 0 },
		{ "authValue that is longer", ECC, FIXED | ORIGIN | SIGN, NONE,
		  CHARS_32 "x", "", P1(SIZE) },
		{ "128 bytes sealed", HASH, FIXED, NONE,
		  "", CHARS_32 CHARS_32 CHARS_32 CHARS_32, 0 },
		{ "129 bytes sealed", HASH, FIXED, NONE,
		  "", CHARS_32 CHARS_32 CHARS_32 CHARS_32 "x", P1(SIZE) },
		{ "HMAC key of one block", HASH, FIXED | SIGN, VTPM_ALG_HMAC,
		  "", CHARS_32 CHARS_32, 0 },
		{ "HMAC key that is longer", HASH, FIXED | SIGN, VTPM_ALG_HMAC,
		  "", CHARS_32 CHARS_32 "x", VTPM_RC_SIZE },
		{ "AES key that is too short", CIPHER, FIXED | SIGN | DECRYPT, NONE,
		  "", "0123456789abcde", VTPM_RC_KEY_SIZE },
	};
	struct vtpm_public pub;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		pub = template_of(rows[i].kind, rows[i].attrs, rows[i].scheme);
		tpm_begin(t, VTPM_CC_CREATE_PRIMARY, 1, VTPM_RH_OWNER);
		tpm_password(t, "");
		tpm_put_create(t, rows[i].auth, rows[i].data, &pub);
		if (tpm_expect(t, rows[i].rc, "size: %s", rows[i].name) && !t->rc)
			tpm_flush(t, t->handle);
	}
}

/* --- parents ------------------------------------------------------------------------ */

/* of TPM2_Create under a parent that is @parent */
static const struct {
	const char *name;
	u32 parent;
	u32 attrs;
	u32 rc;
} family[] = {
	{ "fixed under fixed", FIXED, FIXED | SIGN, 0 },
	{ "duplicable under fixed", FIXED, SIGN, 0 },
	{ "fixedParent under fixed", FIXED, FIXED_PARENT | SIGN, P2(ATTRIBUTES) },
	{ "fixed under duplicable", 0, FIXED | SIGN, P2(ATTRIBUTES) },
	{ "fixedParent under duplicable", 0, FIXED_PARENT | SIGN, 0 },
	{ "duplicable under duplicable", 0, SIGN, 0 },
	{ "encryptedDuplication under one without", 0, ENCRYPTED | SIGN, P2(ATTRIBUTES) },
	{ "encryptedDuplication under one with", ENCRYPTED, ENCRYPTED | SIGN, 0 },
	{ "none under one with encryptedDuplication", ENCRYPTED, SIGN, P2(ATTRIBUTES) },
};

static void test_family(struct tpm *t)
{
	struct vtpm_public pub;
	u32 parent;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(family); i++) {
		pub = tpm_ecc(family[i].parent | ORIGIN | STORAGE, NONE);
		parent = tpm_primary(t, VTPM_RH_OWNER, &pub);
		pub = tpm_ecc(family[i].attrs | ORIGIN, NONE);
		tpm_begin(t, VTPM_CC_CREATE, 1, parent);
		tpm_password(t, "");
		tpm_put_create(t, "", "", &pub);
		tpm_expect(t, family[i].rc, "create: %s", family[i].name);
		tpm_flush(t, parent);
	}
}

/* a fixed storage key protects as its parent does */
static void test_storage_child(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	u32 parent = tpm_primary(t, VTPM_RH_OWNER, &pub);

	pub.name_alg = VTPM_ALG_SHA384;
	tpm_begin(t, VTPM_CC_CREATE, 1, parent);
	tpm_password(t, "");
	tpm_put_create(t, "", "", &pub);
	tpm_expect(t, P2(HASH), "create: storage key with another nameAlg than its parent");
	pub = tpm_storage();
	pub.sym.bits = 256;
	tpm_begin(t, VTPM_CC_CREATE, 1, parent);
	tpm_password(t, "");
	tpm_put_create(t, "", "", &pub);
	tpm_expect(t, P2(SYMMETRIC), "create: storage key with another cipher than its parent");
	pub.attrs &= ~FIXED;
	tpm_begin(t, VTPM_CC_CREATE, 1, parent);
	tpm_password(t, "");
	tpm_put_create(t, "", "", &pub);
	tpm_expect(t, 0, "create: the same, duplicable");
	tpm_begin(t, VTPM_CC_CREATE, 1, parent);
	tpm_password(t, "");
	tpm_put_create(t, "", "data", &pub);
	tpm_expect(t, P2(ATTRIBUTES), "create: data goes into the derivation of primary keys only");
	tpm_flush(t, parent);
}

/* --- LoadExternal ------------------------------------------------------------------------ */

/* the generator of P-256 is the public key of the private key 1 */
static struct vtpm_public generator(u32 attrs)
{
	const struct vtpm_curve *curve = vtpm_curve(VTPM_ECC_NIST_P256);
	struct vtpm_public pub = tpm_ecc(attrs, NONE);

	pub.ecc.x.size = curve->size;
	memcpy(pub.ecc.x.data, curve->gx, curve->size);
	pub.ecc.y.size = curve->size;
	memcpy(pub.ecc.y.data, curve->gy, curve->size);
	return pub;
}

static struct vtpm_sensitive private_one(void)
{
	struct vtpm_sensitive s = { .type = VTPM_ALG_ECC, .size = 32 };

	s.data[31] = 1;
	return s;
}

static void x_public(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	*private = false;
	*h = VTPM_RH_OWNER;
}

static void x_private(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
}

static void x_owner(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	*h = VTPM_RH_OWNER;
}

static void x_not_hierarchy(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	*h = VTPM_RH_LOCKOUT;
}

static void x_fixed(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	p->attrs |= FIXED;
}

static void x_public_fixed(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	p->attrs |= FIXED;
	*private = false;
}

static void x_restricted(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	p->attrs |= RESTRICTED;
	p->scheme.scheme = VTPM_ALG_ECDSA;
	p->scheme.hash = VTPM_ALG_SHA256;
}

static void x_binding(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	s->data[31] = 2;
}

static void x_zero(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	s->data[31] = 0;
}

static void x_off(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	p->ecc.y = p->ecc.x;
	*private = false;
}

static void x_short(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	p->ecc.x.size--;
	*private = false;
}

static void x_nameless(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	p->name_alg = VTPM_ALG_NULL;
}

static void x_type(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	s->type = VTPM_ALG_RSA;
}

static void x_auth(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	s->auth.size = 33;
}

static void x_seed(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h)
{
	s->seed.size = 33;
}

static const struct {
	const char *name;
	void (*change)(struct vtpm_public *p, struct vtpm_sensitive *s, bool *private, u32 *h);
	u32 rc;
} external[] = {
	{ "public area", x_public, 0 },
	{ "public area that looks like ours", x_public_fixed, 0 },
	{ "both areas", x_private, 0 },
	{ "both areas without a Name", x_nameless, 0 },
	{ "both areas for the owner", x_owner, P3(HIERARCHY) },
	{ "lockout is no hierarchy", x_not_hierarchy, P3(VALUE) },
	{ "both areas that look like ours", x_fixed, P2(ATTRIBUTES) },
	{ "restricted key", x_restricted, P2(ATTRIBUTES) },
	{ "private key of another", x_binding, VTPM_RC_BINDING },
	{ "private key zero", x_zero, VTPM_RC_KEY_SIZE },
	{ "point beside the curve", x_off, P2(ECC_POINT) },
	{ "coordinate that is too short", x_short, P2(KEY) },
	{ "areas of two types", x_type, P1(TYPE) },
	{ "authValue that is too long", x_auth, P1(SIZE) },
	{ "seed that is too long", x_seed, P1(KEY_SIZE) },
};

static void test_external(struct tpm *t)
{
	struct vtpm_sensitive sensitive;
	struct vtpm_public pub;
	bool private;
	u32 hierarchy;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(external); i++) {
		pub = generator(SIGN);
		sensitive = private_one();
		private = true;
		hierarchy = VTPM_RH_NULL;
		external[i].change(&pub, &sensitive, &private, &hierarchy);
		tpm_begin(t, VTPM_CC_LOAD_EXTERNAL, 0);
		if (private)
			vtpm_put_sized_sensitive(&t->w, &sensitive);
		else
			buf_put_be16(&t->w, 0);
		vtpm_put_sized_public(&t->w, &pub);
		buf_put_be32(&t->w, hierarchy);
		if (tpm_expect(t, external[i].rc, "external: %s", external[i].name) && !t->rc)
			tpm_flush(t, t->handle);
	}
}

/* nobody's parent, even if it has the attributes of one */
static void test_external_parent(struct tpm *t)
{
	struct vtpm_public pub = generator(STORAGE), sign = tpm_ecc(ORIGIN | SIGN, NONE);
	u32 handle;

	tpm_begin(t, VTPM_CC_LOAD_EXTERNAL, 0);
	buf_put_be16(&t->w, 0);
	vtpm_put_sized_public(&t->w, &pub);
	buf_put_be32(&t->w, VTPM_RH_OWNER);
	tpm_expect(t, 0, "external: public area of a storage key");
	handle = t->handle;
	tpm_begin(t, VTPM_CC_CREATE, 1, handle);
	tpm_password(t, "");
	tpm_put_create(t, "", "", &sign);
	tpm_run(t);
	tap_ok(t->rc, "external: cannot be a parent");
	tpm_begin(t, VTPM_CC_EVICT_CONTROL, 2, VTPM_RH_OWNER, handle);
	tpm_password(t, "");
	buf_put_be32(&t->w, VTPM_PERSISTENT_FIRST);
	tpm_expect(t, H2(ATTRIBUTES), "external: cannot be persistent");
	tpm_flush(t, handle);
}

int main(void)
{
	static struct tpm tpm;

	tpm_create(&tpm, 1);
	test_templates(&tpm);
	test_spoiled(&tpm);
	test_sizes(&tpm);
	test_family(&tpm);
	test_storage_child(&tpm);
	test_external(&tpm);
	test_external_parent(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}

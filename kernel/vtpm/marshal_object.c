// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing what objects are made of: algorithms, schemes, public and
 * sensitive areas, signatures (TPM 2.0 Library Part 2, sections 11 and 12).
 *
 * What is read here is an algorithm that this TPM has and a structure of the
 * right shape.  Whether the parts fit together is for object_check.c to say.
 */
#include "vtpm_internal.h"

/* --- curves, points -------------------------------------------------------------- */

/** vtpm_get_curve() - TPMI_ECC_CURVE; returns VTPM_ECC_NONE in error */
u16 vtpm_get_curve(struct vtpm_reader *r)
{
	u16 curve = vtpm_get_u16(r);

	if (vtpm_curve(curve))
		return curve;
	vtpm_reader_fail(r, VTPM_RC_CURVE);
	return VTPM_ECC_NONE;
}

static void get_coord(struct vtpm_reader *r, struct vtpm_coord *coord)
{
	coord->size = vtpm_get_2b(r, sizeof(coord->data), coord->data);
}

/** vtpm_get_point() - TPMS_ECC_POINT */
void vtpm_get_point(struct vtpm_reader *r, struct vtpm_point *point)
{
	get_coord(r, &point->x);
	get_coord(r, &point->y);
}

/*
 * The size in front of a structure says how long the structure has been: more is
 * as wrong as less.
 */
static u16 begin_sized(struct vtpm_reader *r, size_t *begin)
{
	u16 size = vtpm_get_u16(r);

	*begin = r->buf.pos;
	return size;
}

static void end_sized(struct vtpm_reader *r, size_t begin, u16 size)
{
	if (r->buf.pos - begin != size)
		vtpm_reader_fail(r, VTPM_RC_SIZE);
}

/* where nothing at all is no structure */
static u16 begin_present(struct vtpm_reader *r, size_t *begin)
{
	u16 size = begin_sized(r, begin);

	if (!size)
		vtpm_reader_fail(r, VTPM_RC_SIZE);
	return size;
}

/** vtpm_get_sized_point() - TPM2B_ECC_POINT */
void vtpm_get_sized_point(struct vtpm_reader *r, struct vtpm_point *point)
{
	size_t begin;
	u16 size = begin_present(r, &begin);

	vtpm_get_point(r, point);
	end_sized(r, begin, size);
}

/* --- symmetric algorithms ----------------------------------------------------------- */

static bool is_mode(u16 mode)
{
	return mode >= VTPM_ALG_CTR && mode <= VTPM_ALG_ECB;
}

/**
 * vtpm_get_cipher_mode() - TPMI_ALG_CIPHER_MODE, TPMI_ALG_SYM_MODE
 * @r: reader
 * @null_ok: accept VTPM_ALG_NULL
 *
 * Return: the mode, VTPM_ALG_NULL in error.
 */
u16 vtpm_get_cipher_mode(struct vtpm_reader *r, bool null_ok)
{
	u16 mode = vtpm_get_u16(r);

	if (is_mode(mode) || (mode == VTPM_ALG_NULL && null_ok))
		return mode;
	vtpm_reader_fail(r, VTPM_RC_MODE);
	return VTPM_ALG_NULL;
}

static void no_sym(struct vtpm_sym *sym)
{
	sym->alg = VTPM_ALG_NULL;
	sym->bits = 0;
	sym->mode = VTPM_ALG_NULL;
	sym->hash = VTPM_ALG_NULL;
}

static void get_aes(struct vtpm_reader *r, struct vtpm_sym *sym)
{
	u16 bits = vtpm_get_u16(r);

	sym->alg = VTPM_ALG_AES;
	if (bits != 128 && bits != 256)
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	else
		sym->bits = bits;
	sym->mode = vtpm_get_cipher_mode(r, VTPM_NULL_OK);
}

/** vtpm_get_sym_object() - TPMT_SYM_DEF_OBJECT, TPMS_SYMCIPHER_PARMS */
void vtpm_get_sym_object(struct vtpm_reader *r, struct vtpm_sym *sym, bool null_ok)
{
	u16 alg = vtpm_get_u16(r);

	no_sym(sym);
	if (alg == VTPM_ALG_AES)
		get_aes(r, sym);
	else if (alg != VTPM_ALG_NULL || !null_ok)
		vtpm_reader_fail(r, VTPM_RC_SYMMETRIC);
}

/** vtpm_get_sym_def() - TPMT_SYM_DEF: also XOR, which sessions can use */
void vtpm_get_sym_def(struct vtpm_reader *r, struct vtpm_sym *sym, bool null_ok)
{
	u16 alg = vtpm_get_u16(r);

	no_sym(sym);
	if (alg == VTPM_ALG_AES) {
		get_aes(r, sym);
	} else if (alg == VTPM_ALG_XOR) {
		sym->alg = alg;
		sym->hash = vtpm_get_hash_alg(r, VTPM_NO_NULL);
	} else if (alg != VTPM_ALG_NULL || !null_ok) {
		vtpm_reader_fail(r, VTPM_RC_SYMMETRIC);
	}
}

/** vtpm_put_sym() - any TPMT_SYM_DEF */
void vtpm_put_sym(struct buf_writer *w, const struct vtpm_sym *sym)
{
	buf_put_be16(w, sym->alg);
	if (sym->alg == VTPM_ALG_XOR) {
		buf_put_be16(w, sym->hash);
	} else if (sym->alg != VTPM_ALG_NULL) {
		buf_put_be16(w, sym->bits);
		buf_put_be16(w, sym->mode);
	}
}

/* --- schemes ---------------------------------------------------------------------------- */

/* where a scheme can stand */
#define IN_KEYEDHASH	BIT(0)
#define IN_RSA		BIT(1)
#define IN_RSA_DECRYPT	BIT(2)
#define IN_ECC		BIT(3)
#define IN_SIGN		BIT(4)
#define IN_KDF		BIT(5)

/* what follows it */
#define HAS_HASH	BIT(0)
#define HAS_COUNT	BIT(1)
#define HAS_KDF		BIT(2)

static const struct scheme {
	u16 alg;
	u8 in;
	u8 has;
} schemes[] = {
	{ VTPM_ALG_HMAC, IN_KEYEDHASH | IN_SIGN, HAS_HASH },
	{ VTPM_ALG_XOR, IN_KEYEDHASH, HAS_HASH | HAS_KDF },
	{ VTPM_ALG_RSASSA, IN_RSA | IN_SIGN, HAS_HASH },
	{ VTPM_ALG_RSAES, IN_RSA | IN_RSA_DECRYPT, 0 },
	{ VTPM_ALG_RSAPSS, IN_RSA | IN_SIGN, HAS_HASH },
	{ VTPM_ALG_OAEP, IN_RSA | IN_RSA_DECRYPT, HAS_HASH },
	{ VTPM_ALG_ECDSA, IN_ECC | IN_SIGN, HAS_HASH },
	{ VTPM_ALG_ECDH, IN_ECC, HAS_HASH },
	{ VTPM_ALG_ECDAA, IN_ECC | IN_SIGN, HAS_HASH | HAS_COUNT },
	{ VTPM_ALG_MGF1, IN_KDF, HAS_HASH },
	{ VTPM_ALG_KDF1_SP800_56A, IN_KDF, HAS_HASH },
	{ VTPM_ALG_KDF2, IN_KDF, HAS_HASH },
	{ VTPM_ALG_KDF1_SP800_108, IN_KDF, HAS_HASH },
};

static const struct scheme *find_scheme(u16 alg, u8 in)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(schemes); i++)
		if (schemes[i].alg == alg && schemes[i].in & in)
			return &schemes[i];
	return NULL;
}

static void no_scheme(struct vtpm_scheme *scheme)
{
	scheme->scheme = VTPM_ALG_NULL;
	scheme->hash = VTPM_ALG_NULL;
	scheme->kdf = VTPM_ALG_NULL;
	scheme->count = 0;
}

/* TPMI_ALG_KDF, without a hash of its own */
static u16 get_kdf(struct vtpm_reader *r)
{
	u16 alg = vtpm_get_u16(r);

	if (alg == VTPM_ALG_NULL || find_scheme(alg, IN_KDF))
		return alg;
	vtpm_reader_fail(r, VTPM_RC_KDF);
	return VTPM_ALG_NULL;
}

/* a scheme that can stand @in such a place; @rc is the code for any other */
static void get_scheme(struct vtpm_reader *r, struct vtpm_scheme *scheme, u8 in, u32 rc,
		       bool null_ok)
{
	u16 alg = vtpm_get_u16(r);
	const struct scheme *found = find_scheme(alg, in);

	no_scheme(scheme);
	if (!found) {
		if (alg != VTPM_ALG_NULL || !null_ok)
			vtpm_reader_fail(r, rc);
		return;
	}
	scheme->scheme = alg;
	if (found->has & HAS_HASH)
		scheme->hash = vtpm_get_hash_alg(r, VTPM_NO_NULL);
	if (found->has & HAS_KDF)
		scheme->kdf = get_kdf(r);
	if (found->has & HAS_COUNT)
		scheme->count = vtpm_get_u16(r);
}

/** vtpm_get_sig_scheme() - TPMT_SIG_SCHEME */
void vtpm_get_sig_scheme(struct vtpm_reader *r, struct vtpm_scheme *scheme, bool null_ok)
{
	get_scheme(r, scheme, IN_SIGN, VTPM_RC_SCHEME, null_ok);
}

/** vtpm_get_rsa_decrypt() - TPMT_RSA_DECRYPT */
void vtpm_get_rsa_decrypt(struct vtpm_reader *r, struct vtpm_scheme *scheme, bool null_ok)
{
	get_scheme(r, scheme, IN_RSA_DECRYPT, VTPM_RC_VALUE, null_ok);
}

/** vtpm_get_kdf_scheme() - TPMT_KDF_SCHEME */
void vtpm_get_kdf_scheme(struct vtpm_reader *r, struct vtpm_scheme *scheme, bool null_ok)
{
	get_scheme(r, scheme, IN_KDF, VTPM_RC_KDF, null_ok);
}

/** vtpm_put_scheme() - any TPMT_*_SCHEME */
void vtpm_put_scheme(struct buf_writer *w, const struct vtpm_scheme *scheme)
{
	const struct scheme *found = find_scheme(scheme->scheme, 0xff);

	buf_put_be16(w, scheme->scheme);
	if (!found)
		return;
	if (found->has & HAS_HASH)
		buf_put_be16(w, scheme->hash);
	if (found->has & HAS_KDF)
		buf_put_be16(w, scheme->kdf);
	if (found->has & HAS_COUNT)
		buf_put_be16(w, scheme->count);
}

/* --- public areas ------------------------------------------------------------------------- */

/* TPMI_ALG_PUBLIC; VTPM_ALG_ERROR in error */
static u16 get_type(struct vtpm_reader *r)
{
	u16 type = vtpm_get_u16(r);

	switch (type) {
	case VTPM_ALG_RSA:
	case VTPM_ALG_ECC:
	case VTPM_ALG_KEYEDHASH:
	case VTPM_ALG_SYMCIPHER:
		return type;
	}
	vtpm_reader_fail(r, VTPM_RC_TYPE);
	return VTPM_ALG_ERROR;
}

static void get_rsa_parms(struct vtpm_reader *r, struct vtpm_public *pub)
{
	vtpm_get_sym_object(r, &pub->sym, VTPM_NULL_OK);
	get_scheme(r, &pub->scheme, IN_RSA, VTPM_RC_VALUE, VTPM_NULL_OK);
	pub->bits = vtpm_get_u16(r);
	if (pub->bits != 1024 && pub->bits != 2048)
		vtpm_reader_fail(r, VTPM_RC_VALUE);
	pub->exponent = vtpm_get_u32(r);
}

static void get_ecc_parms(struct vtpm_reader *r, struct vtpm_public *pub)
{
	vtpm_get_sym_object(r, &pub->sym, VTPM_NULL_OK);
	get_scheme(r, &pub->scheme, IN_ECC, VTPM_RC_SCHEME, VTPM_NULL_OK);
	pub->curve = vtpm_get_curve(r);
	vtpm_get_kdf_scheme(r, &pub->kdf, VTPM_NULL_OK);
}

/* TPMU_PUBLIC_PARMS */
static void get_parms(struct vtpm_reader *r, struct vtpm_public *pub)
{
	switch (pub->type) {
	case VTPM_ALG_RSA:
		get_rsa_parms(r, pub);
		break;
	case VTPM_ALG_ECC:
		get_ecc_parms(r, pub);
		break;
	case VTPM_ALG_KEYEDHASH:
		get_scheme(r, &pub->scheme, IN_KEYEDHASH, VTPM_RC_VALUE, VTPM_NULL_OK);
		break;
	case VTPM_ALG_SYMCIPHER:
		vtpm_get_sym_object(r, &pub->sym, VTPM_NO_NULL);
		break;
	}
}

/* TPMU_PUBLIC_ID */
static void get_unique(struct vtpm_reader *r, struct vtpm_public *pub)
{
	switch (pub->type) {
	case VTPM_ALG_RSA:
		pub->rsa.size = vtpm_get_2b(r, sizeof(pub->rsa.data), pub->rsa.data);
		break;
	case VTPM_ALG_ECC:
		vtpm_get_point(r, &pub->ecc);
		break;
	case VTPM_ALG_KEYEDHASH:
	case VTPM_ALG_SYMCIPHER:
		vtpm_get_digest(r, &pub->digest);
		break;
	}
}

static void no_public(struct vtpm_public *pub)
{
	memset(pub, 0, sizeof(*pub));
	pub->name_alg = VTPM_ALG_NULL;
	no_sym(&pub->sym);
	no_scheme(&pub->scheme);
	no_scheme(&pub->kdf);
}

/** vtpm_get_parms() - TPMT_PUBLIC_PARMS, into the parts of a public area that it has */
void vtpm_get_parms(struct vtpm_reader *r, struct vtpm_public *pub)
{
	no_public(pub);
	pub->type = get_type(r);
	get_parms(r, pub);
}

/**
 * vtpm_get_public() - TPMT_PUBLIC
 * @r: reader
 * @pub: result; what its type does not have is VTPM_ALG_NULL or zero
 * @null_name_ok: nameAlg can be VTPM_ALG_NULL
 */
void vtpm_get_public(struct vtpm_reader *r, struct vtpm_public *pub, bool null_name_ok)
{
	no_public(pub);
	pub->type = get_type(r);
	pub->name_alg = vtpm_get_hash_alg(r, null_name_ok);
	pub->attrs = vtpm_get_u32(r);
	if (pub->attrs & VTPMA_OBJECT_RESERVED)
		vtpm_reader_fail(r, VTPM_RC_RESERVED_BITS);
	vtpm_get_digest(r, &pub->policy);
	get_parms(r, pub);
	get_unique(r, pub);
}

/** vtpm_get_sized_public() - TPM2B_PUBLIC */
void vtpm_get_sized_public(struct vtpm_reader *r, struct vtpm_public *pub, bool null_name_ok)
{
	size_t begin;
	u16 size = begin_present(r, &begin);

	vtpm_get_public(r, pub, null_name_ok);
	end_sized(r, begin, size);
}

static void put_parms(struct buf_writer *w, const struct vtpm_public *pub)
{
	switch (pub->type) {
	case VTPM_ALG_RSA:
		vtpm_put_sym(w, &pub->sym);
		vtpm_put_scheme(w, &pub->scheme);
		buf_put_be16(w, pub->bits);
		buf_put_be32(w, pub->exponent);
		break;
	case VTPM_ALG_ECC:
		vtpm_put_sym(w, &pub->sym);
		vtpm_put_scheme(w, &pub->scheme);
		buf_put_be16(w, pub->curve);
		vtpm_put_scheme(w, &pub->kdf);
		break;
	case VTPM_ALG_KEYEDHASH:
		vtpm_put_scheme(w, &pub->scheme);
		break;
	case VTPM_ALG_SYMCIPHER:
		vtpm_put_sym(w, &pub->sym);
		break;
	}
}

/** vtpm_put_point() - TPMS_ECC_POINT */
void vtpm_put_point(struct buf_writer *w, const struct vtpm_point *point)
{
	vtpm_put_2b(w, point->x.data, point->x.size);
	vtpm_put_2b(w, point->y.data, point->y.size);
}

/** vtpm_put_sized_point() - TPM2B_ECC_POINT */
void vtpm_put_sized_point(struct buf_writer *w, const struct vtpm_point *point)
{
	size_t begin = vtpm_put_begin(w);

	vtpm_put_point(w, point);
	vtpm_put_end(w, begin);
}

/** vtpm_put_public() - TPMT_PUBLIC, also what a Name is the digest of */
void vtpm_put_public(struct buf_writer *w, const struct vtpm_public *pub)
{
	buf_put_be16(w, pub->type);
	buf_put_be16(w, pub->name_alg);
	buf_put_be32(w, pub->attrs);
	vtpm_put_digest(w, &pub->policy);
	put_parms(w, pub);
	if (pub->type == VTPM_ALG_RSA)
		vtpm_put_2b(w, pub->rsa.data, pub->rsa.size);
	else if (pub->type == VTPM_ALG_ECC)
		vtpm_put_point(w, &pub->ecc);
	else
		vtpm_put_digest(w, &pub->digest);
}

/** vtpm_put_sized_public() - TPM2B_PUBLIC */
void vtpm_put_sized_public(struct buf_writer *w, const struct vtpm_public *pub)
{
	size_t begin = vtpm_put_begin(w);

	vtpm_put_public(w, pub);
	vtpm_put_end(w, begin);
}

/* --- sensitive areas ------------------------------------------------------------------------ */

/* bound of TPMU_SENSITIVE_COMPOSITE */
static size_t max_secret(u16 type)
{
	switch (type) {
	case VTPM_ALG_RSA:
		return VTPM_MAX_RSA / 2;
	case VTPM_ALG_ECC:
		return VTPM_MAX_ECC;
	case VTPM_ALG_SYMCIPHER:
		return VTPM_MAX_SYM_KEY;
	}
	return VTPM_MAX_SENSITIVE_DATA;
}

/* a blob into a bigger buffer that is zeros behind it */
static u16 get_secret(struct vtpm_reader *r, size_t max, u8 *data)
{
	BUILD_BUG_ON(VTPM_MAX_RSA / 2 > VTPM_MAX_SENSITIVE_DATA);
	memset(data, 0, VTPM_MAX_SENSITIVE_DATA);
	return vtpm_get_2b(r, max, data);
}

/** vtpm_get_sensitive() - TPMT_SENSITIVE */
void vtpm_get_sensitive(struct vtpm_reader *r, struct vtpm_sensitive *sensitive)
{
	sensitive->type = get_type(r);
	vtpm_get_digest(r, &sensitive->auth);
	vtpm_get_digest(r, &sensitive->seed);
	sensitive->size = get_secret(r, max_secret(sensitive->type), sensitive->data);
}

/** vtpm_get_sized_sensitive() - TPM2B_SENSITIVE; all zeros where it is empty */
void vtpm_get_sized_sensitive(struct vtpm_reader *r, struct vtpm_sensitive *sensitive)
{
	size_t begin;
	u16 size = begin_sized(r, &begin);

	memset(sensitive, 0, sizeof(*sensitive));
	if (!size)
		return;
	vtpm_get_sensitive(r, sensitive);
	end_sized(r, begin, size);
}

/** vtpm_get_sensitive_create() - TPM2B_SENSITIVE_CREATE */
void vtpm_get_sensitive_create(struct vtpm_reader *r, struct vtpm_sensitive_create *in)
{
	size_t begin;
	u16 size = begin_present(r, &begin);

	vtpm_get_digest(r, &in->auth);
	in->size = get_secret(r, sizeof(in->data), in->data);
	end_sized(r, begin, size);
}

/** vtpm_put_sensitive() - TPMT_SENSITIVE */
void vtpm_put_sensitive(struct buf_writer *w, const struct vtpm_sensitive *sensitive)
{
	buf_put_be16(w, sensitive->type);
	vtpm_put_digest(w, &sensitive->auth);
	vtpm_put_digest(w, &sensitive->seed);
	vtpm_put_2b(w, sensitive->data, sensitive->size);
}

/** vtpm_put_sized_sensitive() - TPM2B_SENSITIVE */
void vtpm_put_sized_sensitive(struct buf_writer *w, const struct vtpm_sensitive *sensitive)
{
	size_t begin = vtpm_put_begin(w);

	vtpm_put_sensitive(w, sensitive);
	vtpm_put_end(w, begin);
}

/* --- signatures -------------------------------------------------------------------------------- */

/**
 * vtpm_get_signature() - TPMT_SIGNATURE
 * @r: reader
 * @sig: result
 * @null_ok: accept VTPM_ALG_NULL: no signature
 */
void vtpm_get_signature(struct vtpm_reader *r, struct vtpm_signature *sig, bool null_ok)
{
	u16 alg = vtpm_get_u16(r);
	const struct scheme *found = find_scheme(alg, IN_SIGN);

	memset(sig, 0, sizeof(*sig));
	sig->alg = VTPM_ALG_NULL;
	sig->hash = VTPM_ALG_NULL;
	if (!found) {
		if (alg != VTPM_ALG_NULL || !null_ok)
			vtpm_reader_fail(r, VTPM_RC_SCHEME);
		return;
	}
	sig->alg = alg;
	sig->hash = vtpm_get_hash_alg(r, VTPM_NO_NULL);
	if (found->in & IN_RSA) {
		sig->rsa.size = vtpm_get_2b(r, sizeof(sig->rsa.data), sig->rsa.data);
	} else if (found->in & IN_ECC) {
		vtpm_get_point(r, &sig->ecc);
	} else {
		sig->hmac.size = vtpm_digest_size(sig->hash);
		vtpm_get_bytes(r, sig->hmac.data, sig->hmac.size);
	}
}

/** vtpm_put_signature() - TPMT_SIGNATURE */
void vtpm_put_signature(struct buf_writer *w, const struct vtpm_signature *sig)
{
	const struct scheme *found = find_scheme(sig->alg, IN_SIGN);

	buf_put_be16(w, sig->alg);
	if (!found)
		return;
	buf_put_be16(w, sig->hash);
	if (found->in & IN_RSA)
		vtpm_put_2b(w, sig->rsa.data, sig->rsa.size);
	else if (found->in & IN_ECC)
		vtpm_put_point(w, &sig->ecc);
	else
		buf_put(w, sig->hmac.data, sig->hmac.size);
}

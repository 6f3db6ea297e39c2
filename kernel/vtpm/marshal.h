/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TPM structures, and how they travel.
 *
 * A reader keeps the response code of the first error and reads zeros after it,
 * so a command unmarshals all its parameters and looks once, at the end.  The
 * code is that of Part 2's table for the type: a list that is too long is
 * TPM_RC_SIZE, an unknown hash TPM_RC_HASH, missing bytes TPM_RC_INSUFFICIENT.
 * ->where, set for each parameter, makes it "... of parameter n".
 *
 * A vtpm_get_() fills all of its result, also in error.  Sized buffers that are
 * not kept (struct vtpm_blob) point into the command.
 */
#ifndef IMA_NS_VTPM_MARSHAL_H
#define IMA_NS_VTPM_MARSHAL_H

#include "../buf.h"
#include "tpm2.h"
#include "vtpm_limits.h"

/**
 * struct vtpm_reader - parameters on their way in
 * @buf: the bytes
 * @rc: the first error, or 0; complete with @where
 * @where: VTPM_RC_P(n), VTPM_RC_H(n), VTPM_RC_S(n) or 0, added to format-1 codes
 * @param: number of the parameter being read
 */
struct vtpm_reader {
	struct buf_reader buf;
	u32 rc;
	u32 where;
	unsigned int param;
};

/* --- structures ----------------------------------------------------------- */

/** struct vtpm_digest - TPM2B_DIGEST, TPM2B_AUTH, TPM2B_NONCE */
struct vtpm_digest {
	u16 size;
	u8 data[VTPM_MAX_DIGEST];
};

/** struct vtpm_name - TPM2B_NAME; also TPM2B_DATA, which has the same bound */
struct vtpm_name {
	u16 size;
	u8 data[VTPM_MAX_NAME];
};

/** struct vtpm_blob - any TPM2B, left where it came in */
struct vtpm_blob {
	u16 size;
	const u8 *data;
};

/** struct vtpm_coord - TPM2B_ECC_PARAMETER */
struct vtpm_coord {
	u16 size;
	u8 data[VTPM_MAX_ECC];
};

/** struct vtpm_point - TPMS_ECC_POINT */
struct vtpm_point {
	struct vtpm_coord x;
	struct vtpm_coord y;
};

/**
 * struct vtpm_sym - TPMT_SYM_DEF, TPMT_SYM_DEF_OBJECT, TPMS_SYMCIPHER_PARMS
 * @alg: VTPM_ALG_AES, VTPM_ALG_XOR (sessions only) or VTPM_ALG_NULL
 * @bits: of the key
 * @mode: VTPM_ALG_CFB ...
 * @hash: of VTPM_ALG_XOR
 */
struct vtpm_sym {
	u16 alg;
	u16 bits;
	u16 mode;
	u16 hash;
};

/**
 * struct vtpm_scheme - any TPMT_*_SCHEME
 * @scheme: the scheme, or VTPM_ALG_NULL
 * @hash: its hash, or VTPM_ALG_NULL where it has none
 * @kdf: of a keyed hash's VTPM_ALG_XOR
 * @count: of VTPM_ALG_ECDAA
 */
struct vtpm_scheme {
	u16 scheme;
	u16 hash;
	u16 kdf;
	u16 count;
};

/**
 * struct vtpm_public - TPMT_PUBLIC
 * @type: VTPM_ALG_RSA, _ECC, _KEYEDHASH, _SYMCIPHER
 * @name_alg: hash of the Name, or VTPM_ALG_NULL
 * @attrs: VTPMA_OBJECT_*
 * @policy: authPolicy
 * @sym: of RSA, ECC, SYMCIPHER
 * @scheme: of RSA, ECC, KEYEDHASH
 * @kdf: of ECC
 * @bits: of RSA
 * @curve: of ECC
 * @exponent: of RSA as it travels, 0 for 65537
 * @rsa: modulus
 * @ecc: point
 * @digest: of KEYEDHASH and SYMCIPHER
 */
struct vtpm_public {
	u16 type;
	u16 name_alg;
	u32 attrs;
	struct vtpm_digest policy;
	struct vtpm_sym sym;
	struct vtpm_scheme scheme;
	struct vtpm_scheme kdf;
	u16 bits;
	u16 curve;
	u32 exponent;
	union {
		struct {
			u16 size;
			u8 data[VTPM_MAX_RSA];
		} rsa;
		struct vtpm_point ecc;
		struct vtpm_digest digest;
	};
};

/**
 * struct vtpm_sensitive - TPMT_SENSITIVE
 * @type: as the public area's
 * @auth: authValue
 * @seed: seedValue
 * @size: bytes of @data
 * @data: one prime of RSA, the private scalar of ECC, a symmetric key, sealed data
 */
struct vtpm_sensitive {
	u16 type;
	struct vtpm_digest auth;
	struct vtpm_digest seed;
	u16 size;
	u8 data[VTPM_MAX_SENSITIVE_DATA];
};

/** struct vtpm_sensitive_create - TPMS_SENSITIVE_CREATE */
struct vtpm_sensitive_create {
	struct vtpm_digest auth;
	u16 size;
	u8 data[VTPM_MAX_SENSITIVE_DATA];
};

/** struct vtpm_selection - TPML_PCR_SELECTION; each map has VTPM_PCR_SELECT bytes */
struct vtpm_selection {
	u32 count;
	struct {
		u16 hash;
		u8 map[VTPM_PCR_SELECT];
	} bank[VTPM_NR_HASHES];
};

/** struct vtpm_digest_list - TPML_DIGEST */
struct vtpm_digest_list {
	u32 count;
	struct vtpm_digest digest[VTPM_LIST_DIGESTS];
};

/** struct vtpm_hash_list - TPML_DIGEST_VALUES; @data points into the command */
struct vtpm_hash_list {
	u32 count;
	struct {
		u16 hash;
		const u8 *data;
	} digest[VTPM_NR_HASHES];
};

/**
 * struct vtpm_signature - TPMT_SIGNATURE
 * @alg: scheme, VTPM_ALG_HMAC, or VTPM_ALG_NULL
 * @hash: its hash
 * @rsa: RSASSA, RSAPSS
 * @ecc: ECDSA and its like: r in x, s in y
 * @hmac: the HMAC, of @hash's size
 */
struct vtpm_signature {
	u16 alg;
	u16 hash;
	union {
		struct {
			u16 size;
			u8 data[VTPM_MAX_RSA];
		} rsa;
		struct vtpm_point ecc;
		struct vtpm_digest hmac;
	};
};

/** struct vtpm_ticket - TPMT_TK_*, of any kind */
struct vtpm_ticket {
	u16 tag;
	u32 hierarchy;
	struct vtpm_digest digest;
};

/** struct vtpm_nv_public - TPMS_NV_PUBLIC; travels as a TPM2B_NV_PUBLIC */
struct vtpm_nv_public {
	u32 index;
	u16 name_alg;
	u32 attrs;
	struct vtpm_digest policy;
	u16 size;
};

/** struct vtpm_context - TPMS_CONTEXT */
struct vtpm_context {
	u64 sequence;
	u32 handle;
	u32 hierarchy;
	struct vtpm_blob blob;
};

/* what a reader accepts beside the plain values of a type */
#define VTPM_NULL_OK	true	/* the '+' of Part 3's tables */
#define VTPM_NO_NULL	false

/* --- reading -------------------------------------------------------------- */

void vtpm_reader_init(struct vtpm_reader *r, const u8 *data, size_t size, u32 where);
void vtpm_reader_fail(struct vtpm_reader *r, u32 rc);

u8 vtpm_get_u8(struct vtpm_reader *r);
u16 vtpm_get_u16(struct vtpm_reader *r);
u32 vtpm_get_u32(struct vtpm_reader *r);
u64 vtpm_get_u64(struct vtpm_reader *r);
bool vtpm_get_yes_no(struct vtpm_reader *r);

const u8 *vtpm_get_here(struct vtpm_reader *r, size_t n);
void vtpm_get_bytes(struct vtpm_reader *r, u8 *data, size_t n);
void vtpm_get_blob(struct vtpm_reader *r, size_t max, struct vtpm_blob *blob);
u16 vtpm_get_2b(struct vtpm_reader *r, size_t max, u8 *data);
void vtpm_get_digest(struct vtpm_reader *r, struct vtpm_digest *digest);
void vtpm_get_name(struct vtpm_reader *r, struct vtpm_name *name);
void vtpm_get_data(struct vtpm_reader *r, struct vtpm_name *data);
void vtpm_get_point(struct vtpm_reader *r, struct vtpm_point *point);
void vtpm_get_sized_point(struct vtpm_reader *r, struct vtpm_point *point);

u32 vtpm_get_hierarchy(struct vtpm_reader *r);
u16 vtpm_get_hash_alg(struct vtpm_reader *r, bool null_ok);
u16 vtpm_get_curve(struct vtpm_reader *r);
void vtpm_get_sym_def(struct vtpm_reader *r, struct vtpm_sym *sym, bool null_ok);
void vtpm_get_sym_object(struct vtpm_reader *r, struct vtpm_sym *sym, bool null_ok);
u16 vtpm_get_cipher_mode(struct vtpm_reader *r, bool null_ok);
void vtpm_get_sig_scheme(struct vtpm_reader *r, struct vtpm_scheme *scheme, bool null_ok);
void vtpm_get_rsa_decrypt(struct vtpm_reader *r, struct vtpm_scheme *scheme, bool null_ok);
void vtpm_get_kdf_scheme(struct vtpm_reader *r, struct vtpm_scheme *scheme, bool null_ok);
void vtpm_get_parms(struct vtpm_reader *r, struct vtpm_public *pub);

void vtpm_get_public(struct vtpm_reader *r, struct vtpm_public *pub, bool null_name_ok);
void vtpm_get_sized_public(struct vtpm_reader *r, struct vtpm_public *pub, bool null_name_ok);
void vtpm_get_sensitive(struct vtpm_reader *r, struct vtpm_sensitive *sensitive);
void vtpm_get_sized_sensitive(struct vtpm_reader *r, struct vtpm_sensitive *sensitive);
void vtpm_get_sensitive_create(struct vtpm_reader *r, struct vtpm_sensitive_create *in);

void vtpm_get_selection(struct vtpm_reader *r, struct vtpm_selection *selection);
void vtpm_get_digest_list(struct vtpm_reader *r, u32 min, struct vtpm_digest_list *list);
void vtpm_get_hash_list(struct vtpm_reader *r, struct vtpm_hash_list *list);
void vtpm_get_signature(struct vtpm_reader *r, struct vtpm_signature *sig, bool null_ok);
void vtpm_get_ticket(struct vtpm_reader *r, u16 tag, struct vtpm_ticket *ticket);
void vtpm_get_auth_ticket(struct vtpm_reader *r, struct vtpm_ticket *ticket);
void vtpm_get_nv_public(struct vtpm_reader *r, struct vtpm_nv_public *pub);
void vtpm_get_context(struct vtpm_reader *r, struct vtpm_context *context);

/* --- writing -------------------------------------------------------------- */

/*
 * vtpm_put_begin() reserves the u16 size of a TPM2B, whatever is put next is its
 * content, vtpm_put_end() fills the size in.
 */
size_t vtpm_put_begin(struct buf_writer *w);
void vtpm_put_end(struct buf_writer *w, size_t begin);

void vtpm_put_2b(struct buf_writer *w, const void *data, size_t size);
void vtpm_put_digest(struct buf_writer *w, const struct vtpm_digest *digest);
void vtpm_put_name(struct buf_writer *w, const struct vtpm_name *name);
void vtpm_put_point(struct buf_writer *w, const struct vtpm_point *point);
void vtpm_put_sized_point(struct buf_writer *w, const struct vtpm_point *point);
void vtpm_put_sym(struct buf_writer *w, const struct vtpm_sym *sym);
void vtpm_put_scheme(struct buf_writer *w, const struct vtpm_scheme *scheme);
void vtpm_put_public(struct buf_writer *w, const struct vtpm_public *pub);
void vtpm_put_sized_public(struct buf_writer *w, const struct vtpm_public *pub);
void vtpm_put_sensitive(struct buf_writer *w, const struct vtpm_sensitive *sensitive);
void vtpm_put_sized_sensitive(struct buf_writer *w, const struct vtpm_sensitive *sensitive);
void vtpm_put_selection(struct buf_writer *w, const struct vtpm_selection *selection);
void vtpm_put_digest_list(struct buf_writer *w, const struct vtpm_digest_list *list);
void vtpm_put_signature(struct buf_writer *w, const struct vtpm_signature *sig);
void vtpm_put_ticket(struct buf_writer *w, const struct vtpm_ticket *ticket);
void vtpm_put_nv_public(struct buf_writer *w, const struct vtpm_nv_public *pub);

#endif /* IMA_NS_VTPM_MARSHAL_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * Known answers, see known_answers.h.  The digests are those of results that
 * the other tests in here have compared with OpenSSL's; the keys are what a seed
 * of zeros must give for ever.
 */
#include "known_answers.h"
#include "vtpm/vtpm_internal.h"

static bool never(void *arg)
{
	return false;
}

/* numbers that repeat themselves at each run */
static void count(void *arg, u8 *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = 0xa5 ^ (u8)i;
}

static const struct vtpm_env env = { .interrupted = never, .random = count };

static const u8 zeros[VTPM_SEED];

static void hash_of(struct vtpm *tpm, const void *data, size_t len, struct vtpm_digest *digest)
{
	vtpm_digest(tpm, VTPM_ALG_SHA256, data, len, digest);
}

/* all hashes, of all lengths around a block's, in two parts with an export between */
static bool hashes(struct vtpm *tpm, struct vtpm_digest *digest)
{
	static const u16 algs[] = {
		VTPM_ALG_SHA1, VTPM_ALG_SHA256, VTPM_ALG_SHA384, VTPM_ALG_SHA512
	};
	u8 data[300], blob[VTPM_HASH_EXPORT];
	struct vtpm_hash all, h;
	size_t i, len, blob_len;

	count(NULL, data, sizeof(data));
	vtpm_hash_start(tpm, &all, VTPM_ALG_SHA256);
	for (i = 0; i < ARRAY_SIZE(algs); i++) {
		for (len = 0; len <= sizeof(data); len++) {
			vtpm_hash_start(tpm, &h, algs[i]);
			vtpm_hash_update(&h, data, len / 3);
			blob_len = h.ops->hash_export(h.alg, h.state, blob);
			memset(h.state, 0xff, sizeof(h.state));
			if (blob_len > sizeof(blob) ||
			    h.ops->hash_import(h.alg, h.state, blob, blob_len) ||
			    !h.ops->hash_import(h.alg, h.state, blob, blob_len - 1) ||
			    h.ops->hash_import(h.alg, h.state, blob, blob_len))
				return false;
			vtpm_hash_update(&h, data + len / 3, len - len / 3);
			vtpm_hash_final(&h, digest);
			vtpm_hash_digest(&all, digest);
		}
	}
	vtpm_hash_final(&all, digest);
	return true;
}

static bool aes(struct vtpm *tpm, struct vtpm_digest *digest)
{
	static const u16 modes[] = {
		VTPM_ALG_ECB, VTPM_ALG_CBC, VTPM_ALG_CFB, VTPM_ALG_OFB, VTPM_ALG_CTR
	};
	struct vtpm_sym sym = { .alg = VTPM_ALG_AES };
	u8 key[32], iv[VTPM_AES_BLOCK], data[96], again[96];
	struct vtpm_hash h;
	size_t i;

	count(NULL, key, sizeof(key));
	vtpm_hash_start(tpm, &h, VTPM_ALG_SHA256);
	for (i = 0; i < 2 * ARRAY_SIZE(modes); i++) {
		sym.mode = modes[i / 2];
		sym.bits = i % 2 ? 256 : 128;
		count(NULL, data, sizeof(data));
		memset(iv, 0xff, sizeof(iv));
		if (vtpm_sym_crypt(tpm, true, &sym, key, iv, data, sizeof(data)))
			return false;
		vtpm_hash_update(&h, data, sizeof(data));
		vtpm_hash_update(&h, iv, sizeof(iv));
		memset(iv, 0xff, sizeof(iv));
		vtpm_sym_crypt(tpm, false, &sym, key, iv, data, sizeof(data));
		count(NULL, again, sizeof(again));
		if (memcmp(data, again, sizeof(data)))
			return false;
	}
	vtpm_hash_final(&h, digest);
	return true;
}

static bool kdfa(struct vtpm *tpm, struct vtpm_digest *digest)
{
	u8 out[200];

	vtpm_kdfa(tpm, VTPM_ALG_SHA384, zeros, 40, "STORAGE", zeros, 3, zeros, 7, out,
		  8 * sizeof(out) - 3);
	hash_of(tpm, out, sizeof(out), digest);
	return true;
}

static bool ecc_key(struct vtpm *tpm, u16 curve, struct vtpm_digest *digest)
{
	struct vtpm_public pub = { .type = VTPM_ALG_ECC, .curve = curve };
	struct vtpm_sensitive sensitive = {};
	struct vtpm_signature sig;
	struct vtpm_hash h;
	struct vtpm_rng rng;
	struct vtpm_point z;

	pub.name_alg = VTPM_ALG_SHA256;
	vtpm_rng_seed(tpm, &rng, zeros, sizeof(zeros), "Primary Object", NULL, NULL, 0);
	if (vtpm_ecc_generate(&rng, &pub, &sensitive) || vtpm_ecc_check(tpm, &pub, &sensitive))
		return false;
	hash_of(tpm, zeros, sizeof(zeros), digest);
	if (vtpm_ecdsa_sign(&rng, curve, &sensitive, digest, &sig) ||
	    vtpm_ecdsa_verify(tpm, &pub, digest, &sig) ||
	    vtpm_ecc_mul(tpm, curve, sensitive.data, sensitive.size, &pub.ecc, &z))
		return false;
	vtpm_hash_start(tpm, &h, VTPM_ALG_SHA256);
	vtpm_hash_update(&h, sensitive.data, sensitive.size);
	vtpm_hash_update(&h, pub.ecc.x.data, pub.ecc.x.size);
	vtpm_hash_update(&h, pub.ecc.y.data, pub.ecc.y.size);
	vtpm_hash_update(&h, sig.ecc.x.data, sig.ecc.x.size);
	vtpm_hash_update(&h, sig.ecc.y.data, sig.ecc.y.size);
	vtpm_hash_update(&h, z.x.data, z.x.size);
	vtpm_hash_update(&h, z.y.data, z.y.size);
	vtpm_hash_final(&h, digest);
	return true;
}

static bool ecc_p256(struct vtpm *tpm, struct vtpm_digest *digest)
{
	return ecc_key(tpm, VTPM_ECC_NIST_P256, digest);
}

static bool ecc_p384(struct vtpm *tpm, struct vtpm_digest *digest)
{
	return ecc_key(tpm, VTPM_ECC_NIST_P384, digest);
}

static bool rsa_with(struct vtpm *tpm, struct vtpm_object *key, struct vtpm_signature *sig,
		     struct vtpm_digest *digest)
{
	const struct vtpm_scheme pss = { .scheme = VTPM_ALG_RSAPSS, .hash = VTPM_ALG_SHA256 };
	struct vtpm_hash h;
	struct vtpm_rng rng;

	key->pub.type = VTPM_ALG_RSA;
	key->pub.bits = 2048;
	vtpm_rng_seed(tpm, &rng, zeros, sizeof(zeros), "Primary Object", NULL, NULL, 0);
	if (vtpm_rsa_generate(&rng, &key->pub, &key->sensitive) ||
	    vtpm_rsa_check(tpm, &key->pub, &key->sensitive))
		return false;
	hash_of(tpm, zeros, sizeof(zeros), digest);
	if (vtpm_sign(tpm, key, &pss, digest, sig) || vtpm_verify(tpm, key, digest, sig))
		return false;
	vtpm_hash_start(tpm, &h, VTPM_ALG_SHA256);
	vtpm_hash_update(&h, key->sensitive.data, key->sensitive.size);
	vtpm_hash_update(&h, key->pub.rsa.data, key->pub.rsa.size);
	vtpm_hash_update(&h, sig->rsa.data, sig->rsa.size);
	vtpm_hash_final(&h, digest);
	return true;
}

static bool rsa_2048(struct vtpm *tpm, struct vtpm_digest *digest)
{
	struct vtpm_object *key = port_alloc(sizeof(*key));
	struct vtpm_signature *sig = port_alloc(sizeof(*sig));
	bool ok = key && sig && rsa_with(tpm, key, sig, digest);

	port_free(key);
	port_free(sig);
	return ok;
}

const struct known_answer known_answers[] = {
	{ "hashes", hashes, "226f4aca8d87742f993cb44824862777a7888431175c451a713a38caf452242a" },
	{ "AES", aes, "eb3c47698bfecbfbf80775f564085010d632f5072023e92b5527029a09f8acda" },
	{ "KDFa", kdfa, "79c680a43976ce0c5a8e3b95f312c69c68f293f4fb1a255126024a49411a7aae" },
	{ "ECC P-256 primary key, signature, product", ecc_p256, "757f03afde589569481c3c3f12ce5ccde6f6de66f95e6060a2e9bfacb01857ac" },
	{ "ECC P-384 primary key, signature, product", ecc_p384, "25af58dfd08e6f4385f25c26fa77df002c29fd7346353598b8f1df9cd0b1d452" },
	{ "RSA-2048 primary key, signature", rsa_2048, "de027152c35a6864c7e00ce61736dea194af3fa29cc60a829cc4987596b4e58b" },
};

const unsigned int nr_known_answers = ARRAY_SIZE(known_answers);

/** known_answer_right() - does the backend compute what it must? */
bool known_answer_right(const struct known_answer *row, const struct vtpm_crypto_ops *ops)
{
	struct vtpm *tpm = port_alloc(sizeof(*tpm));
	struct vtpm_digest digest = {};
	u8 right[32];
	bool ok;

	if (!tpm)
		return false;
	tpm->crypto = ops;
	tpm->env = &env;
	ok = row->run(tpm, &digest) && digest.size == sizeof(right) &&
	     !hex2bin(right, row->digest, sizeof(right)) &&
	     !memcmp(digest.data, right, sizeof(right));
	port_free(tpm);
	return ok;
}

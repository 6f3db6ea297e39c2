// SPDX-License-Identifier: GPL-2.0
/*
 * PCR banks, and the template digest of a record in one of them.
 */
#include <openssl/evp.h>

#include "lib/log.h"
#include "lib/util.h"

static const struct bank banks[] = {
	{ "sha1", 20, "SHA1" },	    { "sha256", 32, "SHA256" }, { "sha384", 48, "SHA384" },
	{ "sha512", 64, "SHA512" }, { "sm3", 32, "SM3" },
};

struct hasher {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

/** bank_lookup() - the bank of a name, or NULL */
const struct bank *bank_lookup(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(banks); i++)
		if (len == strlen(banks[i].name) && !memcmp(name, banks[i].name, len))
			return &banks[i];
	return NULL;
}

/**
 * hasher_new() - prepare to compute template digests
 * @bank: the bank
 *
 * Return: the hasher, or NULL when OpenSSL does not have the algorithm.
 */
struct hasher *hasher_new(const struct bank *bank)
{
	struct hasher *h = xalloc(sizeof(*h));

	h->md = EVP_MD_fetch(NULL, bank->evp, NULL);
	h->ctx = EVP_MD_CTX_new();
	if (h->md && h->ctx)
		return h;
	hasher_free(h);
	return NULL;
}

/** hasher_free() - the end of a hasher; NULL is fine */
void hasher_free(struct hasher *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->md);
	free(h);
}

/*
 * The digest of template ima covers no lengths, and the name as an array of
 * LOG_NAME_MAX + 1 bytes.
 */
static bool hash_ima(struct hasher *h, const struct log_record *rec)
{
	const struct log_field *d = &rec->fields[0], *n = &rec->fields[1];
	u8 name[LOG_NAME_MAX + 1] = { 0 };

	memcpy(name, n->data, n->len);
	return EVP_DigestUpdate(h->ctx, d->data, d->len) &&
	       EVP_DigestUpdate(h->ctx, name, sizeof(name));
}

/**
 * hasher_template_digest() - what a record's template digest should be
 * @h: hasher of the bank
 * @rec: the record
 * @digest: room for LOG_DIGEST_MAX bytes
 *
 * Return: 0, or -EIO when OpenSSL fails.
 */
int hasher_template_digest(struct hasher *h, const struct log_record *rec, u8 *digest)
{
	bool done;

	if (!EVP_DigestInit_ex(h->ctx, h->md, NULL))
		return -EIO;
	/* In every other template the data already is "length, bytes" of each field. */
	done = rec->ima ? hash_ima(h, rec) : EVP_DigestUpdate(h->ctx, rec->data, rec->data_len);
	return done && EVP_DigestFinal_ex(h->ctx, digest, NULL) ? 0 : -EIO;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Measurement logs, read as a verifier would: from the documented format, by
 * OpenSSL, with nothing taken from the product.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib.h"

unsigned int bank_size(const char *bank)
{
	return EVP_MD_get_size(EVP_get_digestbyname(bank));
}

void hash(const char *algo, const void *data, size_t len, uint8_t *digest)
{
	unsigned int n;

	if (!EVP_Digest(data, len, digest, &n, EVP_get_digestbyname(algo), NULL))
		abort();
}

static bool take(const uint8_t **p, const uint8_t *end, size_t n, const uint8_t **out)
{
	if ((size_t)(end - *p) < n)
		return false;
	*out = *p;
	*p += n;
	return true;
}

static bool take_u32(const uint8_t **p, const uint8_t *end, uint32_t *value)
{
	const uint8_t *at;

	if (!take(p, end, 4, &at))
		return false;
	*value = at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
	return true;
}

static bool parse_fields(struct rec *r)
{
	const uint8_t *p = r->data, *end = r->data + r->data_len;

	while (p < end) {
		struct field *f = &r->fields[r->nr_fields];

		if (r->nr_fields++ == MAX_FIELDS || !take_u32(&p, end, &f->len) ||
		    !take(&p, end, f->len, &f->data))
			return false;
	}
	return true;
}

/* "ima": a sha1 digest without a length, the name without a NUL, no total. */
static bool parse_ima(struct rec *r, const uint8_t **p, const uint8_t *end)
{
	r->data = *p;
	r->nr_fields = 2;
	r->fields[0].len = 20;
	if (!take(p, end, 20, &r->fields[0].data) || !take_u32(p, end, &r->fields[1].len) ||
	    !take(p, end, r->fields[1].len, &r->fields[1].data))
		return false;
	r->data_len = *p - r->data;
	return true;
}

static bool parse_rec(struct log *log, struct rec *r, const uint8_t **p, const uint8_t *end)
{
	const uint8_t *name;
	uint32_t len;

	memset(r, 0, sizeof(*r));
	if (!take_u32(p, end, &r->pcr) || !take(p, end, log->digest_size, &r->digest) ||
	    !take_u32(p, end, &len) || len >= sizeof(r->template) || !take(p, end, len, &name))
		return false;
	memcpy(r->template, name, len);
	if (!strcmp(r->template, "ima"))
		return parse_ima(r, p, end);
	return take_u32(p, end, &r->data_len) && take(p, end, r->data_len, &r->data) &&
		parse_fields(r);
}

/* Return: 0, or -1 with log->error. */
int log_parse(struct log *log, const uint8_t *raw, size_t len, const char *bank)
{
	const uint8_t *p, *end;
	unsigned int room = 0;

	memset(log, 0, sizeof(*log));
	log->raw = malloc(len + 1);
	memcpy(log->raw, raw, len);
	log->len = len;
	log->bank = bank;
	log->digest_size = bank_size(bank);
	for (p = log->raw, end = p + len; p < end; log->nr++) {
		if (log->nr == room)
			log->recs = realloc(log->recs, (room = room * 2 + 64) * sizeof(*log->recs));
		if (!parse_rec(log, &log->recs[log->nr], &p, end)) {
			snprintf(log->error, sizeof(log->error), "record %u of bank %s is cut short",
				 log->nr, bank);
			return -1;
		}
	}
	return 0;
}

int log_read(struct log *log, const char *dir, const char *bank)
{
	char path[256];
	size_t len;
	char *raw;
	int err;

	snprintf(path, sizeof(path), "%s/binary_runtime_measurements_%s", dir, bank);
	raw = read_file(path, &len);
	if (!raw) {
		memset(log, 0, sizeof(*log));
		snprintf(log->error, sizeof(log->error), "%s: %m", path);
		return -1;
	}
	err = log_parse(log, (uint8_t *)raw, len, bank);
	free(raw);
	return err;
}

void log_free(struct log *log)
{
	free(log->raw);
	free(log->recs);
	memset(log, 0, sizeof(*log));
}

/* The second field, as in every template with a name; it ends with a NUL but for "ima". */
const char *rec_name(const struct rec *r)
{
	static char name[8192];
	size_t len;

	if (r->nr_fields < 2)
		return "";
	len = r->fields[1].len < sizeof(name) ? r->fields[1].len : sizeof(name) - 1;
	memcpy(name, r->fields[1].data, len);
	name[len] = '\0';
	return name;
}

bool rec_violation(const struct log *log, const struct rec *r)
{
	static const uint8_t zeros[MAX_DIGEST];

	return !memcmp(r->digest, zeros, log->digest_size);
}

const struct rec *log_find(const struct log *log, const char *name, const struct rec *after)
{
	const struct rec *r = after ? after + 1 : log->recs;

	for (; r < log->recs + log->nr; r++)
		if (!strcmp(rec_name(r), name))
			return r;
	return NULL;
}

unsigned int log_count(const struct log *log, const char *name)
{
	const struct rec *r = NULL;
	unsigned int n = 0;

	while ((r = log_find(log, name, r)))
		n++;
	return n;
}

static void put_hex(FILE *f, const uint8_t *data, size_t len)
{
	while (len--)
		fprintf(f, "%02x", *data++);
}

static const char *fields_of(const char *template)
{
	static const struct {
		const char *name, *fields;
	} known[] = {
		{ "ima", "d|n" }, { "ima-ng", "d-ng|n-ng" }, { "ima-ngv2", "d-ngv2|n-ng" },
		{ "ima-sig", "d-ng|n-ng|sig" }, { "ima-sigv2", "d-ngv2|n-ng|sig" },
		{ "ima-buf", "d-ng|n-ng|buf" }, { "ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig" },
		{ "evm-sig",
		  "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].name, template))
			return known[i].fields;
	return template;
}

static bool is_field(const char *id, const char *const *ids)
{
	size_t len = strcspn(id, "|");

	for (; *ids; ids++)
		if (strlen(*ids) == len && !memcmp(*ids, id, len))
			return true;
	return false;
}

/* What host IMA would print for a field whose id, and more, is at @id. */
static void put_field(FILE *f, const char *id, const struct field *fl, bool ima)
{
	static const char *const names[] = { "n", "n-ng", "xattrnames", NULL };
	static const char *const digests[] = { "d-ng", "d-ngv2", "d-modsig", NULL };
	static const char *const numbers[] = { "iuid", "igid", "imode", NULL };
	const uint8_t *nul = memchr(fl->data, 0, fl->len);

	putc(' ', f);
	if (is_field(id, names)) {
		fwrite(fl->data, 1, ima ? fl->len : strnlen((char *)fl->data, fl->len), f);
	} else if (is_field(id, digests) && nul) {
		fprintf(f, "%s", (const char *)fl->data);
		put_hex(f, nul + 1, fl->data + fl->len - nul - 1);
	} else if (is_field(id, numbers) && fl->len >= 2) {
		fprintf(f, "%u", fl->data[0] | fl->data[1] << 8 |
			(fl->len == 4 ? fl->data[2] << 16 | (uint32_t)fl->data[3] << 24 : 0));
	} else {
		put_hex(f, fl->data, fl->len);
	}
}

/* The ASCII form of the log, to be freed. */
char *log_ascii(const struct log *log)
{
	const struct rec *r;
	char *text = NULL;
	const char *id;
	unsigned int i;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	for (r = log->recs; r < log->recs + log->nr; r++) {
		fprintf(f, "%2u ", r->pcr);
		put_hex(f, r->digest, log->digest_size);
		fprintf(f, " %s", r->template);
		id = fields_of(r->template);
		for (i = 0; i < r->nr_fields; i++) {
			put_field(f, id, &r->fields[i], !strcmp(r->template, "ima"));
			id += strcspn(id, "|");
			id += *id == '|';
		}
		putc('\n', f);
	}
	fclose(f);
	return text;
}

/* Is every template digest that of its template data?  Else log->error. */
bool log_digests_hold(struct log *log)
{
	uint8_t digest[MAX_DIGEST], padded[20 + 256];
	const struct rec *r;

	for (r = log->recs; r < log->recs + log->nr; r++) {
		if (rec_violation(log, r))
			continue;
		if (!strcmp(r->template, "ima")) {
			memset(padded, 0, sizeof(padded));
			memcpy(padded, r->fields[0].data, 20);
			memcpy(padded + 20, r->fields[1].data,
			       r->fields[1].len < 256 ? r->fields[1].len : 256);
			hash(log->bank, padded, sizeof(padded), digest);
		} else {
			hash(log->bank, r->data, r->data_len, digest);
		}
		if (memcmp(digest, r->digest, log->digest_size)) {
			snprintf(log->error, sizeof(log->error), "%s: digest of record %u is wrong",
				 log->bank, (unsigned int)(r - log->recs));
			return false;
		}
	}
	return true;
}

/* What the log makes of a PCR; @value is what it was before. */
void log_replay(const struct log *log, unsigned int pcr, uint8_t *value)
{
	uint8_t both[2 * MAX_DIGEST];
	const struct rec *r;

	for (r = log->recs; r < log->recs + log->nr; r++) {
		if (r->pcr != pcr)
			continue;
		memcpy(both, value, log->digest_size);
		if (rec_violation(log, r))
			memset(both + log->digest_size, 0xff, log->digest_size);
		else
			memcpy(both + log->digest_size, r->digest, log->digest_size);
		hash(log->bank, both, 2 * log->digest_size, value);
	}
}

int pcr_read(const char *dir, const char *bank, unsigned int pcr, uint8_t *value)
{
	char path[256], key[16], *text, *p;
	unsigned int i, byte;
	int n, err = -1;

	snprintf(path, sizeof(path), "%s/pcrs_%s", dir, bank);
	snprintf(key, sizeof(key), "PCR-%02u:", pcr);
	text = read_file(path, NULL);
	p = text ? strstr(text, key) : NULL;
	if (p) {
		p += strlen(key);
		for (i = 0; i < bank_size(bank) && sscanf(p, " %2X%n", &byte, &n) == 1; i++) {
			value[i] = byte;
			p += n;
		}
		err = i == bank_size(bank) && *p == '\n' ? 0 : -1;
	}
	free(text);
	return err;
}

/* The PCR where the log begins: zeros, unless the checkpoint says otherwise. */
int checkpoint_pcr(const char *dir, const char *bank, unsigned int pcr, uint8_t *value)
{
	char path[256], key[16], *hex;
	unsigned int i, size = bank_size(bank);
	int err = 0;

	memset(value, 0, size);
	snprintf(path, sizeof(path), "%s/checkpoint", dir);
	if (number_in(path, "records") < 0)
		return -1;
	snprintf(key, sizeof(key), "%s:%u", bank, pcr);
	hex = text_in(path, key);
	if (!hex)
		return 0;
	for (i = 0; i < size && sscanf(hex + 2 * i, "%2hhx", &value[i]) == 1; i++)
		;
	if (i < size || strlen(hex) != 2 * size)
		err = -1;
	free(hex);
	return err;
}

static bool bank_check(const char *dir, const char *bank, long count, char *why, size_t why_len)
{
	uint8_t replayed[MAX_DIGEST], told[MAX_DIGEST];
	char path[256], *ascii, *shown;
	struct log log;
	bool ok = false;

	snprintf(path, sizeof(path), "%s/ascii_runtime_measurements_%s", dir, bank);
	shown = read_file(path, NULL);
	if (log_read(&log, dir, bank) || !log_digests_hold(&log)) {
		snprintf(why, why_len, "%s", log.error);
		log_free(&log);
		free(shown);
		return false;
	}
	ascii = log_ascii(&log);
	if (checkpoint_pcr(dir, bank, 10, replayed)) {
		snprintf(why, why_len, "%s: no checkpoint", bank);
		goto out;
	}
	log_replay(&log, 10, replayed);
	if (log.nr != count)
		snprintf(why, why_len, "%s: %u records, counted %ld", bank, log.nr, count);
	else if (!shown || strcmp(ascii, shown))
		snprintf(why, why_len, "%s: ASCII and binary differ", bank);
	else if (snprintf(path, sizeof(path), "%s/pcrs_%s", dir, bank), absent(path))
		ok = true;
	else if (pcr_read(dir, bank, 10, told) || memcmp(told, replayed, log.digest_size))
		snprintf(why, why_len, "%s: the log does not give PCR 10", bank);
	else
		ok = true;
out:
	log_free(&log);
	free(ascii);
	free(shown);
	return ok;
}

/*
 * Everything that must hold for a directory in which nothing moves: digests,
 * ASCII as binary, count, PCR 10 from the checkpoint on, in every bank.
 * Return: banks, or -1.
 */
int dir_check(const char *dir, char *why, size_t why_len)
{
	static const char *const banks[] = { "sha1", "sha256", "sha384", "sha512" };
	char path[256], *text;
	int n = 0;
	long count;
	size_t i;

	snprintf(path, sizeof(path), "%s/runtime_measurements_count", dir);
	text = read_file(path, NULL);
	if (!text) {
		snprintf(why, why_len, "%s: %m", path);
		return -1;
	}
	count = atol(text);
	free(text);
	for (i = 0; i < sizeof(banks) / sizeof(*banks); i++) {
		snprintf(path, sizeof(path), "%s/binary_runtime_measurements_%s", dir, banks[i]);
		if (absent(path))
			continue;
		if (!bank_check(dir, banks[i], count, why, why_len))
			return -1;
		n++;
	}
	return n;
}

/* Records of that name in a directory's log, or -1. */
int records_of(const char *dir, const char *name)
{
	struct log log;
	int n = -1;

	if (!log_read(&log, dir, "sha1"))
		n = log_count(&log, name);
	log_free(&log);
	return n;
}

/* "sha256:<hex>" of a file, to be freed. */
char *file_digest(const char *path)
{
	uint8_t digest[MAX_DIGEST];
	char *data, *text = NULL;
	size_t len, text_len;
	FILE *f;

	data = read_file(path, &len);
	if (!data)
		return NULL;
	hash("sha256", data, len, digest);
	free(data);
	f = open_memstream(&text, &text_len);
	fprintf(f, "sha256:");
	put_hex(f, digest, 32);
	fclose(f);
	return text;
}

/* One request to a log file.  Return: 0 or errno. */
int log_request(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;
	ssize_t n;

	if (fd < 0)
		return errno;
	n = write(fd, text, len);
	if (n != (ssize_t)len)
		err = n < 0 ? errno : EIO;
	close(fd);
	return err;
}

/* Delete the oldest records.  Return: 0 or errno. */
int log_trim(const char *dir, long n)
{
	char path[256], text[32];

	snprintf(path, sizeof(path), "%s/binary_runtime_measurements", dir);
	snprintf(text, sizeof(text), "%ld\n", n);
	return log_request(path, text, strlen(text));
}

/* A number of the file info. */
long info_number(const char *dir, const char *key)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/info", dir);
	return number_in(path, key);
}

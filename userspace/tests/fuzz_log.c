// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: a binary log of any bytes, decoded and shown in every form.
 * The first byte chooses the bank, the rest is the log.
 */
#include <json-c/json.h>

#include "lib/log.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* What is shown must be valid JSON, and must not reach the terminal. */
static void show(const struct log_record *rec)
{
	struct json_object *obj, *back;
	unsigned int i;
	size_t size, j;
	char *text;
	FILE *f;

	for (i = 0; i < rec->nr_fields; i++) {
		f = open_memstream(&text, &size);
		field_put_id(f, rec, i);
		field_put(f, &rec->fields[i]);
		field_put_ascii(f, &rec->fields[i]);
		fclose(f);
		for (j = 0; j < size; j++)
			check((u8)text[j] >= 0x20 && text[j] != 0x7f);
		free(text);
		obj = field_json(rec, i);
		field_json_value(obj, "value", &rec->fields[i]);
		f = open_memstream(&text, &size);
		json_put(f, obj, false);
		fclose(f);
		back = json_tokener_parse(text);
		check(back != NULL);
		json_object_put(back);
		json_object_put(obj);
		free(text);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const char *const names[] = { "sha1", "sha256", "sha384", "sha512" };
	static struct hasher *hashers[ARRAY_SIZE(names)];
	u8 digest[LOG_DIGEST_MAX];
	struct log_record rec;
	struct log_error err;
	const struct bank *bank;
	unsigned int b;
	ssize_t n;

	if (!size)
		return 0;
	b = data[0] % ARRAY_SIZE(names);
	bank = bank_lookup(names[b], strlen(names[b]));
	if (!hashers[b])
		hashers[b] = hasher_new(bank);
	data++;
	size--;
	memset(&err, 0, sizeof(err));
	while ((n = log_parse(data, size, bank->size, &rec, &err)) > 0) {
		check((size_t)n <= size);
		check(!hasher_template_digest(hashers[b], &rec, digest));
		show(&rec);
		data += n;
		size -= (size_t)n;
	}
	check(err.field[0] && err.what[0]);
	return 0;
}

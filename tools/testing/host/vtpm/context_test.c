// SPDX-License-Identifier: GPL-2.0
/*
 * Saved contexts: of objects, which can be loaded any number of times; of
 * sessions, which can be loaded once, by whoever has the context.
 */
#include "tpm.h"

#define P1(rc)	(VTPM_RC_##rc + VTPM_RC_P(1))

/* fields of a TPMS_CONTEXT */
#define SEQUENCE	0
#define HANDLE		8
#define HIERARCHY	12
#define BLOB_SIZE	16
#define BLOB		18

static u32 save(struct tpm *t, u32 handle, struct blob *context)
{
	tpm_begin(t, VTPM_CC_CONTEXT_SAVE, 1, handle);
	if (!tpm_run(t))
		tpm_keep_rest(t, context);
	return t->rc;
}

static u32 load(struct tpm *t, const struct blob *context)
{
	tpm_begin(t, VTPM_CC_CONTEXT_LOAD, 0);
	buf_put(&t->w, context->data, context->size);
	return tpm_run(t);
}

/* load a context with a field changed */
static u32 load_with(struct tpm *t, const struct blob *context, size_t field, u32 value)
{
	struct blob bad = *context;

	put_unaligned_be32(value, bad.data + field);
	return load(t, &bad);
}

/* --- objects ---------------------------------------------------------------------- */

static void test_object(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	u32 handle = tpm_primary(t, VTPM_RH_OWNER, &pub);
	struct blob context, name, again;

	tpm_name(t, handle, &name);
	tap_ok(!save(t, handle, &context), "object: save");
	tap_ok(get_unaligned_be32(context.data + HANDLE) == VTPM_CONTEXT_OBJECT,
	       "object: the context says what it is of");
	tap_ok(get_unaligned_be32(context.data + HIERARCHY) == VTPM_RH_OWNER,
	       "object: and of which hierarchy");
	tap_ok(!tpm_name(t, handle, &again), "object: it stays loaded");
	tap_ok(!load(t, &context) && t->handle == handle + 1, "object: load");
	tap_ok(!tpm_name(t, t->handle, &again) && blob_equal(&name, &again),
	       "object: it is the same");
	tap_ok(!load(t, &context) && t->handle == handle + 2, "object: load again");
	tpm_flush(t, handle + 1);
	tpm_flush(t, handle + 2);
	tap_ok(load_with(t, &context, SEQUENCE + 4, 1234) == P1(INTEGRITY),
	       "object: not with another sequence number");
	tap_ok(load_with(t, &context, HANDLE, VTPM_CONTEXT_SEQUENCE) == P1(INTEGRITY),
	       "object: not as something else");
	tap_ok(load_with(t, &context, HANDLE, VTPM_CONTEXT_SEQUENCE + 2) == P1(VALUE),
	       "object: not as nothing");
	tap_ok(load_with(t, &context, HIERARCHY, VTPM_RH_ENDORSEMENT) == P1(INTEGRITY),
	       "object: not in another hierarchy");
	tpm_flush(t, handle);
}

static void test_tampering(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	u32 handle = tpm_primary(t, VTPM_RH_OWNER, &pub);
	struct blob context, bad;
	size_t i;

	save(t, handle, &context);
	for (i = BLOB + 2; i < context.size; i++) {
		bad = context;
		bad.data[i] ^= 1;
		if (load(t, &bad) != P1(INTEGRITY))
			break;
	}
	tap_ok(i == context.size, "object: no byte of a context can be changed");
	for (i = BLOB; i < context.size; i++) {
		bad = context;
		bad.size = i;
		put_unaligned_be16(i - BLOB, bad.data + BLOB_SIZE);
		if (!load(t, &bad))
			break;
	}
	tap_ok(i == context.size, "object: no context can be cut");
	tpm_flush(t, handle);
}

static u32 with_auth(struct tpm *t, u32 handle, const char *password)
{
	tpm_begin(t, VTPM_CC_UNSEAL, 1, handle);
	tpm_password(t, password);
	return tpm_run(t);
}

/* what a context carries beside the public area */
static void test_secrets(struct tpm *t)
{
	struct vtpm_public storage = tpm_storage(), pub = tpm_keyedhash(TPM_FIXED, VTPM_ALG_NULL);
	u32 parent = tpm_primary(t, VTPM_RH_OWNER, &storage);
	u32 handle = tpm_make(t, parent, "password", "secret", &pub);
	struct blob context, data;

	save(t, handle, &context);
	tpm_flush(t, handle);
	load(t, &context);
	handle = t->handle;
	tap_ok(with_auth(t, handle, "wrong"), "secrets: a context keeps the password");
	tap_ok(!with_auth(t, handle, "password"), "secrets: which still works");
	tpm_keep(t, &data);
	tap_ok(data.size == 6 && !memcmp(data.data, "secret", 6), "secrets: and the data");
	tap_ok(!memmem(context.data, context.size, "secret", 6) &&
	       !memmem(context.data, context.size, "password", 8),
	       "secrets: neither can be seen in it");
	tpm_flush(t, handle);
	save(t, parent, &context);
	tpm_flush(t, parent);
	load(t, &context);
	parent = t->handle;
	handle = tpm_make(t, parent, "", "secret", &pub);
	tap_ok(handle, "secrets: a parent is a parent again");
	tpm_flush(t, handle);
	tpm_flush(t, parent);
}

/* an external object does not become one of ours on the way */
static void test_external(struct tpm *t)
{
	struct vtpm_public pub = tpm_rsa(TPM_STORAGE, VTPM_ALG_NULL);
	struct blob context;
	u32 handle;

	pub.rsa.size = 256;
	memset(pub.rsa.data, 0xff, 256);
	tpm_begin(t, VTPM_CC_LOAD_EXTERNAL, 0);
	buf_put_be16(&t->w, 0);
	vtpm_put_sized_public(&t->w, &pub);
	buf_put_be32(&t->w, VTPM_RH_OWNER);
	tpm_expect(t, 0, "external: load");
	handle = t->handle;
	save(t, handle, &context);
	tpm_flush(t, handle);
	tap_ok(!load(t, &context), "external: load its context");
	tpm_begin(t, VTPM_CC_EVICT_CONTROL, 2, VTPM_RH_OWNER, t->handle);
	tpm_password(t, "");
	buf_put_be32(&t->w, VTPM_PERSISTENT_FIRST);
	tpm_expect(t, VTPM_RC_ATTRIBUTES + VTPM_RC_H(2), "external: it is still external");
	tpm_flush(t, handle);
}

/* a sequence in the middle of its data */
static void test_sequence(struct tpm *t, u8 kind, unsigned int hashes, const char *what)
{
	static const u16 algs[VTPM_NR_HASHES] = {
		VTPM_ALG_SHA1, VTPM_ALG_SHA256, VTPM_ALG_SHA384, VTPM_ALG_SHA512,
	};
	struct vtpm_object *object = vtpm_object_alloc();
	struct vtpm_digest saved, plain;
	struct blob context;
	unsigned int i;
	bool good = true;
	u32 handle;

	object->kind = kind;
	object->hierarchy = VTPM_RH_NULL;
	object->sequence = vtpm_sequence_alloc(hashes);
	object->sequence->started = true;
	for (i = 0; i < hashes; i++) {
		vtpm_hash_start(t->tpm, &object->sequence->hash[i], algs[i]);
		vtpm_hash_update(&object->sequence->hash[i], "first half", 10);
	}
	vtpm_space_add(t->space, object);
	handle = object->handle;
	tap_ok(!save(t, handle, &context), "%s: save", what);
	tap_ok(get_unaligned_be32(context.data + HANDLE) == VTPM_CONTEXT_SEQUENCE,
	       "%s: the context says what it is of", what);
	tpm_flush(t, handle);
	tap_ok(!load(t, &context), "%s: load", what);
	object = vtpm_space_find(t->space, t->handle);
	good = object->kind == kind && object->sequence->count == hashes &&
	       object->sequence->started && !object->sequence->generated;
	for (i = 0; i < hashes; i++) {
		vtpm_hash_update(&object->sequence->hash[i], " and second", 11);
		vtpm_hash_final(&object->sequence->hash[i], &saved);
		vtpm_digest(t->tpm, algs[i], "first half and second", 21, &plain);
		good = good && vtpm_digest_equal(&saved, &plain);
	}
	tap_ok(good, "%s: it goes on where it was", what);
	tpm_flush(t, t->handle);
}

/* --- what contexts die of ------------------------------------------------------------- */

static void test_reset(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	struct blob context, clear;
	u32 handle;

	handle = tpm_primary(t, VTPM_RH_OWNER, &pub);
	save(t, handle, &context);
	pub.attrs |= VTPMA_OBJECT_ST_CLEAR;
	handle = tpm_primary(t, VTPM_RH_OWNER, &pub);
	save(t, handle, &clear);
	tap_ok(get_unaligned_be32(clear.data + HANDLE) == VTPM_CONTEXT_ST_CLEAR,
	       "stClear: the context says so");
	vtpm_power_cycle(t->tpm);
	vtpm_startup(t->tpm, VTPM_RESUME);
	tap_ok(!load(t, &context) && !load(t, &clear), "resume: contexts are good");
	vtpm_power_cycle(t->tpm);
	vtpm_startup(t->tpm, VTPM_RESTART);
	tap_ok(!load(t, &context), "restart: contexts are good");
	tap_ok(load(t, &clear) == P1(INTEGRITY), "restart: but not of objects with stClear");
	vtpm_power_cycle(t->tpm);
	vtpm_startup(t->tpm, VTPM_RESET);
	tap_ok(load(t, &context) == P1(INTEGRITY), "reset: contexts are not good any more");
}

static void test_clear(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	u32 owner = tpm_primary(t, VTPM_RH_OWNER, &pub);
	u32 platform = tpm_primary(t, VTPM_RH_PLATFORM, &pub);
	struct blob ours, theirs;

	save(t, owner, &ours);
	save(t, platform, &theirs);
	tpm_flush(t, owner);
	tpm_flush(t, platform);
	vtpm_hierarchy_clear(t->tpm);
	tap_ok(load(t, &ours) == P1(INTEGRITY), "clear: the owner's contexts are gone");
	tap_ok(!load(t, &theirs), "clear: the platform's are not");
	tpm_flush(t, t->handle);
	t->tpm->hierarchy[VTPM_PLATFORM].enabled = false;
	tap_ok(load(t, &theirs) == P1(HIERARCHY), "disabled: no contexts of that hierarchy");
	t->tpm->hierarchy[VTPM_PLATFORM].enabled = true;
}

static void test_other_tpm(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	u32 handle = tpm_primary(t, VTPM_RH_OWNER, &pub);
	static struct tpm other;
	struct blob context;

	tpm_create(&other, 4);
	save(t, handle, &context);
	tap_ok(load(&other, &context) == P1(INTEGRITY), "other TPM: does not load it");
	tpm_flush(t, handle);
	tpm_destroy(&other);
}

/* --- sessions ------------------------------------------------------------------------------ */

/* a session with something in it to know it by */
static u32 start(struct tpm *t, u8 type)
{
	u32 handle = tpm_start_session(t, type);

	if (handle)
		vtpm_session_find(t->tpm, t->space, handle)->digest.data[0] = 0x42;
	return handle;
}

static void test_session(struct tpm *t, u8 type, const char *what)
{
	u32 handle = start(t, type);
	struct vtpm_session *s;
	struct blob first, second;

	tap_ok(!save(t, handle, &first), "%s: save", what);
	tap_ok(get_unaligned_be32(first.data + HANDLE) == handle, "%s: under its handle", what);
	tap_ok(save(t, handle, &second) == VTPM_RC_REFERENCE_H0, "%s: it is not loaded any more",
	       what);
	tap_ok(!load(t, &first) && t->handle == handle, "%s: load", what);
	s = vtpm_session_find(t->tpm, t->space, handle);
	tap_ok(s && s->type == type && s->digest.data[0] == 0x42, "%s: it is the same", what);
	tap_ok(load(t, &first) == P1(HANDLE), "%s: a context is good for one load", what);
	save(t, handle, &second);
	tap_ok(load(t, &first) == P1(HANDLE), "%s: an old context is not good", what);
	tap_ok(!load(t, &second), "%s: the last one is", what);
	save(t, handle, &second);
	tap_ok(!tpm_flush(t, handle), "%s: flush while saved", what);
	tap_ok(load(t, &second) == P1(HANDLE), "%s: then its context is not good", what);
	tap_ok(start(t, type) == handle, "%s: its handle is free again", what);
	tap_ok(load(t, &second) == P1(HANDLE), "%s: not good for the next session either", what);
	tpm_flush(t, handle);
}

/* GetCapability does not tell of which type a saved session is */
static void test_flush_saved(struct tpm *t)
{
	u32 handle = start(t, VTPM_SE_POLICY);
	struct blob context;

	save(t, handle, &context);
	tap_ok(!tpm_flush(t, VTPM_HR(VTPM_HT_HMAC_SESSION, handle & 0xffffff)),
	       "session: a saved one is flushed by its number");
	tap_ok(load(t, &context) == P1(HANDLE), "session: it is gone");
}

/* sessions and files: what is saved belongs to nobody */
static void test_spaces(struct tpm *t)
{
	struct vtpm_space *first = t->space, *second = vtpm_space_create(t->tpm);
	struct vtpm_public pub = tpm_storage();
	struct blob context, session, name;
	u32 object, handle, loaded;

	object = tpm_primary(t, VTPM_RH_OWNER, &pub);
	handle = start(t, VTPM_SE_POLICY);
	t->space = second;
	tap_ok(tpm_name(t, object, &name) == VTPM_RC_REFERENCE_H0, "spaces: objects are apart");
	tap_ok(save(t, handle, &session) == VTPM_RC_REFERENCE_H0, "spaces: sessions as well");
	tap_ok(tpm_flush(t, handle) == P1(HANDLE), "spaces: also when one is to be flushed");
	t->space = first;
	save(t, object, &context);
	save(t, handle, &session);
	loaded = start(t, VTPM_SE_HMAC);
	vtpm_space_destroy(first);
	t->space = second;
	tap_ok(!load(t, &context), "spaces: an object's context loads in another file");
	tpm_flush(t, t->handle);
	tap_ok(!load(t, &session) && t->handle == handle,
	       "spaces: a saved session survives the file it is from");
	tap_ok(start(t, VTPM_SE_HMAC) == loaded, "spaces: a loaded one does not");
	tpm_flush(t, loaded);
	tpm_flush(t, handle);
}

static void test_session_limits(struct tpm *t)
{
	struct blob contexts[VTPM_ACTIVE_SESSIONS];
	unsigned int i;

	for (i = 0; i < VTPM_ACTIVE_SESSIONS; i++)
		if (save(t, start(t, VTPM_SE_HMAC), &contexts[i]))
			break;
	tap_ok(i == VTPM_ACTIVE_SESSIONS, "limits: as many sessions as there can be, all saved");
	tap_ok(!start(t, VTPM_SE_HMAC), "limits: and no more");
	for (i = 0; i < VTPM_SPACE_SESSIONS; i++)
		if (load(t, &contexts[i]))
			break;
	tap_ok(i == VTPM_SPACE_SESSIONS, "limits: as many loaded as there can be");
	tap_ok(load(t, &contexts[i]) == VTPM_RC_SESSION_MEMORY, "limits: and no more");
	tpm_flush(t, VTPM_HR(VTPM_HT_HMAC_SESSION, 0));
	tap_ok(!load(t, &contexts[i]), "limits: one in the place of another");
	for (i = 0; i < VTPM_ACTIVE_SESSIONS; i++)
		tpm_flush(t, VTPM_HR(VTPM_HT_HMAC_SESSION, i));
}

/* one session that somebody forgets is in nobody's way */
static void test_forgotten(struct tpm *t)
{
	u32 handle = start(t, VTPM_SE_HMAC), other = start(t, VTPM_SE_HMAC);
	struct blob old, context;
	unsigned int i;

	save(t, handle, &old);
	for (i = 0; i < 70000; i++)
		if (save(t, other, &context) || load(t, &context))
			break;
	tap_ok(i == 70000, "forgotten: others are saved and loaded");
	tap_ok(!load(t, &old), "forgotten: it can still be loaded");
	tpm_flush(t, handle);
	tpm_flush(t, other);
}

int main(void)
{
	static struct tpm tpm;

	tpm_create(&tpm, 3);
	test_object(&tpm);
	test_tampering(&tpm);
	test_secrets(&tpm);
	test_external(&tpm);
	test_sequence(&tpm, VTPM_SEQUENCE_HASH, 1, "hash sequence");
	test_sequence(&tpm, VTPM_SEQUENCE_EVENT, VTPM_NR_HASHES, "event sequence");
	test_session(&tpm, VTPM_SE_HMAC, "HMAC session");
	test_session(&tpm, VTPM_SE_POLICY, "policy session");
	test_session(&tpm, VTPM_SE_TRIAL, "trial session");
	test_flush_saved(&tpm);
	test_spaces(&tpm);
	test_session_limits(&tpm);
	test_forgotten(&tpm);
	test_other_tpm(&tpm);
	test_clear(&tpm);
	test_reset(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}

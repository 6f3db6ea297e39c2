// SPDX-License-Identifier: GPL-2.0
/*
 * Objects: what a primary key depends on, how objects are wrapped, loaded, read
 * and made persistent.
 */
#include "tpm.h"

#define SIGN	VTPMA_OBJECT_SIGN
#define FIXED	TPM_FIXED
#define ORIGIN	TPM_ORIGIN
#define STORAGE	TPM_STORAGE
#define NONE	VTPM_ALG_NULL

#define P1(rc)	(VTPM_RC_##rc + VTPM_RC_P(1))
#define P2(rc)	(VTPM_RC_##rc + VTPM_RC_P(2))
#define H1(rc)	(VTPM_RC_##rc + VTPM_RC_H(1))
#define H2(rc)	(VTPM_RC_##rc + VTPM_RC_H(2))

#define CHARS_32 "0123456789abcdef0123456789abcdef"

/* --- what a primary key depends on --------------------------------------------------- */

/* make one, keep its Name, flush it */
static void primary_name(struct tpm *t, u32 hierarchy, const char *data,
			 const struct vtpm_public *pub, struct blob *name)
{
	u32 handle;

	name->size = 0;
	tpm_begin(t, VTPM_CC_CREATE_PRIMARY, 1, hierarchy);
	tpm_password(t, "");
	tpm_put_create(t, "", data, pub);
	if (tpm_run(t))
		return;
	handle = t->handle;
	tpm_name(t, handle, name);
	tpm_flush(t, handle);
}

static void test_primary(struct tpm *t, const struct vtpm_public *pub, const char *what)
{
	struct vtpm_public other = *pub;
	struct blob first, name;

	primary_name(t, VTPM_RH_OWNER, "", pub, &first);
	tap_ok(first.size, "%s: primary key", what);
	primary_name(t, VTPM_RH_OWNER, "", pub, &name);
	tap_ok(blob_equal(&name, &first), "%s: the same template gives the same key", what);
	primary_name(t, VTPM_RH_ENDORSEMENT, "", pub, &name);
	tap_ok(name.size && !blob_equal(&name, &first), "%s: not in another hierarchy", what);
	primary_name(t, VTPM_RH_OWNER, "data", pub, &name);
	tap_ok(name.size && !blob_equal(&name, &first), "%s: not with data", what);
	other.policy.size = 32;
	primary_name(t, VTPM_RH_OWNER, "", &other, &name);
	tap_ok(name.size && !blob_equal(&name, &first), "%s: not with a policy", what);
}

/* unique of a template is input, and replaced by that of the key */
static void test_unique(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	struct blob first, second, public;
	u32 handle;

	primary_name(t, VTPM_RH_OWNER, "", &pub, &first);
	pub.ecc.x.size = 6;
	memcpy(pub.ecc.x.data, "IDEVID", 6);
	primary_name(t, VTPM_RH_OWNER, "", &pub, &second);
	tap_ok(second.size && !blob_equal(&first, &second), "unique is part of the derivation");
	handle = tpm_primary(t, VTPM_RH_OWNER, &pub);
	tpm_begin(t, VTPM_CC_READ_PUBLIC, 1, handle);
	tpm_run(t);
	tpm_keep(t, &public);
	tap_ok(public.size == 90, "unique of the key has full size");
	tpm_flush(t, handle);
}

/* a child of @parent, not loaded */
static void create(struct tpm *t, u32 parent, const struct vtpm_public *pub,
		   struct blob *private, struct blob *public)
{
	tpm_begin(t, VTPM_CC_CREATE, 1, parent);
	tpm_password(t, "");
	tpm_put_create(t, "", "", pub);
	private->size = 0;
	if (tpm_run(t))
		return;
	tpm_keep(t, private);
	tpm_keep(t, public);
}

/* TPM2_Clear: the EK comes back, what was made under it does not load any more */
static void test_clear(struct tpm *t)
{
	struct vtpm_public storage = tpm_storage();
	struct vtpm_public sign = tpm_ecc(FIXED | ORIGIN | SIGN, NONE);
	struct blob owner, endorsement, name, private, public;
	u32 ek;

	primary_name(t, VTPM_RH_OWNER, "", &storage, &owner);
	ek = tpm_primary(t, VTPM_RH_ENDORSEMENT, &storage);
	tpm_name(t, ek, &endorsement);
	create(t, ek, &sign, &private, &public);
	tpm_flush(t, ek);
	vtpm_hierarchy_clear(t->tpm);
	primary_name(t, VTPM_RH_OWNER, "", &storage, &name);
	tap_ok(name.size && !blob_equal(&name, &owner), "clear: a new owner has other keys");
	ek = tpm_primary(t, VTPM_RH_ENDORSEMENT, &storage);
	tpm_name(t, ek, &name);
	tap_ok(blob_equal(&name, &endorsement), "clear: the EK stays");
	tap_ok(!tpm_load(t, ek, &private, &public) && t->rc == P1(INTEGRITY),
	       "clear: a child of the EK from before does not load");
	tpm_flush(t, ek);
}

/* --- children ------------------------------------------------------------------------ */

/* TPM2_Load of a private area that has been changed */
static void load_fails(struct tpm *t, u32 parent, const struct blob *private,
		       const struct blob *public, u32 rc, const char *what)
{
	tpm_begin(t, VTPM_CC_LOAD, 1, parent);
	tpm_password(t, "");
	tpm_put_blob(t, private);
	tpm_put_blob(t, public);
	tpm_expect(t, rc, "load: %s", what);
}

static void test_load(struct tpm *t)
{
	struct vtpm_public sign = tpm_ecc(FIXED | ORIGIN | SIGN, NONE), storage = tpm_storage();
	u32 parent = tpm_primary(t, VTPM_RH_OWNER, &storage), other, handle;
	struct blob private, public, bad, none = { 0 };
	size_t i;

	create(t, parent, &sign, &private, &public);
	tap_ok(private.size == 126, "create: an ECC key's private area has 126 bytes");
	handle = tpm_load(t, parent, &private, &public);
	tap_ok(handle, "load: what was created");
	load_fails(t, handle, &private, &public, H1(TYPE), "under a signing key");
	tpm_flush(t, handle);
	for (i = 0; i < private.size; i++) {
		bad = private;
		bad.data[i] ^= 1;
		tpm_begin(t, VTPM_CC_LOAD, 1, parent);
		tpm_password(t, "");
		tpm_put_blob(t, &bad);
		tpm_put_blob(t, &public);
		if (!tpm_run(t) || (i > 1 && t->rc != P1(INTEGRITY)))
			break;
	}
	tap_ok(i == private.size, "load: no byte of a private area can be changed");
	for (i = 1; i < private.size; i++) {
		bad = private;
		bad.size = i;
		tpm_begin(t, VTPM_CC_LOAD, 1, parent);
		tpm_password(t, "");
		tpm_put_blob(t, &bad);
		tpm_put_blob(t, &public);
		if (!tpm_run(t))
			break;
	}
	tap_ok(i == private.size, "load: no private area can be cut");
	load_fails(t, parent, &none, &public, P1(SIZE), "no private area");
	bad = public;
	bad.data[7] ^= VTPMA_OBJECT_NO_DA >> 8;
	load_fails(t, parent, &private, &bad, P1(INTEGRITY), "with another public area");
	storage.policy.size = 32;
	other = tpm_primary(t, VTPM_RH_OWNER, &storage);
	load_fails(t, other, &private, &public, P1(INTEGRITY), "under another parent");
	tpm_flush(t, other);
	tpm_flush(t, parent);
}

static void test_seal(struct tpm *t)
{
	struct vtpm_public storage = tpm_storage(), pub = tpm_keyedhash(FIXED, NONE);
	u32 parent = tpm_primary(t, VTPM_RH_OWNER, &storage);
	u32 handle = tpm_make(t, parent, "secret", "sealed", &pub);
	struct blob data, private, public;

	tpm_begin(t, VTPM_CC_UNSEAL, 1, handle);
	tpm_password(t, "secret");
	tpm_expect(t, 0, "unseal: with the password");
	tpm_keep(t, &data);
	tap_ok(data.size == 6 && !memcmp(data.data, "sealed", 6), "unseal: what was sealed");
	tpm_begin(t, VTPM_CC_UNSEAL, 1, handle);
	tpm_password(t, "wrong");
	tpm_expect(t, VTPM_RC_BAD_AUTH + VTPM_RC_S(1), "unseal: with another password");
	tpm_begin(t, VTPM_CC_UNSEAL, 1, parent);
	tpm_password(t, "");
	tpm_expect(t, H1(TYPE), "unseal: a key");

	tpm_begin(t, VTPM_CC_READ_PUBLIC, 1, handle);
	tpm_run(t);
	tpm_keep(t, &public);
	tpm_begin(t, VTPM_CC_OBJECT_CHANGE_AUTH, 2, handle, handle);
	tpm_password(t, "secret");
	vtpm_put_2b(&t->w, "other", 5);
	tpm_expect(t, H2(TYPE), "change the password: with the wrong parent");
	tpm_begin(t, VTPM_CC_OBJECT_CHANGE_AUTH, 2, handle, parent);
	tpm_password(t, "secret");
	vtpm_put_2b(&t->w, CHARS_32 "x", 33);
	tpm_expect(t, P1(SIZE), "change the password: to one that is too long");
	tpm_begin(t, VTPM_CC_OBJECT_CHANGE_AUTH, 2, handle, parent);
	tpm_password(t, "secret");
	vtpm_put_2b(&t->w, "other", 5);
	tpm_expect(t, 0, "change the password");
	tpm_keep(t, &private);
	tpm_begin(t, VTPM_CC_UNSEAL, 1, handle);
	tpm_password(t, "secret");
	tpm_expect(t, 0, "change the password: the loaded object keeps the old one");
	tpm_flush(t, handle);
	handle = tpm_load(t, parent, &private, &public);
	tpm_begin(t, VTPM_CC_UNSEAL, 1, handle);
	tpm_password(t, "other");
	tpm_expect(t, 0, "change the password: the new private area has the new one");
	tpm_flush(t, handle);
	tpm_flush(t, parent);
}

/* --- CreateLoaded ---------------------------------------------------------------------------- */

static void put_template(struct tpm *t, const char *auth, const struct vtpm_public *pub, int more)
{
	size_t begin = vtpm_put_begin(&t->w);

	vtpm_put_2b(&t->w, auth, strlen(auth));
	buf_put_be16(&t->w, 0);
	vtpm_put_end(&t->w, begin);
	begin = vtpm_put_begin(&t->w);
	vtpm_put_public(&t->w, pub);
	if (more > 0)
		buf_put_u8(&t->w, 0);
	else if (more < 0)
		t->w.len--;
	vtpm_put_end(&t->w, begin);
}

static void test_create_loaded(struct tpm *t)
{
	struct vtpm_public storage = tpm_storage(), sign = tpm_ecc(FIXED | ORIGIN | SIGN, NONE);
	u32 parent = tpm_primary(t, VTPM_RH_OWNER, &storage), handle;
	struct blob private, public, name, read;

	tpm_begin(t, VTPM_CC_CREATE_LOADED, 1, parent);
	tpm_password(t, "");
	put_template(t, "", &sign, 0);
	tpm_expect(t, 0, "create loaded: a child");
	handle = t->handle;
	tpm_keep(t, &private);
	tpm_keep(t, &public);
	tpm_keep(t, &name);
	tpm_name(t, handle, &read);
	tap_ok(blob_equal(&name, &read), "create loaded: its Name");
	tpm_flush(t, handle);
	handle = tpm_load(t, parent, &private, &public);
	tap_ok(handle, "create loaded: it can be loaded again");
	tpm_flush(t, handle);

	tpm_begin(t, VTPM_CC_CREATE_LOADED, 1, VTPM_RH_OWNER);
	tpm_password(t, "");
	put_template(t, "", &storage, 0);
	tpm_expect(t, 0, "create loaded: a primary key");
	handle = t->handle;
	tpm_keep(t, &private);
	tap_ok(!private.size, "create loaded: that has no private area");
	tpm_keep(t, &public);
	tpm_keep(t, &name);
	tpm_name(t, parent, &read);
	tap_ok(blob_equal(&name, &read), "create loaded: the same that CreatePrimary makes");
	tpm_flush(t, handle);

	tpm_begin(t, VTPM_CC_CREATE_LOADED, 1, parent);
	tpm_password(t, "");
	put_template(t, "", &sign, 1);
	tpm_expect(t, P2(SIZE), "create loaded: template with a byte left over");
	tpm_begin(t, VTPM_CC_CREATE_LOADED, 1, parent);
	tpm_password(t, "");
	put_template(t, "", &sign, -1);
	tpm_expect(t, P2(INSUFFICIENT), "create loaded: template with a byte missing");
	tpm_begin(t, VTPM_CC_CREATE_LOADED, 1, parent);
	tpm_password(t, "");
	put_template(t, CHARS_32 "x", &sign, 0);
	tpm_expect(t, P1(SIZE), "create loaded: authValue that is too long");
	tpm_flush(t, parent);
}

/* --- slots and persistent objects ------------------------------------------------------------ */

static void test_slots(struct tpm *t)
{
	struct vtpm_public pub = tpm_storage();
	struct blob name;
	unsigned int i;

	for (i = 0; i < VTPM_SPACE_OBJECTS; i++)
		if (tpm_primary(t, VTPM_RH_OWNER, &pub) != VTPM_TRANSIENT_FIRST + i)
			break;
	tap_ok(i == VTPM_SPACE_OBJECTS, "slots: handles in their order");
	tap_ok(!tpm_primary(t, VTPM_RH_OWNER, &pub) && t->rc == VTPM_RC_OBJECT_MEMORY,
	       "slots: no more than there are");
	tap_ok(!tpm_flush(t, VTPM_TRANSIENT_FIRST + 3), "slots: flush one");
	tap_ok(tpm_name(t, VTPM_TRANSIENT_FIRST + 3, &name) == VTPM_RC_REFERENCE_H0,
	       "slots: it is gone");
	tap_ok(tpm_flush(t, VTPM_TRANSIENT_FIRST + 3) == P1(HANDLE), "slots: flush it again");
	tap_ok(tpm_primary(t, VTPM_RH_OWNER, &pub) == VTPM_TRANSIENT_FIRST + 3,
	       "slots: the free one is used");
	for (i = 0; i < VTPM_SPACE_OBJECTS; i++)
		tpm_flush(t, VTPM_TRANSIENT_FIRST + i);
}

static u32 evict(struct tpm *t, u32 auth, u32 object, u32 handle)
{
	tpm_begin(t, VTPM_CC_EVICT_CONTROL, 2, auth, object);
	tpm_password(t, "");
	buf_put_be32(&t->w, handle);
	return tpm_run(t);
}

#define EVICT(auth, object, handle, expected, what) \
	tap_ok(evict(t, auth, object, handle) == (expected), "evict: " what)

static void test_evict(struct tpm *t)
{
	const u32 first = VTPM_PERSISTENT_FIRST, platform_first = VTPM_PLATFORM_PERSISTENT;
	struct vtpm_public pub = tpm_storage();
	u32 owner = tpm_primary(t, VTPM_RH_OWNER, &pub);
	u32 platform = tpm_primary(t, VTPM_RH_PLATFORM, &pub);
	u32 null = tpm_primary(t, VTPM_RH_NULL, &pub), clear, ek;
	struct vtpm_public ek_pub = pub;
	struct blob transient, persistent;
	unsigned int i;

	tpm_name(t, owner, &transient);
	EVICT(VTPM_RH_OWNER, owner, VTPM_TRANSIENT_FIRST, P1(VALUE), "to a transient handle");
	EVICT(VTPM_RH_OWNER, owner, platform_first, P1(RANGE), "to a handle of the platform");
	EVICT(VTPM_RH_PLATFORM, owner, first, H2(HIERARCHY), "the owner's, by the platform");
	EVICT(VTPM_RH_OWNER, platform, first, H2(HIERARCHY), "the platform's, by the owner");
	EVICT(VTPM_RH_PLATFORM, platform, first, P1(RANGE), "to a handle of the owner");
	EVICT(VTPM_RH_OWNER, null, first, H2(ATTRIBUTES), "one of the NULL hierarchy");
	pub.attrs |= VTPMA_OBJECT_ST_CLEAR;
	clear = tpm_primary(t, VTPM_RH_OWNER, &pub);
	EVICT(VTPM_RH_OWNER, clear, first, H2(ATTRIBUTES), "one with stClear");
	EVICT(VTPM_RH_OWNER, owner, first + 1, 0, "make persistent");
	EVICT(VTPM_RH_OWNER, owner, first + 1, VTPM_RC_NV_DEFINED, "to a handle that is taken");
	tap_ok(!tpm_name(t, first + 1, &persistent) && blob_equal(&transient, &persistent),
	       "evict: the persistent object is the same");
	EVICT(VTPM_RH_OWNER, first + 1, first + 2, H2(HANDLE), "remove under another handle");
	EVICT(VTPM_RH_OWNER, first + 1, first + 1, 0, "remove");
	EVICT(VTPM_RH_OWNER, first + 1, first + 1, H2(HANDLE), "remove it again");
	EVICT(VTPM_RH_OWNER, owner, first + 1, 0, "make persistent again");
	EVICT(VTPM_RH_PLATFORM, first + 1, first + 1, 0, "removed by the platform");
	EVICT(VTPM_RH_PLATFORM, platform, platform_first, 0, "one of the platform");
	EVICT(VTPM_RH_OWNER, platform_first, platform_first, H2(HIERARCHY),
	      "the platform's cannot be removed by the owner");
	EVICT(VTPM_RH_PLATFORM, platform_first, platform_first, 0, "but by the platform");
	ek = tpm_primary(t, VTPM_RH_ENDORSEMENT, &ek_pub);
	EVICT(VTPM_RH_OWNER, ek, first, 0, "one of the endorsement hierarchy");
	t->tpm->hierarchy[VTPM_ENDORSEMENT].enabled = false;
	tap_ok(tpm_name(t, first, &persistent) == H1(HANDLE), "evict: it is disabled with that");
	EVICT(VTPM_RH_OWNER, first, first, 0, "but can be removed");
	t->tpm->hierarchy[VTPM_ENDORSEMENT].enabled = true;
	tpm_flush(t, ek);
	for (i = 0; i < VTPM_PERSISTENT_OBJECTS; i++)
		if (evict(t, VTPM_RH_OWNER, owner, first + i))
			break;
	tap_ok(i == VTPM_PERSISTENT_OBJECTS, "evict: as many as there can be");
	EVICT(VTPM_RH_OWNER, owner, first + i, VTPM_RC_NV_SPACE, "and no more");
	tpm_flush(t, owner);
	tpm_flush(t, platform);
	tpm_flush(t, null);
	tpm_flush(t, clear);
}

/* a key generation that is given up has made nothing */
static void test_interrupted(struct tpm *t)
{
	struct vtpm_public pub = tpm_rsa(FIXED | ORIGIN | SIGN, NONE);

	t->env.interrupted = true;
	tap_ok(!tpm_primary(t, VTPM_RH_OWNER, &pub) && t->rc == VTPM_RC_CANCELED,
	       "interrupted: the command is canceled");
	t->env.interrupted = false;
	tap_ok(tpm_flush(t, VTPM_TRANSIENT_FIRST) == P1(HANDLE), "interrupted: nothing is loaded");
}

int main(void)
{
	struct vtpm_public ecc = tpm_storage();
	struct vtpm_public rsa = tpm_rsa(FIXED | ORIGIN | STORAGE, NONE);
	static struct tpm tpm;

	tpm_create(&tpm, 1);
	test_primary(&tpm, &ecc, "ECC");
	test_primary(&tpm, &rsa, "RSA");
	test_unique(&tpm);
	test_load(&tpm);
	test_seal(&tpm);
	test_create_loaded(&tpm);
	test_slots(&tpm);
	test_evict(&tpm);
	test_interrupted(&tpm);
	test_clear(&tpm);
	tpm_destroy(&tpm);
	return tap_done();
}

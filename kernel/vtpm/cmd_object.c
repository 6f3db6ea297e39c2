// SPDX-License-Identifier: GPL-2.0
/*
 * Making, loading and reading objects: TPM 2.0 Library Part 3, sections 12 and
 * 24.1.
 */
#include "vtpm_internal.h"

/**
 * struct create - what making an object takes beside the object
 * @sensitive: inSensitive
 * @outside: outsideInfo
 * @pcrs: creationPCR
 * @rng: where the key material comes from
 * @template: Name of the template; part of what a primary key is derived from
 * @creation_hash: digest of the creation data
 * @ticket: creation ticket
 */
struct create {
	struct vtpm_sensitive_create sensitive;
	struct vtpm_name outside;
	struct vtpm_selection pcrs;
	struct vtpm_rng rng;
	struct vtpm_name template;
	struct vtpm_digest creation_hash;
	struct vtpm_ticket ticket;
};

/* an authValue is not longer than a digest of nameAlg */
static bool auth_fits(struct vtpm_digest *auth, u16 name_alg)
{
	vtpm_trim_auth(auth);
	return name_alg == VTPM_ALG_NULL || auth->size <= vtpm_digest_size(name_alg);
}

/* where a new object belongs: under @parent, or else at the top of @hierarchy */
static void place(struct vtpm_object *object, const struct vtpm_object *parent, u32 hierarchy)
{
	object->primary = !parent;
	object->hierarchy = parent ? parent->hierarchy : hierarchy;
	object->st_clear = object->pub.attrs & VTPMA_OBJECT_ST_CLEAR ||
			   (parent && parent->st_clear);
}

static void qualify(struct vtpm *tpm, struct vtpm_object *object, const struct vtpm_object *parent)
{
	struct vtpm_name handle = { .size = sizeof(object->hierarchy) };

	put_unaligned_be32(object->hierarchy, handle.data);
	vtpm_object_qualify(tpm, object, parent ? &parent->qualified : &handle);
}

/* give @object a handle; it belongs to the space from then on */
static u32 load(struct vtpm_cmd *c, struct vtpm_object *object)
{
	u32 rc = vtpm_space_add(c->space, object);

	c->response_handle = object->handle;
	return rc;
}

/* run what fills a new object; the object stays only if that succeeds */
static u32 with_object(struct vtpm_cmd *c, u32 (*fill)(struct vtpm_cmd *, struct vtpm_object *))
{
	struct vtpm_object *object = vtpm_object_alloc();
	u32 rc;

	if (!object)
		return VTPM_RC_MEMORY;
	rc = fill(c, object);
	if (rc)
		vtpm_object_free(object);
	return rc;
}

/* --- creation ------------------------------------------------------------------ */

static u32 get_create(struct vtpm_cmd *c, struct create *in, struct vtpm_public *pub)
{
	vtpm_get_sensitive_create(vtpm_param(c), &in->sensitive);
	vtpm_get_sized_public(vtpm_param(c), pub, VTPM_NO_NULL);
	vtpm_get_data(vtpm_param(c), &in->outside);
	vtpm_get_selection(vtpm_param(c), &in->pcrs);
	return vtpm_params_end(c);
}

/* A primary key is a function of the seed, the template and the caller's data. */
static void seed_primary(struct vtpm *tpm, struct vtpm_object *object, struct create *in)
{
	const struct vtpm_hierarchy *h = vtpm_object_hierarchy(tpm, object);

	vtpm_object_name(tpm, &object->pub, &in->template);
	vtpm_rng_seed(tpm, &in->rng, h->seed, sizeof(h->seed), "PRIMARY", &in->template,
		      in->sensitive.data, in->sensitive.size);
}

static u32 make(struct vtpm *tpm, struct vtpm_object *object, struct create *in,
		const struct vtpm_object *parent, u32 hierarchy)
{
	u32 rc;

	place(object, parent, hierarchy);
	if (parent)
		vtpm_rng_random(tpm, &in->rng);
	else
		seed_primary(tpm, object, in);
	rc = vtpm_object_create(tpm, &in->rng, object, &in->sensitive);
	if (!rc)
		qualify(tpm, object, parent);
	return rc;
}

/* outPublic and how the object came about */
static u32 put_creation(struct vtpm_cmd *c, const struct vtpm_object *object, struct create *in,
			const struct vtpm_object *parent)
{
	u32 rc;

	vtpm_put_sized_public(&c->out, &object->pub);
	rc = vtpm_creation_data(c->tpm, object, parent, &in->outside, &in->pcrs, &c->out,
				&in->creation_hash);
	if (rc)
		return rc;
	vtpm_ticket_creation(c->tpm, object->hierarchy, &object->name, &in->creation_hash,
			     &in->ticket);
	vtpm_put_digest(&c->out, &in->creation_hash);
	vtpm_put_ticket(&c->out, &in->ticket);
	return 0;
}

static u32 create_primary(struct vtpm_cmd *c, struct vtpm_object *object)
{
	struct create *in = vtpm_tmp(c, sizeof(*in));
	u32 rc;

	if (!in)
		return VTPM_RC_MEMORY;
	rc = get_create(c, in, &object->pub);
	if (rc)
		return rc;
	if (!vtpm_space_has_slot(c->space))
		return VTPM_RC_OBJECT_MEMORY;
	rc = vtpm_check_template(&object->pub, NULL, in->sensitive.size);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(2));
	if (!auth_fits(&in->sensitive.auth, object->pub.name_alg))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	rc = make(c->tpm, object, in, NULL, c->entity[0].handle);
	if (rc)
		return rc;
	rc = put_creation(c, object, in, NULL);
	if (rc)
		return rc;
	vtpm_put_name(&c->out, &object->name);
	return load(c, object);
}

/** vtpm_cmd_create_primary() - TPM2_CreatePrimary */
u32 vtpm_cmd_create_primary(struct vtpm_cmd *c)
{
	return with_object(c, create_primary);
}

/** vtpm_cmd_create() - TPM2_Create: a new object, wrapped but not loaded */
u32 vtpm_cmd_create(struct vtpm_cmd *c)
{
	const struct vtpm_object *parent = c->entity[0].object;
	struct vtpm_object *object = vtpm_tmp(c, sizeof(*object));
	struct create *in = vtpm_tmp(c, sizeof(*in));
	u32 rc;

	if (!object || !in)
		return VTPM_RC_MEMORY;
	rc = get_create(c, in, &object->pub);
	if (rc)
		return rc;
	if (!vtpm_object_is_parent(parent))
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (!vtpm_space_has_slot(c->space))
		return VTPM_RC_OBJECT_MEMORY;
	rc = vtpm_check_template(&object->pub, parent, in->sensitive.size);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(2));
	if (!auth_fits(&in->sensitive.auth, object->pub.name_alg))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	rc = make(c->tpm, object, in, parent, 0);
	if (rc)
		return rc;
	rc = vtpm_wrap_private(c, object, parent);
	return rc ? rc : put_creation(c, object, in, parent);
}

/* TPM2B_TEMPLATE: a TPMT_PUBLIC that is looked at when the parent is known */
static u32 parse_template(const struct vtpm_blob *blob, struct vtpm_public *pub)
{
	struct vtpm_reader r;

	vtpm_reader_init(&r, blob->data, blob->size, VTPM_RC_P(2));
	vtpm_get_public(&r, pub, VTPM_NO_NULL);
	if (!r.rc && buf_left(&r.buf))
		return VTPM_RC_SIZE + VTPM_RC_P(2);
	return r.rc;
}

static u32 create_loaded(struct vtpm_cmd *c, struct vtpm_object *object)
{
	const struct vtpm_object *parent = c->entity[0].object;
	struct create *in = vtpm_tmp(c, sizeof(*in));
	struct vtpm_blob template;
	u32 rc;

	if (!in)
		return VTPM_RC_MEMORY;
	vtpm_get_sensitive_create(vtpm_param(c), &in->sensitive);
	vtpm_get_blob(vtpm_param(c), VTPM_MAX_COMMAND, &template);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (parent && !vtpm_object_is_parent(parent))
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (!vtpm_space_has_slot(c->space))
		return VTPM_RC_OBJECT_MEMORY;
	rc = parse_template(&template, &object->pub);
	if (rc)
		return rc;
	if (!auth_fits(&in->sensitive.auth, object->pub.name_alg))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	rc = vtpm_check_template(&object->pub, parent, in->sensitive.size);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(2));
	rc = make(c->tpm, object, in, parent, c->entity[0].handle);
	if (rc)
		return rc;
	if (parent)
		rc = vtpm_wrap_private(c, object, parent);
	else
		vtpm_put_2b(&c->out, NULL, 0);
	if (rc)
		return rc;
	vtpm_put_sized_public(&c->out, &object->pub);
	vtpm_put_name(&c->out, &object->name);
	return load(c, object);
}

/** vtpm_cmd_create_loaded() - TPM2_CreateLoaded */
u32 vtpm_cmd_create_loaded(struct vtpm_cmd *c)
{
	return with_object(c, create_loaded);
}

/* --- loading -------------------------------------------------------------------- */

/* whoever has wrapped an RSA key, its second prime is what the first one leaves */
static u32 check_primes(struct vtpm *tpm, const struct vtpm_object *object)
{
	if (object->pub.type != VTPM_ALG_RSA || object->public_only)
		return 0;
	return vtpm_rsa_check(tpm, &object->pub, &object->sensitive);
}

static u32 load_private(struct vtpm_cmd *c, struct vtpm_object *object)
{
	const struct vtpm_object *parent = c->entity[0].object;
	struct vtpm_blob private;
	u32 rc;

	vtpm_get_blob(vtpm_param(c), VTPM_MAX_PRIVATE, &private);
	vtpm_get_sized_public(vtpm_param(c), &object->pub, VTPM_NO_NULL);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!vtpm_space_has_slot(c->space))
		return VTPM_RC_OBJECT_MEMORY;
	if (!private.size)
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	if (!vtpm_object_is_parent(parent))
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	vtpm_object_name(c->tpm, &object->pub, &object->name);
	rc = vtpm_unwrap_private(c, &private, parent, object);
	if (rc)
		return vtpm_rc_at(rc, VTPM_RC_P(1));
	rc = vtpm_check_load(c->tpm, &object->pub, &object->sensitive, parent, VTPM_RC_P(2),
			     VTPM_RC_P(1));
	if (!rc)
		rc = check_primes(c->tpm, object);
	if (rc)
		return rc;
	place(object, parent, 0);
	qualify(c->tpm, object, parent);
	vtpm_put_name(&c->out, &object->name);
	return load(c, object);
}

/** vtpm_cmd_load() - TPM2_Load */
u32 vtpm_cmd_load(struct vtpm_cmd *c)
{
	return with_object(c, load_private);
}

/* A key that others know as well must not look like one of this TPM. */
static u32 check_external(const struct vtpm_object *object)
{
	const u32 ours = VTPMA_OBJECT_FIXED_TPM | VTPMA_OBJECT_FIXED_PARENT |
			 VTPMA_OBJECT_RESTRICTED;

	if (object->hierarchy != VTPM_RH_NULL)
		return VTPM_RC_HIERARCHY + VTPM_RC_P(3);
	if (object->pub.attrs & ours)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_P(2);
	return 0;
}

static u32 load_external(struct vtpm_cmd *c, struct vtpm_object *object)
{
	u32 hierarchy, rc;
	bool private;

	vtpm_get_sized_sensitive(vtpm_param(c), &object->sensitive);
	vtpm_get_sized_public(vtpm_param(c), &object->pub, VTPM_NULL_OK);
	hierarchy = vtpm_get_hierarchy(vtpm_param(c));
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (!vtpm_space_has_slot(c->space))
		return VTPM_RC_OBJECT_MEMORY;
	if (!vtpm_hierarchy(c->tpm, hierarchy)->enabled)
		return VTPM_RC_HIERARCHY + VTPM_RC_P(3);
	private = object->sensitive.type;
	place(object, NULL, hierarchy);
	object->primary = false;
	object->external = true;
	object->public_only = !private;
	rc = private ? check_external(object) : 0;
	if (rc)
		return rc;
	vtpm_object_name(c->tpm, &object->pub, &object->name);
	object->qualified = object->name;
	rc = vtpm_check_load(c->tpm, &object->pub, private ? &object->sensitive : NULL, NULL,
			     VTPM_RC_P(2), VTPM_RC_P(1));
	if (!rc)
		rc = check_primes(c->tpm, object);
	if (rc)
		return rc;
	vtpm_put_name(&c->out, &object->name);
	return load(c, object);
}

/** vtpm_cmd_load_external() - TPM2_LoadExternal */
u32 vtpm_cmd_load_external(struct vtpm_cmd *c)
{
	return with_object(c, load_external);
}

/* --- reading -------------------------------------------------------------------- */

/** vtpm_cmd_read_public() - TPM2_ReadPublic */
u32 vtpm_cmd_read_public(struct vtpm_cmd *c)
{
	const struct vtpm_object *object = c->entity[0].object;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (VTPM_OBJECT_IS_SEQUENCE(object))
		return VTPM_RC_SEQUENCE;
	vtpm_put_sized_public(&c->out, &object->pub);
	vtpm_put_name(&c->out, &object->name);
	vtpm_put_name(&c->out, &object->qualified);
	return 0;
}

/** vtpm_cmd_unseal() - TPM2_Unseal */
u32 vtpm_cmd_unseal(struct vtpm_cmd *c)
{
	const u32 key = VTPMA_OBJECT_DECRYPT | VTPMA_OBJECT_SIGN | VTPMA_OBJECT_RESTRICTED;
	const struct vtpm_object *object = c->entity[0].object;
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (object->pub.type != VTPM_ALG_KEYEDHASH)
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (object->pub.attrs & key)
		return VTPM_RC_ATTRIBUTES + VTPM_RC_H(1);
	vtpm_put_2b(&c->out, object->sensitive.data, object->sensitive.size);
	return 0;
}

static bool same_name(const struct vtpm_name *a, const struct vtpm_name *b)
{
	return a->size == b->size && !memcmp(a->data, b->data, a->size);
}

/**
 * vtpm_cmd_object_change_auth() - TPM2_ObjectChangeAuth
 * @c: the command
 *
 * The loaded object keeps its authValue; the caller gets a private area with the
 * new one.
 */
u32 vtpm_cmd_object_change_auth(struct vtpm_cmd *c)
{
	const struct vtpm_object *object = c->entity[0].object, *parent = c->entity[1].object;
	struct vtpm_object *copy = vtpm_tmp(c, sizeof(*copy));
	struct vtpm_digest auth;
	u32 rc;

	if (!copy)
		return VTPM_RC_MEMORY;
	vtpm_get_digest(vtpm_param(c), &auth);
	rc = vtpm_params_end(c);
	if (rc)
		return rc;
	if (VTPM_OBJECT_IS_SEQUENCE(object))
		return VTPM_RC_TYPE + VTPM_RC_H(1);
	if (!auth_fits(&auth, object->pub.name_alg))
		return VTPM_RC_SIZE + VTPM_RC_P(1);
	*copy = *object;
	copy->sensitive.auth = auth;
	memzero_explicit(&auth, sizeof(auth));
	/* the qualified Name tells whose child it is */
	vtpm_object_qualify(c->tpm, copy, &parent->qualified);
	if (!same_name(&copy->qualified, &object->qualified))
		return VTPM_RC_TYPE + VTPM_RC_H(2);
	return vtpm_wrap_private(c, copy, parent);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Objects and where they are: transient ones in the slots of a space, persistent
 * ones in the vTPM's list.
 */
#include "vtpm_internal.h"

/** vtpm_object_alloc() - an empty object; NULL: no memory */
struct vtpm_object *vtpm_object_alloc(void)
{
	return port_alloc(sizeof(struct vtpm_object));
}

/** vtpm_object_free() - zero and free an object and its sequence; NULL is fine */
void vtpm_object_free(struct vtpm_object *object)
{
	if (!object)
		return;
	vtpm_sequence_free(object->sequence);
	port_free_sensitive(object, sizeof(*object));
}

/** vtpm_sequence_alloc() - a sequence of @hashes digests; NULL: no memory */
struct vtpm_sequence *vtpm_sequence_alloc(unsigned int hashes)
{
	struct vtpm_sequence *sequence;

	sequence = port_alloc(sizeof(*sequence) + hashes * sizeof(sequence->hash[0]));
	if (sequence)
		sequence->count = hashes;
	return sequence;
}

/** vtpm_sequence_free() - zero and free a sequence; NULL is fine */
void vtpm_sequence_free(struct vtpm_sequence *sequence)
{
	if (sequence)
		port_free_sensitive(sequence, sizeof(*sequence) +
				    sequence->count * sizeof(sequence->hash[0]));
}

/* --- transient ------------------------------------------------------------------ */

/** vtpm_space_has_slot() - is there room for one more object? */
bool vtpm_space_has_slot(const struct vtpm_space *space)
{
	unsigned int i;

	for (i = 0; i < VTPM_SPACE_OBJECTS; i++)
		if (!space->objects[i])
			return true;
	return false;
}

/**
 * vtpm_space_add() - give an object the lowest free transient handle
 * @space: the caller's
 * @object: the object; belongs to the space if this succeeds
 *
 * Return: 0 or TPM_RC_OBJECT_MEMORY.
 */
u32 vtpm_space_add(struct vtpm_space *space, struct vtpm_object *object)
{
	unsigned int i;

	for (i = 0; i < VTPM_SPACE_OBJECTS; i++)
		if (!space->objects[i]) {
			object->handle = VTPM_TRANSIENT_FIRST + i;
			space->objects[i] = object;
			return 0;
		}
	return VTPM_RC_OBJECT_MEMORY;
}

/** vtpm_space_find() - transient object of a handle, any number; NULL: none */
struct vtpm_object *vtpm_space_find(const struct vtpm_space *space, u32 handle)
{
	u32 nr = handle - VTPM_TRANSIENT_FIRST;

	return nr < VTPM_SPACE_OBJECTS ? space->objects[nr] : NULL;
}

/** vtpm_space_flush() - free a transient object of @space */
void vtpm_space_flush(struct vtpm_space *space, struct vtpm_object *object)
{
	space->objects[object->handle - VTPM_TRANSIENT_FIRST] = NULL;
	vtpm_object_free(object);
}

/* --- persistent ------------------------------------------------------------------ */

/** vtpm_persistent_find() - persistent object of a handle, any number; NULL: none */
struct vtpm_object *vtpm_persistent_find(const struct vtpm *tpm, u32 handle)
{
	struct vtpm_object *object;

	for (object = tpm->persistent; object; object = object->next)
		if (object->handle == handle)
			return object;
	return NULL;
}

/**
 * vtpm_persistent_add() - make a copy of an object persistent
 * @tpm: the vTPM
 * @object: no sequence
 * @handle: a free persistent handle
 *
 * Return: 0, TPM_RC_NV_SPACE or TPM_RC_MEMORY.
 */
u32 vtpm_persistent_add(struct vtpm *tpm, const struct vtpm_object *object, u32 handle)
{
	struct vtpm_object *copy, **at;

	if (tpm->nr_persistent == VTPM_PERSISTENT_OBJECTS)
		return VTPM_RC_NV_SPACE;
	copy = vtpm_object_alloc();
	if (!copy)
		return VTPM_RC_MEMORY;
	*copy = *object;
	copy->handle = handle;
	for (at = &tpm->persistent; *at && (*at)->handle < handle; at = &(*at)->next)
		;
	copy->next = *at;
	*at = copy;
	tpm->nr_persistent++;
	return 0;
}

/** vtpm_persistent_remove() - free a persistent object */
void vtpm_persistent_remove(struct vtpm *tpm, struct vtpm_object *object)
{
	struct vtpm_object **at;

	for (at = &tpm->persistent; *at; at = &(*at)->next)
		if (*at == object) {
			*at = object->next;
			tpm->nr_persistent--;
			vtpm_object_free(object);
			return;
		}
}

/** vtpm_objects_flush_hierarchy() - free every transient object of a hierarchy */
void vtpm_objects_flush_hierarchy(struct vtpm *tpm, u32 hierarchy)
{
	struct vtpm_space *space;
	unsigned int i;

	for (space = tpm->spaces; space; space = space->next)
		for (i = 0; i < VTPM_SPACE_OBJECTS; i++)
			if (space->objects[i] && space->objects[i]->hierarchy == hierarchy)
				vtpm_space_flush(space, space->objects[i]);
}

/* --- Names ------------------------------------------------------------------------ */

/* of a TPMT_PUBLIC: an RSA-2048 key has 2 + 2 + 4 + 66 + 16 + 258 bytes */
#define PUBLIC_MAX	384

/* nameAlg || digest */
static void put_name(u16 alg, const struct vtpm_digest *digest, struct vtpm_name *name)
{
	put_unaligned_be16(alg, name->data);
	memcpy(name->data + 2, digest->data, digest->size);
	name->size = 2 + digest->size;
}

/**
 * vtpm_object_name() - Name of a public area: Part 1, section 16
 * @tpm: the vTPM
 * @pub: public area
 * @name: result; empty if the area has no nameAlg
 */
void vtpm_object_name(struct vtpm *tpm, const struct vtpm_public *pub, struct vtpm_name *name)
{
	u8 canonical[PUBLIC_MAX];
	struct vtpm_digest digest;
	struct buf_writer w;

	memset(name, 0, sizeof(*name));
	if (pub->name_alg == VTPM_ALG_NULL)
		return;
	buf_writer_init(&w, canonical, sizeof(canonical));
	vtpm_put_public(&w, pub);
	vtpm_digest(tpm, pub->name_alg, canonical, w.len, &digest);
	put_name(pub->name_alg, &digest, name);
}

/**
 * vtpm_object_qualify() - qualified Name: Part 1, section 26.5
 * @tpm: the vTPM
 * @object: its @name is right; gets @qualified
 * @parent_qualified: qualified Name of its parent, or a hierarchy's handle
 */
void vtpm_object_qualify(struct vtpm *tpm, struct vtpm_object *object,
			 const struct vtpm_name *parent_qualified)
{
	struct vtpm_digest digest;
	struct vtpm_hash h;

	vtpm_hash_start(tpm, &h, object->pub.name_alg);
	vtpm_hash_name(&h, parent_qualified);
	vtpm_hash_name(&h, &object->name);
	vtpm_hash_final(&h, &digest);
	put_name(object->pub.name_alg, &digest, &object->qualified);
}

/**
 * vtpm_object_is_parent() - can other objects be wrapped under it?
 * @object: any object
 *
 * Not one that has come through LoadExternal: that is restricted, or has its
 * sensitive area, but not both.
 */
bool vtpm_object_is_parent(const struct vtpm_object *object)
{
	const u32 storage = VTPMA_OBJECT_RESTRICTED | VTPMA_OBJECT_DECRYPT;

	return object->kind == VTPM_KEY && !object->public_only &&
	       (object->pub.attrs & storage) == storage &&
	       object->pub.type != VTPM_ALG_KEYEDHASH;
}

/** vtpm_object_signs() - may its key sign?  That of a cipher encrypts instead. */
bool vtpm_object_signs(const struct vtpm_object *object)
{
	return object->pub.attrs & VTPMA_OBJECT_SIGN && object->pub.type != VTPM_ALG_SYMCIPHER;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What the assertions of a policy have in common: TPM 2.0 Library Part 1,
 * section 19.7, and Part 3, section 23.2.
 *
 * Every assertion extends the policy digest of its session; most also leave
 * something in struct vtpm_policy that vtpm_policy_check() looks at when the
 * session is used.  A trial session only computes the digest.
 */
#include "vtpm_internal.h"

/**
 * vtpm_policy_begin() - begin a new policy digest: H(old || command || ...)
 * @tpm: the vTPM
 * @session: policy session
 * @command: VTPM_CC_* of the assertion
 * @h: to be ended into the session's digest
 */
void vtpm_policy_begin(struct vtpm *tpm, const struct vtpm_session *session, u32 command,
		       struct vtpm_hash *h)
{
	vtpm_hash_start(tpm, h, session->hash);
	vtpm_hash_digest(h, &session->digest);
	vtpm_hash_u32(h, command);
}

/**
 * vtpm_policy_extend() - the new policy digest is H(old || command || data)
 * @tpm: the vTPM
 * @session: policy session
 * @command: VTPM_CC_* of the assertion
 * @data: what it asserts; NULL if that is all
 * @len: bytes of @data
 */
void vtpm_policy_extend(struct vtpm *tpm, struct vtpm_session *session, u32 command,
			const void *data, size_t len)
{
	struct vtpm_hash h;

	vtpm_policy_begin(tpm, session, command, &h);
	vtpm_hash_update(&h, data, len);
	vtpm_hash_final(&h, &session->digest);
}

/**
 * vtpm_policy_update() - an entity has authorized: PolicyUpdate() of Part 3
 * @tpm: the vTPM
 * @session: policy session
 * @command: VTPM_CC_* of the assertion
 * @name: Name of the entity
 * @policy_ref: policyRef, also when it is empty
 */
void vtpm_policy_update(struct vtpm *tpm, struct vtpm_session *session, u32 command,
			const struct vtpm_name *name, const struct vtpm_name *policy_ref)
{
	struct vtpm_hash h;

	vtpm_policy_extend(tpm, session, command, name->data, name->size);
	vtpm_hash_start(tpm, &h, session->hash);
	vtpm_hash_digest(&h, &session->digest);
	vtpm_hash_name(&h, policy_ref);
	vtpm_hash_final(&h, &session->digest);
}

/** vtpm_policy_zero() - the policy digest begins anew; what was asserted stays */
void vtpm_policy_zero(struct vtpm_session *session)
{
	memset(session->digest.data, 0, sizeof(session->digest.data));
}

/* --- cpHash, nameHash, templateHash: a session has one of them -------------------- */

/**
 * vtpm_policy_set_hash() - the session is good for one cpHash, nameHash, template
 * @session: policy session
 * @kind: enum vtpm_policy_hash
 * @hash: the digest
 */
void vtpm_policy_set_hash(struct vtpm_session *session, u8 kind, const struct vtpm_digest *hash)
{
	session->policy.hash_kind = kind;
	session->policy.hash = *hash;
}

/* --- time ---------------------------------------------------------------------------- */

/**
 * vtpm_policy_timeout() - when an authorization expires
 * @tpm: the vTPM
 * @session: policy session
 * @expiration: as the caller has it: seconds, the sign means something else
 * @nonce: nonceTPM, or empty: the seconds are not from the start of the session
 *         but absolute
 *
 * Return: ms of the vTPM's time; 0: never.
 */
u64 vtpm_policy_timeout(const struct vtpm *tpm, const struct vtpm_session *session, s32 expiration,
			const struct vtpm_digest *nonce)
{
	s64 seconds = expiration;
	u64 ms = 1000 * (u64)(seconds < 0 ? -seconds : seconds);

	if (!seconds)
		return 0;
	/* absolute ones are never early */
	return ms + (nonce->size ? session->started : tpm->clock.time % 1000);
}

/** vtpm_policy_limit_time() - the earliest of all timeouts counts; 0 is none */
void vtpm_policy_limit_time(struct vtpm_session *session, u64 timeout)
{
	struct vtpm_policy *policy = &session->policy;

	if (!timeout)
		return;
	if (!policy->timeout || policy->timeout > timeout)
		policy->timeout = timeout;
	policy->epoch = session->epoch;
}

/* --- conditions: PolicyNV, PolicyCounterTimer ------------------------------------------- */

#define LESS	BIT(0)
#define EQUAL	BIT(1)
#define GREATER	BIT(2)

static const struct {
	bool is_signed;
	u8 holds;
} comparisons[] = {
	[VTPM_EO_EQ] = { false, EQUAL },
	[VTPM_EO_NEQ] = { false, LESS | GREATER },
	[VTPM_EO_SIGNED_GT] = { true, GREATER },
	[VTPM_EO_UNSIGNED_GT] = { false, GREATER },
	[VTPM_EO_SIGNED_LT] = { true, LESS },
	[VTPM_EO_UNSIGNED_LT] = { false, LESS },
	[VTPM_EO_SIGNED_GE] = { true, GREATER | EQUAL },
	[VTPM_EO_UNSIGNED_GE] = { false, GREATER | EQUAL },
	[VTPM_EO_SIGNED_LE] = { true, LESS | EQUAL },
	[VTPM_EO_UNSIGNED_LE] = { false, LESS | EQUAL },
};

/* big-endian numbers of one size, in two's complement if signed */
static u8 compare(const u8 *a, const u8 *b, size_t size, bool is_signed)
{
	int diff = size ? memcmp(a, b, size) : 0;

	if (size && is_signed && (a[0] ^ b[0]) & 0x80)
		diff = a[0] & 0x80 ? -1 : 1;
	if (!diff)
		return EQUAL;
	return diff < 0 ? LESS : GREATER;
}

/* are all bits of @b set in @a? or none of them? */
static bool bits_hold(u16 operation, const u8 *a, const u8 *b, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if ((a[i] & b[i]) != (operation == VTPM_EO_BITSET ? b[i] : 0))
			return false;
	return true;
}

/**
 * vtpm_policy_holds() - does "@a operation @b" hold?
 * @operation: VTPM_EO_*
 * @a: operand
 * @b: operand
 * @size: bytes of each
 */
bool vtpm_policy_holds(u16 operation, const u8 *a, const u8 *b, size_t size)
{
	if (operation >= ARRAY_SIZE(comparisons))
		return bits_hold(operation, a, b, size);
	return compare(a, b, size, comparisons[operation].is_signed) & comparisons[operation].holds;
}

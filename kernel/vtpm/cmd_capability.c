// SPDX-License-Identifier: GPL-2.0
/*
 * Capabilities: TPM 2.0 Library Part 3, section 30.
 *
 * Each capability but TPM_CAP_PCRS is an ascending list of entries with a
 * number: a caller names the first number it wants and how many entries.
 */
#include "vtpm_internal.h"

/**
 * struct capability - one TPM_CAP
 * @cap: VTPM_CAP_*
 * @max: entries of one response
 * @range: bits of the number that are the same in all entries of a list
 * @check: may the caller begin with this number?  NULL: with any
 * @next: first entry from *@nr on, whose number *@nr becomes; false: no more
 * @put: put an entry that @next has found
 */
struct capability {
	u32 cap;
	u32 max;
	u32 range;
	u32 (*check)(u32 nr);
	bool (*next)(const struct vtpm_cmd *c, u32 *nr);
	void (*put)(struct vtpm_cmd *c, u32 nr);
};

/* what is left of the buffer for entries of a size, counted as libtpms' C structures */
#define FITS(size)	((VTPM_CAP_BUFFER - 8) / (size))

/* --- algorithms, curves --------------------------------------------------------------- */

static bool next_alg(const struct vtpm_cmd *c, u32 *nr)
{
	u32 attrs;

	return vtpm_algorithm(nr, &attrs);
}

static void put_alg(struct vtpm_cmd *c, u32 nr)
{
	u32 attrs;

	if (!vtpm_algorithm(&nr, &attrs))
		return;
	buf_put_be16(&c->out, nr);
	buf_put_be32(&c->out, attrs);
}

static bool next_curve(const struct vtpm_cmd *c, u32 *nr)
{
	for (; *nr <= VTPM_ECC_NIST_P384; ++*nr)
		if (vtpm_curve(*nr))
			return true;
	return false;
}

static void put_u16(struct vtpm_cmd *c, u32 nr)
{
	buf_put_be16(&c->out, nr);
}

/* --- handles ----------------------------------------------------------------------------- */

static u32 check_handle(u32 nr)
{
	switch (VTPM_HT(nr)) {
	case VTPM_HT_PCR:
	case VTPM_HT_NV_INDEX:
	case VTPM_HT_LOADED_SESSION:
	case VTPM_HT_SAVED_SESSION:
	case VTPM_HT_PERMANENT:
	case VTPM_HT_TRANSIENT:
	case VTPM_HT_PERSISTENT:
		return 0;
	}
	return VTPM_RC_HANDLE + VTPM_RC_P(2);
}

/* sessions are found by the number of their slot, whatever their type */
static bool next_session(const struct vtpm_cmd *c, u32 *nr, bool saved)
{
	const struct vtpm_session_slot *slots = c->tpm->slots;
	u32 type = *nr & 0xff000000, i;

	for (i = *nr & 0xffffff; i < VTPM_ACTIVE_SESSIONS; i++)
		if (saved ? !!slots[i].saved : slots[i].loaded && slots[i].loaded->space == c->space) {
			*nr = type | i;
			return true;
		}
	return false;
}

static bool next_transient(const struct vtpm_cmd *c, u32 *nr)
{
	u32 i;

	for (i = *nr - VTPM_TRANSIENT_FIRST; i < VTPM_SPACE_OBJECTS; i++)
		if (c->space->objects[i]) {
			*nr = VTPM_TRANSIENT_FIRST + i;
			return true;
		}
	return false;
}

static bool next_persistent(const struct vtpm_cmd *c, u32 *nr)
{
	const struct vtpm_object *object = c->tpm->persistent;

	while (object && object->handle < *nr)
		object = object->next;
	if (object)
		*nr = object->handle;
	return object;
}

static bool next_nv(const struct vtpm_cmd *c, u32 *nr)
{
	const struct vtpm_nv *nv = c->tpm->nv;

	while (nv && nv->pub.index < *nr)
		nv = nv->next;
	if (nv)
		*nr = nv->pub.index;
	return nv;
}

static bool next_permanent(const struct vtpm_cmd *c, u32 *nr)
{
	static const u32 handles[] = {
		VTPM_RH_OWNER, VTPM_RH_NULL, VTPM_RS_PW, VTPM_RH_LOCKOUT, VTPM_RH_ENDORSEMENT,
		VTPM_RH_PLATFORM, VTPM_RH_PLATFORM_NV,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(handles); i++)
		if (handles[i] >= *nr) {
			*nr = handles[i];
			return true;
		}
	return false;
}

static bool next_handle(const struct vtpm_cmd *c, u32 *nr)
{
	switch (VTPM_HT(*nr)) {
	case VTPM_HT_PCR:
		return *nr < IMA_NS_PCRS;
	case VTPM_HT_NV_INDEX:
		return next_nv(c, nr);
	case VTPM_HT_LOADED_SESSION:
		return next_session(c, nr, false);
	case VTPM_HT_SAVED_SESSION:
		return next_session(c, nr, true);
	case VTPM_HT_PERMANENT:
		return next_permanent(c, nr);
	case VTPM_HT_TRANSIENT:
		return next_transient(c, nr);
	case VTPM_HT_PERSISTENT:
		return next_persistent(c, nr);
	}
	return false;
}

/* a loaded session with its own type, a saved one as an HMAC session: as libtpms has them */
static void put_handle(struct vtpm_cmd *c, u32 nr)
{
	if (VTPM_HT(nr) == VTPM_HT_LOADED_SESSION)
		nr = c->tpm->slots[nr & 0xffffff].loaded->handle;
	else if (VTPM_HT(nr) == VTPM_HT_SAVED_SESSION)
		nr = VTPM_HR(VTPM_HT_HMAC_SESSION, nr & 0xffffff);
	buf_put_be32(&c->out, nr);
}

/* --- commands ------------------------------------------------------------------------------ */

/* a row that exists and that @wanted, if any, says yes to */
static bool next_row(const struct vtpm_cmd *c, u32 *nr,
		     bool (*wanted)(const struct vtpm *tpm, const struct vtpm_command *row))
{
	unsigned int i;

	for (i = 0; i < vtpm_nr_commands; i++) {
		const struct vtpm_command *row = &vtpm_commands[i];

		if (row->code < *nr || !row->run || (wanted && !wanted(c->tpm, row)))
			continue;
		*nr = row->code;
		return true;
	}
	return false;
}

static bool is_presence(const struct vtpm *tpm, const struct vtpm_command *row)
{
	return row->flags & VTPM_C_PP;
}

static bool next_command(const struct vtpm_cmd *c, u32 *nr)
{
	return next_row(c, nr, NULL);
}

static bool next_presence_command(const struct vtpm_cmd *c, u32 *nr)
{
	return next_row(c, nr, is_presence);
}

static bool next_audit_command(const struct vtpm_cmd *c, u32 *nr)
{
	return next_row(c, nr, vtpm_command_audited);
}

static void put_command(struct vtpm_cmd *c, u32 nr)
{
	buf_put_be32(&c->out, vtpm_command_attrs(vtpm_command_find(nr)));
}

static void put_u32(struct vtpm_cmd *c, u32 nr)
{
	buf_put_be32(&c->out, nr);
}

/* --- properties ------------------------------------------------------------------------------ */

/* properties come in groups of 256; a list never goes on in the next one */
static bool next_property(const struct vtpm_cmd *c, u32 *nr)
{
	u32 from = max_t(u32, *nr, VTPM_PT_FIXED), i, value;

	for (i = from; i <= (from | 0xff); i++)
		if (vtpm_property(c->tpm, c->space, i, &value)) {
			*nr = i;
			return true;
		}
	return false;
}

static void put_property(struct vtpm_cmd *c, u32 nr)
{
	u32 value = 0;

	vtpm_property(c->tpm, c->space, nr, &value);
	buf_put_be32(&c->out, nr);
	buf_put_be32(&c->out, value);
}

/* of each locality what it can extend, then what it can reset */
static bool has_pcr_property(const struct vtpm_pcr_attrs *attrs, u32 property)
{
	u32 locality = (property - VTPM_PT_PCR_EXTEND_L0) / 2;

	switch (property) {
	case VTPM_PT_PCR_SAVE:
		return attrs->saved;
	case VTPM_PT_PCR_NO_INCREMENT:
		return !attrs->counted;
	case VTPM_PT_PCR_DRTM_RESET:
		return VTPM_PCR_DRTM(attrs);
	}
	return (property % 2 ? attrs->extend : attrs->reset) & BIT(locality);
}

static bool next_pcr_property(const struct vtpm_cmd *c, u32 *nr)
{
	if (*nr > VTPM_PT_PCR_RESET_L4 && *nr < VTPM_PT_PCR_NO_INCREMENT)
		*nr = VTPM_PT_PCR_NO_INCREMENT;
	return *nr <= VTPM_PT_PCR_DRTM_RESET;
}

static void put_pcr_property(struct vtpm_cmd *c, u32 nr)
{
	u8 map[VTPM_PCR_SELECT] = { };
	unsigned int pcr;

	for (pcr = 0; pcr < IMA_NS_PCRS; pcr++)
		if (has_pcr_property(vtpm_pcr_attrs(pcr), nr))
			map[pcr / 8] |= 1 << pcr % 8;
	buf_put_be32(&c->out, nr);
	buf_put_u8(&c->out, VTPM_PCR_SELECT);
	buf_put(&c->out, map, VTPM_PCR_SELECT);
}

/* --- policies of the hierarchies --------------------------------------------------------------- */

static u32 check_permanent(u32 nr)
{
	return VTPM_HT(nr) == VTPM_HT_PERMANENT ? 0 : VTPM_RC_VALUE + VTPM_RC_P(2);
}

/* the permanent handles that can have a policy */
static bool next_policy(const struct vtpm_cmd *c, u32 *nr)
{
	while (next_permanent(c, nr)) {
		if (*nr != VTPM_RH_NULL && vtpm_hierarchy(c->tpm, *nr))
			return true;
		++*nr;
	}
	return false;
}

static void put_policy(struct vtpm_cmd *c, u32 nr)
{
	const struct vtpm_hierarchy *h = vtpm_hierarchy(c->tpm, nr);

	buf_put_be32(&c->out, nr);
	buf_put_be16(&c->out, h->policy_alg);
	buf_put(&c->out, h->policy.data, h->policy.size);
}

/* --- TPM2_GetCapability ----------------------------------------------------------------------------- */

static const struct capability capabilities[] = {
	{ VTPM_CAP_ALGS, FITS(8), 0, NULL, next_alg, put_alg },
	{ VTPM_CAP_HANDLES, FITS(4), 0xff000000, check_handle, next_handle, put_handle },
	{ VTPM_CAP_COMMANDS, FITS(4), 0, NULL, next_command, put_command },
	{ VTPM_CAP_PP_COMMANDS, FITS(4), 0, NULL, next_presence_command, put_u32 },
	{ VTPM_CAP_AUDIT_COMMANDS, FITS(4), 0, NULL, next_audit_command, put_u32 },
	{ VTPM_CAP_TPM_PROPERTIES, FITS(8), 0, NULL, next_property, put_property },
	{ VTPM_CAP_PCR_PROPERTIES, FITS(8), 0, NULL, next_pcr_property, put_pcr_property },
	{ VTPM_CAP_ECC_CURVES, FITS(2), 0, NULL, next_curve, put_u16 },
	{ VTPM_CAP_AUTH_POLICIES, FITS(4 + 2 + 2 + VTPM_MAX_DIGEST), 0, check_permanent,
	  next_policy, put_policy },
};

static const struct capability *find_capability(u32 cap)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(capabilities); i++)
		if (capabilities[i].cap == cap)
			return &capabilities[i];
	return NULL;
}

static void begin(struct vtpm_cmd *c, u32 cap, bool more)
{
	buf_put_u8(&c->out, more);
	buf_put_be32(&c->out, cap);
}

/* all banks, whatever the count: clients rely on it */
static u32 put_banks(struct vtpm_cmd *c, u32 property, u32 count)
{
	const struct vtpm_pcr_layout *l = c->tpm->pcr_layout;
	struct vtpm_selection banks = { };

	if (property)
		return VTPM_RC_VALUE + VTPM_RC_P(2);
	for (; count && banks.count < l->nr_banks; banks.count++) {
		banks.bank[banks.count].hash = l->alg[banks.count];
		memset(banks.bank[banks.count].map, 0xff, VTPM_PCR_SELECT);
	}
	begin(c, VTPM_CAP_PCRS, !count);
	vtpm_put_selection(&c->out, &banks);
	return 0;
}

/* moreData and count are known when the list is, and go before it */
static u32 put_list(struct vtpm_cmd *c, const struct capability *cap, u32 nr, u32 count)
{
	size_t more = c->out.len, at;
	u32 n = 0, first = 0, rc;

	rc = cap->check ? cap->check(nr) : 0;
	if (rc)
		return rc;
	begin(c, cap->cap, false);
	at = c->out.len;
	buf_put_be32(&c->out, 0);
	while (cap->next(c, &nr)) {
		first = n ? first : nr;
		if ((nr ^ first) & cap->range)
			break;
		if (n == min(count, cap->max)) {
			c->out.data[more] = true;
			break;
		}
		cap->put(c, nr++);
		n++;
	}
	put_unaligned_be32(n, c->out.data + at);
	return 0;
}

/** vtpm_cmd_get_capability() - TPM2_GetCapability */
u32 vtpm_cmd_get_capability(struct vtpm_cmd *c)
{
	u32 cap = vtpm_get_u32(vtpm_param(c));
	u32 property = vtpm_get_u32(vtpm_param(c));
	u32 count = vtpm_get_u32(vtpm_param(c));
	const struct capability *found = find_capability(cap);
	u32 rc = vtpm_params_end(c);

	if (rc)
		return rc;
	if (cap == VTPM_CAP_PCRS)
		return put_banks(c, property, count);
	return found ? put_list(c, found, property, count) : VTPM_RC_VALUE + VTPM_RC_P(1);
}

/** vtpm_cmd_test_parms() - TPM2_TestParms: what can be read is supported */
u32 vtpm_cmd_test_parms(struct vtpm_cmd *c)
{
	struct vtpm_public pub;

	vtpm_get_parms(vtpm_param(c), &pub);
	return vtpm_params_end(c);
}

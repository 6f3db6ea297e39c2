/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A vTPM under test, and commands for it.
 *
 *	tpm_begin(t, VTPM_CC_UNSEAL, 1, handle);
 *	tpm_password(t, "secret");
 *	tpm_expect(t, 0, "unseal with the password");
 *	tpm_keep(t, &data);
 *
 * Handles come first, then the passwords, then the parameters, which are put
 * into t->w.  Whether they are right is what the test is about: nothing here
 * looks at them.
 */
#ifndef IMA_NS_TEST_TPM_H
#define IMA_NS_TEST_TPM_H

#include "vtpm/vtpm_internal.h"

#include "host_env.h"
#include "../tap.h"

/**
 * struct tpm - a TPM and the command that it gets
 * @tpm: the TPM
 * @space: the file that commands come through
 * @env: its environment, with the PCR banks SHA-1 and SHA-256
 * @code: command code
 * @auth: where the session area is in @cmd; 0: none yet
 * @w: writer to @cmd
 * @cmd: command
 * @rsp: response
 * @rc: its code
 * @handle: its handle
 * @out: reader of its parameters
 */
struct tpm {
	struct vtpm *tpm;
	struct vtpm_space *space;
	struct host_env env;
	u32 code;
	size_t auth;
	struct buf_writer w;
	u8 cmd[VTPM_MAX_COMMAND];
	u8 rsp[VTPM_MAX_RESPONSE];
	u32 rc;
	u32 handle;
	struct vtpm_reader out;
};

/** struct blob - a part of a response that is kept */
struct blob {
	size_t size;
	u8 data[2048];
};

void tpm_create(struct tpm *t, u64 seed);
void tpm_destroy(struct tpm *t);

void tpm_begin(struct tpm *t, u32 code, unsigned int handles, ...);
void tpm_password(struct tpm *t, const char *password);
void tpm_session(struct tpm *t, u32 session, const char *password);
void tpm_put_blob(struct tpm *t, const struct blob *b);
void tpm_put_create(struct tpm *t, const char *auth, const char *data,
		    const struct vtpm_public *pub);
u32 tpm_run(struct tpm *t);
void tpm_must(struct tpm *t);
void tpm_keep(struct tpm *t, struct blob *b);
void tpm_keep_rest(struct tpm *t, struct blob *b);
bool blob_equal(const struct blob *a, const struct blob *b);

u32 tpm_primary(struct tpm *t, u32 hierarchy, const struct vtpm_public *pub);
u32 tpm_make(struct tpm *t, u32 parent, const char *auth, const char *data,
	     const struct vtpm_public *pub);
u32 tpm_load(struct tpm *t, u32 parent, const struct blob *private, const struct blob *public);
u32 tpm_policy(struct tpm *t, u8 type, u16 hash);
bool tpm_policy_is(struct tpm *t, u32 session, const char *hex);
u32 tpm_flush(struct tpm *t, u32 handle);
u32 tpm_start_session(struct tpm *t, u8 type);
u32 tpm_name(struct tpm *t, u32 handle, struct blob *name);

/* run it, and say whether the response code is @expected */
#define tpm_expect(t, expected, ...) \
({ \
	u32 __rc = (expected); \
	bool __good = tap_ok(tpm_run(t) == __rc, __VA_ARGS__); \
	\
	if (!__good) \
		tap_note("response code 0x%03x instead of 0x%03x", (t)->rc, __rc); \
	__good; \
})

#define TPM_FIXED	(VTPMA_OBJECT_FIXED_TPM | VTPMA_OBJECT_FIXED_PARENT)
#define TPM_ORIGIN	VTPMA_OBJECT_SENSITIVE_ORIGIN
#define TPM_STORAGE	(VTPMA_OBJECT_RESTRICTED | VTPMA_OBJECT_DECRYPT)

/* templates with userWithAuth and noDA; a scheme has SHA-256 */
struct vtpm_public tpm_storage(void);
struct vtpm_public tpm_ecc(u32 attrs, u16 scheme);
struct vtpm_public tpm_rsa(u32 attrs, u16 scheme);
struct vtpm_public tpm_keyedhash(u32 attrs, u16 scheme);
struct vtpm_public tpm_symcipher(u32 attrs);

#endif /* IMA_NS_TEST_TPM_H */

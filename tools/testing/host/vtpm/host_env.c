// SPDX-License-Identifier: GPL-2.0
/* An environment with real PCRs; time and randomness are real or repeatable. */
#include <sys/random.h>
#include <time.h>

#include "host_env.h"
#include "vtpm/vtpm_internal.h"

extern const struct vtpm_crypto_ops vtpm_crypto_openssl;

static const u16 banks[] = { VTPM_ALG_SHA1, VTPM_ALG_SHA256, VTPM_ALG_SHA384, VTPM_ALG_SHA512 };

static u64 env_clock(void *arg)
{
	struct host_env *env = arg;
	struct timespec now;

	if (env->seed)
		return ++env->clock;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static bool env_interrupted(void *arg)
{
	return ((struct host_env *)arg)->interrupted;
}

/* splitmix64: a test that fails fails again */
static void repeatable(u64 *state, u8 *buf, size_t len)
{
	u64 z = 0;
	size_t i;

	for (i = 0; i < len; i++, z >>= 8) {
		if (i % 8 == 0) {
			z = *state += 0x9e3779b97f4a7c15;
			z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
			z = (z ^ z >> 27) * 0x94d049bb133111eb;
			z ^= z >> 31;
		}
		buf[i] = z;
	}
}

static void env_random(void *arg, u8 *buf, size_t len)
{
	struct host_env *env = arg;

	if (env->seed) {
		repeatable(&env->seed, buf, len);
		return;
	}
	while (len) {
		ssize_t n = getrandom(buf, len, 0);

		assert(n > 0);
		buf += n;
		len -= n;
	}
}

static u32 env_pcr_read(void *arg, u8 *values)
{
	struct host_env *env = arg;

	memcpy(values, env->pcrs->values, env->layout.total);
	return env->pcrs->updates;
}

static void env_pcr_extend(void *arg, unsigned int pcr, unsigned int which,
			   const u8 *const digest[IMA_NS_MAX_BANKS])
{
	struct host_env *env = arg;
	unsigned int bank;

	for (bank = 0; bank < env->layout.nr_banks; bank++)
		if (which & BIT(bank))
			vtpm_pcr_extend(env->pcrs, bank, pcr, digest[bank]);
}

static void env_pcr_reset(void *arg, unsigned int pcr)
{
	struct host_env *env = arg;

	vtpm_pcr_reset(env->pcrs, pcr);
}

static void env_pcr_startup(void *arg)
{
	struct host_env *env = arg;

	vtpm_pcrs_startup(env->pcrs);
}

static const struct vtpm_env ops = {
	.clock = env_clock,
	.interrupted = env_interrupted,
	.random = env_random,
	.pcr_read = env_pcr_read,
	.pcr_extend = env_pcr_extend,
	.pcr_reset = env_pcr_reset,
	.pcr_startup = env_pcr_startup,
};

static void extend(unsigned int bank, u8 *digest, const u8 *data)
{
	u8 state[VTPM_HASH_STATE] __aligned(16);
	u16 size = vtpm_digest_size(banks[bank]);

	vtpm_crypto_openssl.hash_start(banks[bank], state);
	vtpm_crypto_openssl.hash_update(banks[bank], state, digest, size);
	vtpm_crypto_openssl.hash_update(banks[bank], state, data, size);
	vtpm_crypto_openssl.hash_final(banks[bank], state, digest);
}

/** host_env_create() - manufacture a vTPM whose environment @env becomes */
struct vtpm *host_env_create(struct host_env *env)
{
	struct vtpm_config config = {
		.crypto = &vtpm_crypto_openssl,
		.env = &ops,
		.arg = env,
		.pcr_layout = &env->layout,
		.measured_pcrs = env->measured_pcrs,
		.powered_off = env->powered_off,
	};
	struct vtpm *tpm;
	unsigned int i;

	assert(env->banks && env->banks <= ARRAY_SIZE(banks));
	env->layout.nr_banks = env->banks;
	env->layout.extend = extend;
	for (i = 0; i < env->banks; i++) {
		env->layout.alg[i] = banks[i];
		env->layout.size[i] = vtpm_digest_size(banks[i]);
	}
	vtpm_pcr_layout_seal(&env->layout);
	env->pcrs = vtpm_pcrs_create(&env->layout);
	assert(env->pcrs);
	tpm = vtpm_create(&config);
	assert(tpm);
	return tpm;
}

void host_env_destroy(struct host_env *env, struct vtpm *tpm)
{
	vtpm_destroy(tpm);
	vtpm_pcrs_destroy(env->pcrs);
}

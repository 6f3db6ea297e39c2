// SPDX-License-Identifier: GPL-2.0
/* The known answers, by OpenSSL's backend. */
#include "tap.h"
#include "vtpm/crypto_openssl.h"
#include "vtpm/known_answers.h"
#include "vtpm/vtpm_internal.h"

int main(void)
{
	unsigned int i;

	for (i = 0; i < nr_known_answers; i++)
		tap_ok(known_answer_right(&known_answers[i], &vtpm_crypto_openssl), "%s",
		       known_answers[i].name);
	return tap_done();
}

// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM by the crypto library, and the end of its keys.
#include "kernel/snp/aead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "psa/crypto.h"

#include "tests/fake/features.h"

static int start(void **state)
{
	(void)state;
	return aead_init() == OK ? 0 : -1;
}

// Keys that the crypto library holds.
static size_t keys_held(void)
{
	mbedtls_psa_stats_t stats;

	mbedtls_psa_get_stats(&stats);
	return stats.MBEDTLS_PRIVATE(volatile_slots);
}

// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 14.
static void the_known_answer_comes(void **state)
{
	static const uint8_t zeros[AEAD_KEY_BYTES];
	static const uint8_t expected[] = {
		0xce, 0xa7, 0x40, 0x3d, 0x4d, 0x60, 0x6b, 0x6e,
		0x07, 0x4e, 0xc5, 0xd3, 0xba, 0xf3, 0x9d, 0x18,
		0xd0, 0xd1, 0xc8, 0xa7, 0x99, 0x99, 0x6b, 0xf0,
		0x26, 0x5b, 0x98, 0xb5, 0xd4, 0x8a, 0xb9, 0x19,
	};
	const struct aead with = { .iv = zeros };
	uint8_t sealed[sizeof(expected)], plain[16] = { 0 };
	struct aead_key key;

	(void)state;
	assert_int_equal(aead_key_take(zeros, &key), OK);
	assert_int_equal(aead_seal(key, &with, plain, 16, sealed), OK);
	assert_memory_equal(sealed, expected, sizeof(expected));
	assert_int_equal(aead_open(key, &with, sealed, 16, plain), OK);
	sealed[31] ^= 1;
	assert_int_equal(aead_open(key, &with, sealed, 16, plain),
			 ERR_BAD_INPUT);
	assert_int_equal(keys_held(), 1);
	aead_key_wipe(&key);
	assert_int_equal(keys_held(), 0);
	assert_int_equal(aead_seal(key, &with, plain, 16, sealed), ERR_CRYPTO);
	aead_key_wipe(&key);
}

// Texts of 0 to 33 bytes, and what goes with them.
static void what_is_sealed_opens(void **state)
{
	static const uint8_t bytes[64] = { 1, 2, 3 };
	const struct aead with = { bytes, bytes + 13, 48 };
	const struct aead wrong_iv = { bytes + 1, bytes + 13, 48 };
	const struct aead short_aad = { bytes, bytes + 13, 47 };
	uint8_t sealed[33 + AEAD_TAG_BYTES], plain[33];
	struct aead_key key;

	(void)state;
	assert_int_equal(aead_key_take(bytes, &key), OK);
	for (size_t n = 0; n <= sizeof(plain); n++) {
		assert_int_equal(aead_seal(key, &with, bytes, n, sealed), OK);
		memset(plain, 0xa5, sizeof(plain));
		assert_int_equal(aead_open(key, &with, sealed, n, plain), OK);
		assert_memory_equal(plain, bytes, n);
		assert_int_equal(aead_open(key, &wrong_iv, sealed, n, plain),
				 ERR_BAD_INPUT);
		assert_int_equal(aead_open(key, &short_aad, sealed, n, plain),
				 ERR_BAD_INPUT);
		// Nothing of a text that isn't proven.
		for (size_t i = 0; i < n; i++)
			assert_int_equal(plain[i], 0);
	}
	aead_key_wipe(&key);
}

static void no_library_without_instructions(void **state)
{
	(void)state;
	fake_features_take(CPU_PCLMULQDQ);
	assert_int_equal(aead_init(), ERR_UNSUPPORTED);
	fake_features_take(-1);
	assert_int_equal(aead_init(), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_known_answer_comes, start),
		cmocka_unit_test_setup(what_is_sealed_opens, start),
		cmocka_unit_test_setup(no_library_without_instructions, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

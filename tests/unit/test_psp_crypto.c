// SPDX-License-Identifier: Apache-2.0
// The emulator's crypto against known answers and OpenSSL, and the memory that
// its mbedTLS lives on.
#include "emu/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/num.h"
#include "emu/crypto_heap.h"

static uint8_t text[4096];

static int text_fill(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 5 + i / 256);
	return 0;
}

static void hashes_agree_with_openssl(void **state)
{
	uint8_t mine[64], theirs[64];

	(void)state;
	for (size_t count = 0; count < 600; count++) {
		crypto_sha256(text, count, mine);
		SHA256(text, count, theirs);
		assert_memory_equal(mine, theirs, CRYPTO_SHA256_BYTES);
		crypto_sha384(text, count, mine);
		SHA384(text, count, theirs);
		assert_memory_equal(mine, theirs, CRYPTO_SHA384_BYTES);
		crypto_hmac_sha384(text, 32, text, count, mine);
		HMAC(EVP_sha384(), text, 32, text, count, theirs, NULL);
		assert_memory_equal(mine, theirs, CRYPTO_SHA384_BYTES);
	}
}

// Test case 16 of the GCM submission to NIST (McGrew, Viega).
static void gcm_gives_the_known_answer(void **state)
{
	static const uint8_t key[] =
		"\xfe\xff\xe9\x92\x86\x65\x73\x1c\x6d\x6a\x8f\x94\x67\x30\x83"
		"\x08\xfe\xff\xe9\x92\x86\x65\x73\x1c\x6d\x6a\x8f\x94\x67\x30"
		"\x83\x08";
	static const uint8_t iv[] =
		"\xca\xfe\xba\xbe\xfa\xce\xdb\xad\xde\xca\xf8\x88";
	static const uint8_t aad[] =
		"\xfe\xed\xfa\xce\xde\xad\xbe\xef\xfe\xed\xfa\xce\xde\xad\xbe"
		"\xef\xab\xad\xda\xd2";
	static const uint8_t plain[] =
		"\xd9\x31\x32\x25\xf8\x84\x06\xe5\xa5\x59\x09\xc5\xaf\xf5\x26"
		"\x9a\x86\xa7\xa9\x53\x15\x34\xf7\xda\x2e\x4c\x30\x3d\x8a\x31"
		"\x8a\x72\x1c\x3c\x0c\x95\x95\x68\x09\x53\x2f\xcf\x0e\x24\x49"
		"\xa6\xb5\x25\xb1\x6a\xed\xf5\xaa\x0d\xe6\x57\xba\x63\x7b\x39";
	static const uint8_t want_tag[] =
		"\x76\xfc\x6e\xce\x0f\x4e\x17\x68\xcd\xdf\x88\x53\xbb\x2d\x55"
		"\x1b";
	struct crypto_gcm gcm = { key, iv, aad, 20 };
	uint8_t cipher[60], opened[60], tag[CRYPTO_TAG_BYTES];

	(void)state;
	crypto_gcm_seal(&gcm, plain, sizeof(cipher), cipher, tag);
	assert_memory_equal(cipher, "\x52\x2d\xc1\xf0\x99\x56\x7d\x07", 8);
	assert_memory_equal(tag, want_tag, sizeof(tag));
	assert_int_equal(
		crypto_gcm_open(&gcm, cipher, sizeof(cipher), tag, opened), OK);
	assert_memory_equal(opened, plain, sizeof(opened));
	tag[15] ^= 1;
	assert_int_equal(
		crypto_gcm_open(&gcm, cipher, sizeof(cipher), tag, opened),
		ERR_BAD_INPUT);
	for (size_t i = 0; i < sizeof(opened); i++)
		assert_int_equal(opened[i], 0);
}

// RFC 6979, A.2.6: P-384 with SHA-384, message "sample".
static void signature_gives_the_known_answer(void **state)
{
	static const uint8_t key[] =
		"\x6b\x9d\x3d\xad\x2e\x1b\x8c\x1c\x05\xb1\x98\x75\xb6\x65\x9f"
		"\x4d\xe2\x3c\x3b\x66\x7b\xf2\x97\xba\x9a\xa4\x77\x40\x78\x71"
		"\x37\xd8\x96\xd5\x72\x4e\x4c\x70\xa8\x25\xf8\x72\xc9\xea\x60"
		"\xd2\xed\xf5";
	static const uint8_t want_r[] =
		"\x94\xed\xbb\x92\xa5\xec\xb8\xaa\xd4\x73\x6e\x56\xc6\x91\x91"
		"\x6b\x3f\x88\x14\x06\x66\xce\x9f\xa7\x3d\x64\xc4\xea\x95\xad"
		"\x13\x3c\x81\xa6\x48\x15\x2e\x44\xac\xf9\x6e\x36\xdd\x1e\x80"
		"\xfa\xbe\x46";
	static const uint8_t want_s[] =
		"\x99\xef\x4a\xeb\x15\xf1\x78\xce\xa1\xfe\x40\xdb\x26\x03\x13"
		"\x8f\x13\x0e\x74\x0a\x19\x62\x45\x26\x20\x3b\x63\x51\xd0\xa3"
		"\xa9\x4f\xa3\x29\xc1\x45\x78\x6e\x67\x9e\x7b\x82\xc7\x1a\x38"
		"\x62\x8a\xc8";
	uint8_t digest[CRYPTO_SHA384_BYTES];
	uint8_t r[CRYPTO_P384_BYTES], s[CRYPTO_P384_BYTES];

	(void)state;
	crypto_sha384("sample", 6, digest);
	crypto_p384_sign(key, digest, r, s);
	assert_memory_equal(r, want_r, sizeof(r));
	assert_memory_equal(s, want_s, sizeof(s));
}

static void keys_are_judged(void **state)
{
	uint8_t key[CRYPTO_P384_BYTES] = { 0 };

	(void)state;
	assert_false(crypto_p384_key_valid(key));
	key[CRYPTO_P384_BYTES - 1] = 1;
	assert_true(crypto_p384_key_valid(key));
	memset(key, 0xff, sizeof(key));
	assert_false(crypto_p384_key_valid(key));
}

// Ten signatures more don't take more memory than one: all is given back.
static void signing_gives_its_memory_back(void **state)
{
	uint8_t key[CRYPTO_P384_BYTES] = { 1 };
	uint8_t digest[CRYPTO_SHA384_BYTES] = { 2 };
	uint8_t r[CRYPTO_P384_BYTES], s[CRYPTO_P384_BYTES];

	(void)state;
	size_t before = crypto_heap_used();
	for (int i = 0; i < 10; i++) {
		crypto_p384_sign(key, digest, r, s);
		assert_int_equal(crypto_heap_used(), before);
	}
}

static void the_heap_ends(void **state)
{
	static void *blocks[64];
	size_t count = 0;

	(void)state;
	assert_null(crypto_heap_calloc(SIZE_MAX, 2));
	assert_null(crypto_heap_calloc(2, SIZE_MAX));
	assert_null(crypto_heap_calloc(1, 65536)); // with its header, no class
	while (count < ARRAY_COUNT(blocks)) {
		blocks[count] = crypto_heap_calloc(1, 32768);
		if (!blocks[count])
			break;
		memset(blocks[count], 0xff, 32768);
		count++;
	}
	assert_in_range(count, 1, ARRAY_COUNT(blocks) - 1);
	for (size_t i = 0; i < count; i++)
		crypto_heap_free(blocks[i]);
	uint8_t *again = crypto_heap_calloc(1, 32768);
	assert_non_null(again);
	for (size_t i = 0; i < 32768; i++)
		assert_int_equal(again[i], 0);
	crypto_heap_free(again);
	crypto_heap_free(NULL);
	assert_int_equal(crypto_heap_used(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(hashes_agree_with_openssl, text_fill),
		cmocka_unit_test(gcm_gives_the_known_answer),
		cmocka_unit_test(signature_gives_the_known_answer),
		cmocka_unit_test(keys_are_judged),
		cmocka_unit_test(signing_gives_its_memory_back),
		cmocka_unit_test(the_heap_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

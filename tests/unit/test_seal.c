// SPDX-License-Identifier: Apache-2.0
// Sealed blobs: what opens them, and all that doesn't. The root comes from the
// emulated secure processor; one blob is opened by OpenSSL, from the formula of
// abi/seal.h.
#include "attest/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "abi/seal.h"
#include "base/num.h"
#include "kernel/snp/derived_key.h"
#include "kernel/snp/guest_message.h"
#include "kernel/time/clock.h"
#include "kernel/time/wait.h"
#include "tests/fake/clock.h"
#include "tests/fake/psp_host.h"
#include "tls/key.h"

static const char text[] = "the text";
static const char context[] = "where it belongs";

static struct psp_platform platform;
static struct psp_guest guest;
static uint8_t blob[sizeof(text) + SEAL_OVERHEAD_BYTES];
static uint8_t opened[4096];
static unsigned int waits;

void wait_until(uint64_t deadline_ns)
{
	waits++;
	fake_clock_set_ns(deadline_ns);
}

// Never the same twice.
enum err tls_random(void *out, size_t count)
{
	static uint32_t calls;

	calls++;
	memset(out, 0x3c, count);
	memcpy(out, &calls, min_size(count, sizeof(calls)));
	return OK;
}

static enum err boot(void)
{
	psp_host_start_with(&platform, &guest);
	return seal_init(platform.committed_tcb);
}

static enum err seal_text(void)
{
	const struct seal_call call = { context, sizeof(context),
					text,    sizeof(text),
					blob,    sizeof(blob) };
	size_t count = 0;
	enum err e = seal_make(&call, &count);

	if (e == OK)
		assert_int_equal(count, sizeof(blob));
	return e;
}

static enum err unseal_count(size_t blob_bytes)
{
	// A block of its own: the address sanitizer sees its end.
	uint8_t *in = malloc(blob_bytes + !blob_bytes);
	struct seal_call call = { context,    sizeof(context), in,
				  blob_bytes, opened,          sizeof(opened) };
	size_t count = 12345;
	enum err e;

	assert_non_null(in);
	memcpy(in, blob, blob_bytes);
	memset(opened, 0, sizeof(opened));
	e = seal_open(&call, &count);
	free(in);
	if (e == OK) {
		assert_int_equal(count, blob_bytes - SEAL_OVERHEAD_BYTES);
	} else {
		assert_int_equal(count, 12345);
		assert_null(memmem(opened, sizeof(opened), text, 4));
	}
	return e;
}

static enum err unseal_text(void)
{
	enum err e = unseal_count(sizeof(blob));

	if (e == OK)
		assert_memory_equal(opened, text, sizeof(text));
	return e;
}

static int start(void **state)
{
	(void)state;
	platform = psp_guest_platform();
	guest = psp_guest_settings();
	return boot() == OK && seal_text() == OK ? 0 : -1;
}

static void nothing_is_sealed_without_a_root(void **state)
{
	size_t count = 0;
	const struct seal_call call = { .out = opened,
					.capacity = sizeof(opened) };

	(void)state;
	assert_int_equal(seal_make(&call, &count), ERR_UNSUPPORTED);
	assert_int_equal(seal_open(&call, &count), ERR_UNSUPPORTED);
}

static void a_blob_opens_again(void **state)
{
	(void)state;
	assert_int_equal(unseal_text(), OK);
	assert_int_equal(boot(), OK);
	assert_int_equal(unseal_text(), OK);
	// What isn't mixed in may change.
	guest.host_data[0] ^= 1;
	platform.current_tcb++;
	platform.reported_tcb++;
	assert_int_equal(boot(), OK);
	assert_int_equal(unseal_text(), OK);
}

static void another_image_opens_nothing(void **state)
{
	(void)state;
	psp_host_start_with(&platform, &guest);
	psp_host.psp.digest[5] ^= 1;
	assert_int_equal(seal_init(platform.committed_tcb), OK);
	assert_int_equal(unseal_text(), ERR_BAD_INPUT);
}

static void another_policy_chip_or_tcb_opens_nothing(void **state)
{
	(void)state;
	guest.policy |= POLICY_DEBUG;
	assert_int_equal(boot(), OK);
	assert_int_equal(unseal_text(), ERR_BAD_INPUT);
	guest.policy &= ~POLICY_DEBUG;
	platform.chip_secret[0] ^= 1;
	assert_int_equal(boot(), OK);
	assert_int_equal(unseal_text(), ERR_BAD_INPUT);
	platform.chip_secret[0] ^= 1;
	platform.committed_tcb++;
	assert_int_equal(boot(), OK);
	assert_int_equal(unseal_text(), ERR_BAD_INPUT);
	platform.committed_tcb--;
	assert_int_equal(boot(), OK);
	assert_int_equal(unseal_text(), OK);
}

static void every_flipped_bit_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(blob); i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			blob[i] ^= (uint8_t)(1u << bit);
			assert_int_equal(unseal_text(), ERR_BAD_INPUT);
			blob[i] ^= (uint8_t)(1u << bit);
		}
	assert_int_equal(unseal_text(), OK);
}

static void every_cut_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(blob); n++)
		assert_int_equal(unseal_count(n), ERR_BAD_INPUT);
}

static void another_context_is_refused(void **state)
{
	static const char *const others[] = { "", "where it",
					      "where it belongz",
					      "where it belongs\0" };
	size_t count;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
		// The right one counts its closing zero; the last is longer.
		size_t bytes = strlen(others[i]) + (i == 3 ? 2 : 0);
		const struct seal_call call = { others[i], bytes,
						blob,      sizeof(blob),
						opened,    sizeof(opened) };

		assert_int_equal(seal_open(&call, &count), ERR_BAD_INPUT);
	}
}

static void two_blobs_of_one_text_differ(void **state)
{
	uint8_t first[sizeof(blob)];
	const size_t head = sizeof(struct seal_header);

	(void)state;
	memcpy(first, blob, sizeof(blob));
	assert_int_equal(seal_text(), OK);
	assert_memory_not_equal(first + 0x20, blob + 0x20, SEAL_SALT_BYTES);
	assert_memory_not_equal(first + head, blob + head, sizeof(text));
	assert_int_equal(unseal_text(), OK);
}

static void limits_hold(void **state)
{
	static uint8_t big[SEAL_TEXT_LIMIT + SEAL_OVERHEAD_BYTES + 1];
	static uint8_t sealed[sizeof(big)];
	size_t count = 0;
	struct seal_call call = { big,    SEAL_CONTEXT_LIMIT,
				  big,    SEAL_TEXT_LIMIT,
				  sealed, sizeof(sealed) };

	(void)state;
	assert_int_equal(seal_make(&call, &count), OK);
	struct seal_call back = { big, SEAL_CONTEXT_LIMIT, sealed, count,
				  big, SEAL_TEXT_LIMIT };
	back.capacity--;
	assert_int_equal(seal_open(&back, &count), ERR_TOO_BIG);
	back.capacity++;
	assert_int_equal(seal_open(&back, &count), OK);
	assert_int_equal(count, SEAL_TEXT_LIMIT);
	back.in_bytes++;
	back.capacity++;
	assert_int_equal(seal_open(&back, &count), ERR_TOO_BIG);
	call.in_bytes++;
	assert_int_equal(seal_make(&call, &count), ERR_TOO_BIG);
	call.in_bytes = SIZE_MAX;
	assert_int_equal(seal_make(&call, &count), ERR_TOO_BIG);
	call.in_bytes = 1;
	call.context_bytes++;
	assert_int_equal(seal_make(&call, &count), ERR_TOO_BIG);
	call.context_bytes--;
	call.capacity = SEAL_OVERHEAD_BYTES;
	assert_int_equal(seal_make(&call, &count), ERR_TOO_BIG);
	assert_int_equal(count, SEAL_TEXT_LIMIT);
}

static void nothing_can_be_sealed(void **state)
{
	const struct seal_call call = { .out = blob,
					.capacity = SEAL_OVERHEAD_BYTES };
	const struct seal_call back = { .in = blob,
					.in_bytes = SEAL_OVERHEAD_BYTES };
	size_t count = 1;

	(void)state;
	assert_int_equal(seal_make(&call, &count), OK);
	assert_int_equal(count, SEAL_OVERHEAD_BYTES);
	assert_int_equal(seal_open(&back, &count), OK);
	assert_int_equal(count, 0);
}

static void derive(const uint8_t root[KEY_BYTES], const uint8_t *salt,
		   uint8_t out[44])
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	size_t count = 44;

	assert_non_null(c);
	assert_int_equal(EVP_PKEY_derive_init(c), 1);
	assert_int_equal(EVP_PKEY_CTX_set_hkdf_md(c, EVP_sha384()), 1);
	assert_int_equal(EVP_PKEY_CTX_set1_hkdf_salt(c, salt, 32), 1);
	assert_int_equal(EVP_PKEY_CTX_set1_hkdf_key(c, root, KEY_BYTES), 1);
	assert_int_equal(EVP_PKEY_CTX_add1_hkdf_info(
				 c, (const uint8_t *)"anchorhold-seal-v1", 18),
			 1);
	assert_int_equal(EVP_PKEY_derive(c, out, &count), 1);
	EVP_PKEY_CTX_free(c);
}

static void ask_root(uint8_t root[KEY_BYTES])
{
	assert_int_equal(derived_key_begin(0x29, platform.committed_tcb), OK);
	assert_int_equal(derived_key_poll(root), OK);
}

// OpenSSL's view of the blob: opens it into `got`, or seals what is there.
static void openssl_do(bool is_seal, const uint8_t *in, uint8_t *out)
{
	uint8_t *tag = blob + 0x40 + sizeof(text);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t root[KEY_BYTES], derived[44];
	int done;

	ask_root(root);
	derive(root, blob + 0x20, derived);
	assert_non_null(c);
	assert_int_equal(EVP_CipherInit(c, EVP_aes_256_gcm(), derived,
					derived + 32, is_seal),
			 1);
	assert_int_equal(EVP_CipherUpdate(c, NULL, &done, blob, 0x40), 1);
	assert_int_equal(EVP_CipherUpdate(c, NULL, &done,
					  (const uint8_t *)context,
					  sizeof(context)),
			 1);
	assert_int_equal(EVP_CipherUpdate(c, out, &done, in, sizeof(text)), 1);
	if (!is_seal)
		assert_int_equal(
			EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, 16, tag),
			1);
	assert_int_equal(EVP_CipherFinal(c, out + done, &done), 1);
	if (is_seal)
		assert_int_equal(
			EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, tag),
			1);
	EVP_CIPHER_CTX_free(c);
}

static void the_form_is_as_written(void **state)
{
	uint8_t got[sizeof(text)];

	(void)state;
	assert_memory_equal(blob, "AHSEALED\1\0\0\0\0\0\0\0\x29", 17);
	assert_memory_equal(blob + 0x18, &platform.committed_tcb, 8);
	openssl_do(false, blob + 0x40, got);
	assert_memory_equal(got, text, sizeof(text));
}

// Authentic, by our own key, and still not what version 1 is.
static void another_header_is_refused(void **state)
{
	static const size_t places[] = { 0x00, 0x07, 0x08, 0x0b, 0x0c,
					 0x0f, 0x10, 0x17, 0x18, 0x1f };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		blob[places[i]] ^= 2;
		openssl_do(true, (const uint8_t *)text, blob + 0x40);
		assert_int_equal(unseal_text(), ERR_BAD_INPUT);
		blob[places[i]] ^= 2;
	}
	openssl_do(true, (const uint8_t *)text, blob + 0x40);
	assert_int_equal(unseal_text(), OK);
}

static void a_busy_host_delays_the_boot(void **state)
{
	(void)state;
	psp_host_start_with(&platform, &guest);
	psp_host.psp.busy_answers = 40;
	waits = 0;
	assert_int_equal(seal_init(platform.committed_tcb), OK);
	assert_int_equal(waits, 40);
	assert_int_equal(unseal_text(), OK);
}

static void a_boot_without_a_root_is_told(void **state)
{
	uint8_t answer[sizeof(struct key_response)];
	uint64_t start_ns;

	(void)state;
	psp_host_start_with(&platform, &guest);
	psp_host.psp.busy_answers = UINT32_MAX;
	start_ns = clock_now_ns();
	assert_int_equal(seal_init(platform.committed_tcb), ERR_TIMEOUT);
	assert_true(clock_now_ns() - start_ns < 61 * NS_PER_SECOND);
	psp_host.psp.busy_answers = 0;
	assert_int_equal(guest_message_poll(answer, sizeof(answer)), OK);
	assert_int_equal(seal_init(platform.committed_tcb + 1), ERR_DEVICE);
	platform.mask_chip_key = 1;
	assert_int_equal(boot(), ERR_UNSUPPORTED);
	psp_host.sent = ERR_DEVICE;
	assert_int_equal(seal_init(0), ERR_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_sealed_without_a_root),
		cmocka_unit_test_setup(a_blob_opens_again, start),
		cmocka_unit_test_setup(another_image_opens_nothing, start),
		cmocka_unit_test_setup(another_policy_chip_or_tcb_opens_nothing,
				       start),
		cmocka_unit_test_setup(every_flipped_bit_is_refused, start),
		cmocka_unit_test_setup(every_cut_is_refused, start),
		cmocka_unit_test_setup(another_context_is_refused, start),
		cmocka_unit_test_setup(two_blobs_of_one_text_differ, start),
		cmocka_unit_test_setup(limits_hold, start),
		cmocka_unit_test_setup(nothing_can_be_sealed, start),
		cmocka_unit_test_setup(the_form_is_as_written, start),
		cmocka_unit_test_setup(another_header_is_refused, start),
		cmocka_unit_test_setup(a_busy_host_delays_the_boot, start),
		cmocka_unit_test_setup(a_boot_without_a_root_is_told, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

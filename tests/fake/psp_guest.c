// SPDX-License-Identifier: Apache-2.0
// The guest's side of guest messages.
#include "tests/fake/psp_guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "base/bytes.h"

struct psp_platform psp_guest_platform(void)
{
	struct psp_platform platform = {
		.product = PSP_MILAN,
		.report_version = 3,
		.current_tcb = 0xdb18000000000004,
		.committed_tcb = 0xd518000000000004,
		.launch_tcb = 0xd416000000000004,
		.reported_tcb = 0xd315000000000003,
		.platform_info = PLATFORM_SMT_EN,
		.launch_mit_vector = 0x5,
		.current_mit_vector = 0xd,
		.current_version = { 55, 56, 1, 0 },
		.committed_version = { 54, 55, 1, 0 },
	};

	memset(platform.chip_id, 0xc1, sizeof(platform.chip_id));
	memset(platform.vcek, 0x11, sizeof(platform.vcek));
	memset(platform.chip_secret, 0x22, sizeof(platform.chip_secret));
	return platform;
}

struct psp_guest psp_guest_settings(void)
{
	struct psp_guest guest = {
		.policy = POLICY_MUST_BE_ONE | POLICY_SMT,
		.guest_svn = 7,
		.tsc_scale = 0x100000000,
		.tsc_offset = 0x123456789a,
		.tsc_factor = 200,
		.secure_tsc = 1,
	};

	memset(guest.family_id, 0xfa, sizeof(guest.family_id));
	memset(guest.image_id, 0x13, sizeof(guest.image_id));
	memset(guest.host_data, 0x4d, sizeof(guest.host_data));
	memset(guest.id_key_digest, 0x1d, sizeof(guest.id_key_digest));
	memset(guest.author_key_digest, 0xa4, sizeof(guest.author_key_digest));
	return guest;
}

void psp_guest_launch(struct psp *p, const struct psp_platform *platform,
		      const struct psp_guest *guest)
{
	static const uint8_t page[4096] = { 1, 2, 3 };
	static const uint8_t seed[PSP_SEED_BYTES] = { 9 };

	*p = (struct psp){ 0 };
	assert_int_equal(psp_launch_start(p, platform, guest, seed),
			 PSP_SUCCESS);
	assert_int_equal(psp_launch_update(p, 0x1000, LAUNCH_PAGE_NORMAL, page),
			 PSP_SUCCESS);
	assert_int_equal(psp_launch_finish(p, NULL), PSP_SUCCESS);
}

void psp_guest_launch_plain(struct psp *p)
{
	struct psp_platform platform = psp_guest_platform();
	struct psp_guest guest = psp_guest_settings();

	psp_guest_launch(p, &platform, &guest);
}

struct guest_message_header psp_guest_header(unsigned int vmpck,
					     uint64_t sequence, uint8_t type,
					     size_t payload_bytes)
{
	return (struct guest_message_header){
		.sequence = sequence,
		.algo = 1,
		.header_version = 1,
		.header_size = 0x60,
		.type = type,
		.version = 1,
		.payload_size = (uint16_t)payload_bytes,
		.vmpck = (uint8_t)vmpck,
	};
}

static EVP_CIPHER_CTX *gcm_start(const uint8_t *key, uint64_t sequence,
				 bool is_seal)
{
	uint8_t iv[12] = { 0 };
	EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();

	store_le64(iv, sequence);
	assert_non_null(gcm);
	assert_int_equal(EVP_CipherInit_ex(gcm, EVP_aes_256_gcm(), NULL, key,
					   iv, is_seal),
			 1);
	return gcm;
}

void psp_guest_seal(const uint8_t key[VMPCK_BYTES],
		    const struct guest_message_header *header,
		    const void *payload, struct psp_page *page)
{
	EVP_CIPHER_CTX *gcm = gcm_start(key, header->sequence, true);
	size_t room = sizeof(page->bytes) - sizeof(*header);
	int count = header->payload_size < room ? header->payload_size
						: (int)room;
	int done;

	memset(page, 0, sizeof(*page));
	memcpy(page->bytes, header, sizeof(*header));
	assert_int_equal(
		EVP_CipherUpdate(gcm, NULL, &done, page->bytes + 0x30, 0x30),
		1);
	assert_int_equal(EVP_CipherUpdate(gcm, page->bytes + 0x60, &done,
					  payload, count),
			 1);
	assert_int_equal(EVP_CipherFinal_ex(gcm, page->bytes, &done), 1);
	assert_int_equal(EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_GET_TAG, 16,
					     page->bytes),
			 1);
	EVP_CIPHER_CTX_free(gcm);
}

bool psp_guest_open(const uint8_t key[VMPCK_BYTES], const struct psp_page *page,
		    struct guest_message_header *header,
		    uint8_t payload[GUEST_MESSAGE_PAYLOAD_LIMIT])
{
	uint8_t tag[16];
	int done;

	memcpy(header, page->bytes, sizeof(*header));
	memcpy(tag, page->bytes, sizeof(tag));
	if (header->payload_size > GUEST_MESSAGE_PAYLOAD_LIMIT)
		return false;
	EVP_CIPHER_CTX *gcm = gcm_start(key, header->sequence, false);
	bool good =
		EVP_CipherUpdate(gcm, NULL, &done, page->bytes + 0x30, 0x30) ==
			1 &&
		EVP_CipherUpdate(gcm, payload, &done, page->bytes + 0x60,
				 header->payload_size) == 1 &&
		EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_SET_TAG, 16, tag) == 1 &&
		EVP_CipherFinal_ex(gcm, payload, &done) == 1;
	EVP_CIPHER_CTX_free(gcm);
	return good;
}

void psp_guest_ask(struct psp *p, unsigned int vmpck, uint8_t type,
		   uint8_t version, const void *payload, size_t payload_bytes,
		   void *answer, size_t answer_bytes)
{
	const uint8_t *key = psp_vmpck(p, vmpck);
	uint64_t sequence = p->sequence[vmpck] + 1;
	struct guest_message_header h =
		psp_guest_header(vmpck, sequence, type, payload_bytes);
	struct psp_page request, response;
	uint8_t opened[GUEST_MESSAGE_PAYLOAD_LIMIT];

	h.version = version;
	psp_guest_seal(key, &h, payload, &request);
	assert_int_equal(psp_message(p, request.bytes, response.bytes),
			 PSP_SUCCESS);
	assert_true(psp_guest_open(key, &response, &h, opened));
	assert_int_equal(h.sequence, sequence + 1);
	assert_int_equal(h.type, type + 1);
	assert_int_equal(h.version, version);
	assert_int_equal(h.vmpck, vmpck);
	assert_int_equal(h.payload_size, answer_bytes);
	memcpy(answer, opened, answer_bytes);
}

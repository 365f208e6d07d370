// SPDX-License-Identifier: Apache-2.0
#include "tests/emu/payload/message.h"

#include <mbedtls/gcm.h>

#include "abi/guest_message.h"
#include "abi/snp.h"
#include "base/bytes.h"
#include "base/check.h"
#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/libc.h"
#include "tests/emu/payload/memory.h"

#define KEY_BITS (VMPCK_BYTES * 8)
#define BUSY_TRIES 100000
#define BUSY ((uint64_t)GUEST_REQUEST_BUSY << 32)

static mbedtls_gcm_context gcm;
static uint64_t request_gpa, response_gpa;
static uint64_t sequence; // the last one that was answered
static bool reads_twice;
// In private memory: what was sent, and the answer as it was read.
static uint64_t request[GUEST_MESSAGE_PAGE_BYTES / 8];
static uint64_t response[GUEST_MESSAGE_PAGE_BYTES / 8];

void message_init(uint64_t secrets_gpa)
{
	const struct snp_secrets *secrets =
		(const struct snp_secrets *)secrets_gpa;
	request_gpa = page_take_shared();
	response_gpa = page_take_shared();
	mbedtls_gcm_init(&gcm);
	CHECK(mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, secrets->vmpck[0],
				 KEY_BITS) == 0);
}

void message_read_twice(void)
{
	reads_twice = true;
}

static void iv_of(uint64_t number, uint8_t iv[GUEST_MESSAGE_IV_BYTES])
{
	memset(iv, 0, GUEST_MESSAGE_IV_BYTES);
	store_le64(iv, number);
}

static void seal(uint8_t type, const void *payload, size_t count)
{
	uint8_t iv[GUEST_MESSAGE_IV_BYTES];
	uint8_t *page = (uint8_t *)request;
	struct guest_message_header h = {
		.sequence = sequence + 1,
		.algo = GUEST_MESSAGE_ALGO_AES_256_GCM,
		.header_version = GUEST_MESSAGE_HEADER_VERSION,
		.header_size = sizeof(h),
		.type = type,
		.version = GUEST_MESSAGE_VERSION,
		.payload_size = (uint16_t)count,
	};
	memset(request, 0, sizeof(request));
	memcpy(page, &h, sizeof(h));
	iv_of(h.sequence, iv);
	CHECK(mbedtls_gcm_crypt_and_tag(
		      &gcm, MBEDTLS_GCM_ENCRYPT, count, iv, sizeof(iv),
		      page + GUEST_MESSAGE_AAD_OFFSET, GUEST_MESSAGE_AAD_BYTES,
		      payload, page + sizeof(h), GUEST_MESSAGE_TAG_BYTES,
		      page) == 0);
}

static void send(struct message_result *r)
{
	for (unsigned int i = 0; i < GUEST_MESSAGE_PAGE_BYTES / 8; i++) {
		shared_at(request_gpa)[i] = request[i];
		shared_at(response_gpa)[i] = 0;
	}
	for (unsigned int i = 0; i < BUSY_TRIES; i++) {
		struct ghcb_call c = {
			.code = GHCB_EVENT_GUEST_REQUEST,
			.info1 = request_gpa,
			.info2 = response_gpa,
		};
		ghcb_ask(&c);
		r->error = c.result1 != GHCB_RESULT_OK ? ~0ull : c.result2;
		if (r->error != BUSY)
			return;
		r->busy_count++;
	}
}

// Each word once.
static void take_response(void)
{
	for (unsigned int i = 0; i < GUEST_MESSAGE_PAGE_BYTES / 8; i++)
		response[i] = shared_at(response_gpa)[i];
}

static bool changes(const struct guest_message_header *h)
{
	size_t word = offsetof(struct guest_message_header, sequence) / 8;
	return reads_twice && shared_at(response_gpa)[word] != h->sequence;
}

static bool header_fits(const struct guest_message_header *h, uint8_t type,
			size_t limit)
{
	return h->sequence == sequence + 2 &&
	       h->algo == GUEST_MESSAGE_ALGO_AES_256_GCM &&
	       h->header_version == GUEST_MESSAGE_HEADER_VERSION &&
	       h->header_size == sizeof(*h) && h->type == type + 1 &&
	       h->version == GUEST_MESSAGE_VERSION && h->vmpck == 0 &&
	       h->payload_size <= limit &&
	       h->payload_size <= GUEST_MESSAGE_PAYLOAD_LIMIT;
}

static bool open(const struct guest_message_header *h, uint8_t *out)
{
	uint8_t iv[GUEST_MESSAGE_IV_BYTES];
	const uint8_t *page = (const uint8_t *)response;
	iv_of(h->sequence, iv);
	return mbedtls_gcm_auth_decrypt(&gcm, h->payload_size, iv, sizeof(iv),
					page + GUEST_MESSAGE_AAD_OFFSET,
					GUEST_MESSAGE_AAD_BYTES, h->tag,
					GUEST_MESSAGE_TAG_BYTES,
					page + sizeof(*h), out) == 0;
}

struct message_result message_exchange(uint8_t type, const void *payload,
				       size_t count, uint8_t *out,
				       size_t out_limit)
{
	struct guest_message_header h;
	struct message_result r = { .verdict = MESSAGE_REFUSED };
	seal(type, payload, count);
	send(&r);
	if (r.error != 0)
		return r;
	take_response();
	memcpy(&h, response, sizeof(h));
	if (h.header_size == 0)
		r.verdict = MESSAGE_NO_ANSWER;
	else if (changes(&h))
		r.verdict = MESSAGE_CHANGES;
	else if (!header_fits(&h, type, out_limit))
		r.verdict = MESSAGE_BAD_HEADER;
	else if (!open(&h, out))
		r.verdict = MESSAGE_FORGED;
	else
		r.verdict = MESSAGE_OK;
	if (r.verdict != MESSAGE_OK)
		return r;
	sequence += 2;
	r.bytes = h.payload_size;
	return r;
}

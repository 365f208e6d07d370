// SPDX-License-Identifier: Apache-2.0
// The envelope of guest messages (AMD 56860, 8.26, SNP_GUEST_REQUEST). The
// order of the checks is the one in which a firmware can make them: state,
// header, sequence number, authenticity.
#include "emu/psp_private.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/num.h"
#include "emu/crypto.h"

#define SEQUENCE_LAST (UINT64_MAX - 2)

// A request that is answered. Sizes grow with the message's version.
struct exchange {
	uint8_t type;
	uint8_t version;
	size_t bytes_min, bytes_max;
	size_t (*answer)(const struct psp *p, uint32_t vmpl,
			 const uint8_t *payload, size_t count, uint8_t *out);
};

static const struct exchange exchanges[] = {
	{ GUEST_MESSAGE_CPUID_REQ, 1, offsetof(struct cpuid_request, functions),
	  sizeof(struct cpuid_request), psp_cpuid },
	{ GUEST_MESSAGE_KEY_REQ, 1, KEY_REQUEST_V1_BYTES, KEY_REQUEST_V1_BYTES,
	  psp_key },
	{ GUEST_MESSAGE_KEY_REQ, 2, sizeof(struct key_request),
	  sizeof(struct key_request), psp_key },
	{ GUEST_MESSAGE_REPORT_REQ, 1, sizeof(struct report_request),
	  sizeof(struct report_request), psp_report },
	{ GUEST_MESSAGE_TSC_INFO_REQ, 1, sizeof(struct tsc_info_request),
	  sizeof(struct tsc_info_request), psp_tsc_info },
};

static const struct exchange *
exchange_find(const struct guest_message_header *h)
{
	for (size_t i = 0; i < ARRAY_COUNT(exchanges); i++) {
		const struct exchange *e = &exchanges[i];

		if (e->type == h->type && e->version == h->version &&
		    h->payload_size >= e->bytes_min &&
		    h->payload_size <= e->bytes_max)
			return e;
	}
	return NULL;
}

static bool header_is_sane(const struct guest_message_header *h)
{
	return h->algo == GUEST_MESSAGE_ALGO_AES_256_GCM &&
	       h->header_version == GUEST_MESSAGE_HEADER_VERSION &&
	       h->header_size == sizeof(*h) && h->vmpck < VMPCK_COUNT &&
	       psp_is_zero(h->reserved_28, sizeof(h->reserved_28)) &&
	       psp_is_zero(h->reserved_38, sizeof(h->reserved_38)) &&
	       psp_is_zero(h->reserved_3d, sizeof(h->reserved_3d));
}

static void iv_make(uint64_t sequence, uint8_t iv[CRYPTO_IV_BYTES])
{
	memset(iv, 0, CRYPTO_IV_BYTES);
	store_le64(iv, sequence);
}

static enum psp_status open_request(const struct psp *p,
				    const struct guest_message_header *h,
				    const uint8_t *request, uint8_t *payload)
{
	uint8_t iv[CRYPTO_IV_BYTES];

	iv_make(h->sequence, iv);
	struct crypto_gcm gcm = {
		.key = p->vmpck[h->vmpck],
		.iv = iv,
		.aad = request + GUEST_MESSAGE_AAD_OFFSET,
		.aad_bytes = GUEST_MESSAGE_AAD_BYTES,
	};
	enum err e = crypto_gcm_open(&gcm, request + sizeof(*h),
				     h->payload_size, h->tag, payload);
	return e == OK ? PSP_SUCCESS : PSP_BAD_MEASUREMENT;
}

static void seal_response(const struct psp *p,
			  const struct guest_message_header *request,
			  const uint8_t *payload, size_t count,
			  uint8_t response[GUEST_MESSAGE_PAGE_BYTES])
{
	uint8_t iv[CRYPTO_IV_BYTES];
	struct guest_message_header h = {
		.sequence = request->sequence + 1,
		.algo = GUEST_MESSAGE_ALGO_AES_256_GCM,
		.header_version = GUEST_MESSAGE_HEADER_VERSION,
		.header_size = sizeof(h),
		.type = (uint8_t)(request->type + 1),
		.version = request->version,
		.payload_size = (uint16_t)count,
		.vmpck = request->vmpck,
	};

	memset(response, 0, GUEST_MESSAGE_PAGE_BYTES);
	iv_make(h.sequence, iv);
	memcpy(response, &h, sizeof(h));
	struct crypto_gcm gcm = {
		.key = p->vmpck[h.vmpck],
		.iv = iv,
		.aad = response + GUEST_MESSAGE_AAD_OFFSET,
		.aad_bytes = GUEST_MESSAGE_AAD_BYTES,
	};
	crypto_gcm_seal(&gcm, payload, count, response + sizeof(h), response);
}

static enum psp_status header_judge(const struct psp *p,
				    const struct guest_message_header *h)
{
	if (p->state != PSP_STATE_RUNNING)
		return PSP_INVALID_GUEST_STATE;
	if (!header_is_sane(h) || !exchange_find(h))
		return PSP_INVALID_PARAM;
	// A number may neither come twice nor be left out, and the answer's
	// must exist, too: each is an IV.
	if (p->sequence[h->vmpck] >= SEQUENCE_LAST ||
	    h->sequence != p->sequence[h->vmpck] + 1)
		return PSP_AEAD_OFLOW;
	return PSP_SUCCESS;
}

enum psp_status psp_message(struct psp *p,
			    const uint8_t request[GUEST_MESSAGE_PAGE_BYTES],
			    uint8_t response[GUEST_MESSAGE_PAGE_BYTES])
{
	struct guest_message_header h;
	_Alignas(8) uint8_t payload[GUEST_MESSAGE_PAYLOAD_LIMIT];
	_Alignas(8) uint8_t answer[GUEST_MESSAGE_PAYLOAD_LIMIT] = { 0 };

	memcpy(&h, request, sizeof(h));
	enum psp_status status = header_judge(p, &h);
	if (status != PSP_SUCCESS)
		return status;
	status = open_request(p, &h, request, payload);
	if (status != PSP_SUCCESS)
		return status;
	size_t count = exchange_find(&h)->answer(p, h.vmpck, payload,
						 h.payload_size, answer);
	CHECK(count <= sizeof(answer));
	seal_response(p, &h, answer, count, response);
	p->sequence[h.vmpck] += 2;
	wipe(answer, sizeof(answer));
	return PSP_SUCCESS;
}

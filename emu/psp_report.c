// SPDX-License-Identifier: Apache-2.0
// MSG_REPORT_REQ (AMD 56860, 7.3, "Attestation").
#include "emu/psp_private.h"

#include <string.h>

#include "emu/crypto.h"

#define TURIN_CHIP_ID_BYTES 8u // the other 56 are zeros
#define VMPL_LAST 3u

// Family, model and stepping of a real chip of each product.
static const uint8_t product_cpuid[][3] = {
	[PSP_MILAN] = { 0x19, 0x01, 0x01 },
	[PSP_GENOA] = { 0x19, 0x11, 0x01 },
	[PSP_TURIN] = { 0x1a, 0x02, 0x01 },
};

// Which key signs. MASK_CHIP_KEY takes the VCEK away, not a VLEK.
static uint32_t signing_key(const struct psp *p, uint32_t select,
			    enum report_signing_key *out)
{
	bool has_vlek = psp_has_vlek(&p->platform);

	if (select > GUEST_KEY_VLEK || (select == GUEST_KEY_VLEK && !has_vlek))
		return GUEST_MESSAGE_STATUS_INVALID_KEY;
	if (has_vlek && select != GUEST_KEY_VCEK)
		*out = REPORT_SIGNED_BY_VLEK;
	else if (p->platform.mask_chip_key)
		*out = REPORT_SIGNED_BY_NONE;
	else
		*out = REPORT_SIGNED_BY_VCEK;
	return GUEST_MESSAGE_STATUS_OK;
}

static uint32_t request_judge(const struct psp *p, uint32_t vmpl,
			      const struct report_request *request,
			      enum report_signing_key *key)
{
	if (request->vmpl < vmpl || request->vmpl > VMPL_LAST ||
	    (request->flags & ~REPORT_FLAG_KEY_SELECT_MASK) != 0 ||
	    !psp_is_zero(request->reserved_48, sizeof(request->reserved_48)))
		return GUEST_MESSAGE_STATUS_INVALID_PARAM;
	return signing_key(p, request->flags & REPORT_FLAG_KEY_SELECT_MASK,
			   key);
}

static void fill_guest(const struct psp *p, struct attestation_report *r)
{
	const struct psp_guest *g = &p->guest;

	r->guest_svn = g->guest_svn;
	r->policy = g->policy;
	memcpy(r->family_id, g->family_id, sizeof(r->family_id));
	memcpy(r->image_id, g->image_id, sizeof(r->image_id));
	memcpy(r->measurement, p->digest, sizeof(r->measurement));
	memcpy(r->host_data, g->host_data, sizeof(r->host_data));
	memcpy(r->id_key_digest, g->id_key_digest, sizeof(r->id_key_digest));
	if (g->author_key_enabled) {
		r->key_info |= KEY_INFO_AUTHOR_KEY_EN;
		memcpy(r->author_key_digest, g->author_key_digest,
		       sizeof(r->author_key_digest));
	}
	memcpy(r->report_id, p->report_id, sizeof(r->report_id));
	memset(r->report_id_ma, 0xff, sizeof(r->report_id_ma));
}

static void fill_platform(const struct psp_platform *f,
			  struct attestation_report *r)
{
	r->version = f->report_version;
	r->current_tcb = f->current_tcb;
	r->platform_info = f->platform_info;
	r->reported_tcb = f->reported_tcb;
	r->committed_tcb = f->committed_tcb;
	r->current_version = f->current_version;
	r->committed_version = f->committed_version;
	r->launch_tcb = f->launch_tcb;
	if (f->mask_chip_key)
		r->key_info |= KEY_INFO_MASK_CHIP_KEY;
	if (!f->mask_chip_id)
		memcpy(r->chip_id, f->chip_id,
		       f->product == PSP_TURIN ? TURIN_CHIP_ID_BYTES
					       : sizeof(r->chip_id));
	if (f->report_version >= 3) {
		r->cpuid_family = product_cpuid[f->product][0];
		r->cpuid_model = product_cpuid[f->product][1];
		r->cpuid_stepping = product_cpuid[f->product][2];
	}
	if (f->report_version >= 5) {
		r->launch_mit_vector = f->launch_mit_vector;
		r->current_mit_vector = f->current_mit_vector;
	}
}

static void scalar_store(const uint8_t big_endian[CRYPTO_P384_BYTES],
			 uint8_t out[REPORT_SCALAR_BYTES])
{
	for (size_t i = 0; i < CRYPTO_P384_BYTES; i++)
		out[i] = big_endian[CRYPTO_P384_BYTES - 1 - i];
}

static void sign(const struct psp *p, enum report_signing_key key,
		 struct attestation_report *r)
{
	uint8_t digest[CRYPTO_SHA384_BYTES];
	uint8_t scalar_r[CRYPTO_P384_BYTES], scalar_s[CRYPTO_P384_BYTES];

	r->signature_algo = REPORT_ALGO_ECDSA_P384_SHA384;
	r->key_info |= (uint32_t)key << KEY_INFO_SIGNING_KEY_SHIFT;
	if (key == REPORT_SIGNED_BY_NONE)
		return;
	crypto_sha384(r, REPORT_SIGNED_BYTES, digest);
	crypto_p384_sign(key == REPORT_SIGNED_BY_VLEK ? p->platform.vlek
						      : p->platform.vcek,
			 digest, scalar_r, scalar_s);
	scalar_store(scalar_r, r->signature_r);
	scalar_store(scalar_s, r->signature_s);
}

size_t psp_report(const struct psp *p, uint32_t vmpl, const uint8_t *payload,
		  size_t count, uint8_t *out)
{
	struct report_request request;
	struct report_response response = { 0 };
	enum report_signing_key key;

	(void)count; // of exactly one size
	memcpy(&request, payload, sizeof(request));
	response.status = request_judge(p, vmpl, &request, &key);
	if (response.status == GUEST_MESSAGE_STATUS_OK) {
		struct attestation_report *r = &response.report;

		response.report_size = sizeof(*r);
		fill_platform(&p->platform, r);
		fill_guest(p, r);
		r->vmpl = request.vmpl;
		memcpy(r->report_data, request.report_data,
		       sizeof(r->report_data));
		sign(p, key, r);
	}
	memcpy(out, &response, sizeof(response));
	return sizeof(response);
}

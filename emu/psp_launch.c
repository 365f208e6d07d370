// SPDX-License-Identifier: Apache-2.0
// The launch of a guest (AMD 56860, 8.16 to 8.18) and the keys of its run.
#include "emu/psp_private.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "emu/crypto.h"
#include "emu/digest.h"

bool psp_is_zero(const void *bytes, size_t count)
{
	const uint8_t *b = bytes;
	uint8_t seen = 0;

	for (size_t i = 0; i < count; i++)
		seen |= b[i];
	return seen == 0;
}

bool psp_has_vlek(const struct psp_platform *platform)
{
	return !psp_is_zero(platform->vlek, sizeof(platform->vlek));
}

void psp_derive(const uint8_t secret[PSP_SEED_BYTES], const char *purpose,
		uint32_t index, uint8_t out[32])
{
	uint8_t message[64] = { 0 };
	uint8_t mac[CRYPTO_SHA384_BYTES];
	size_t length = strlen(purpose);

	CHECK(length < sizeof(message) - 4);
	store_le32(message, index);
	memcpy(message + 4, purpose, length + 1);
	crypto_hmac_sha384(secret, PSP_SEED_BYTES, message, sizeof(message),
			   mac);
	memcpy(out, mac, 32);
	wipe(mac, sizeof(mac));
}

static bool platform_is_sane(const struct psp_platform *platform)
{
	if (platform->product > PSP_TURIN)
		return false;
	if (platform->report_version != 2 && platform->report_version != 3 &&
	    platform->report_version != 5)
		return false;
	if (!crypto_p384_key_valid(platform->vcek))
		return false;
	return !psp_has_vlek(platform) || crypto_p384_key_valid(platform->vlek);
}

static bool guest_is_sane(const struct psp_guest *guest)
{
	return (guest->policy & ~POLICY_KNOWN_BITS) == 0 &&
	       (guest->policy & POLICY_MUST_BE_ONE) != 0 &&
	       guest->author_key_enabled <= 1 && guest->secure_tsc <= 1;
}

// What a policy demands of the machine (AMD 56860, 4.3).
static bool policy_is_met(uint64_t policy, const struct psp_platform *platform)
{
	const struct report_firmware_version *v = &platform->current_version;
	uint64_t info = platform->platform_info;

	if (!(policy & POLICY_SMT) && (info & PLATFORM_SMT_EN))
		return false;
	if ((policy & POLICY_RAPL_DIS) && !(info & PLATFORM_RAPL_DIS))
		return false;
	if ((policy & POLICY_CIPHERTEXT_HIDING) &&
	    !(info & PLATFORM_CIPHERTEXT_HIDING))
		return false;
	if (POLICY_ABI_MAJOR(policy) != v->major)
		return POLICY_ABI_MAJOR(policy) < v->major;
	return POLICY_ABI_MINOR(policy) <= v->minor;
}

static void run_keys_derive(struct psp *p, const uint8_t seed[PSP_SEED_BYTES])
{
	for (uint32_t i = 0; i < VMPCK_COUNT; i++)
		psp_derive(seed, "EMULATED VMPCK", i, p->vmpck[i]);
	psp_derive(seed, "EMULATED VMRK", 0, p->vmrk);
	psp_derive(seed, "EMULATED report id", 0, p->report_id);
}

enum psp_status psp_launch_start(struct psp *p,
				 const struct psp_platform *platform,
				 const struct psp_guest *guest,
				 const uint8_t seed[PSP_SEED_BYTES])
{
	p->state = PSP_STATE_NONE;
	if (!platform_is_sane(platform) || !guest_is_sane(guest))
		return PSP_INVALID_PARAM;
	if (!policy_is_met(guest->policy, platform))
		return PSP_POLICY_FAILURE;
	p->platform = *platform;
	p->guest = *guest;
	memset(p->digest, 0, sizeof(p->digest));
	memset(p->sequence, 0, sizeof(p->sequence));
	run_keys_derive(p, seed);
	p->state = PSP_STATE_LAUNCH;
	return PSP_SUCCESS;
}

enum psp_status psp_launch_update(struct psp *p, uint64_t gpa,
				  enum launch_page_type type,
				  const uint8_t *page)
{
	if (p->state != PSP_STATE_LAUNCH)
		return PSP_INVALID_GUEST_STATE;
	if (!digest_knows(type) || gpa % DIGEST_PAGE_BYTES != 0)
		return PSP_INVALID_PARAM;
	digest_page(p->digest, gpa, type, page);
	return PSP_SUCCESS;
}

enum psp_status psp_launch_finish(struct psp *p, const uint8_t *wanted_digest)
{
	if (p->state != PSP_STATE_LAUNCH)
		return PSP_INVALID_GUEST_STATE;
	if (wanted_digest &&
	    memcmp(wanted_digest, p->digest, LAUNCH_DIGEST_BYTES) != 0)
		return PSP_BAD_MEASUREMENT;
	p->state = PSP_STATE_RUNNING;
	return PSP_SUCCESS;
}

const uint8_t *psp_vmpck(const struct psp *p, unsigned int index)
{
	CHECK(p->state != PSP_STATE_NONE && index < VMPCK_COUNT);
	return p->vmpck[index];
}

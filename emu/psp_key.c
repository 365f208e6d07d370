// SPDX-License-Identifier: Apache-2.0
// MSG_KEY_REQ (AMD 56860, 7.2, "Key Derivation"). AMD doesn't publish the
// derivation itself. Ours mixes in the VMPL, what was asked for, and nothing
// else: whatever is left out doesn't change the key.
#include "emu/psp_private.h"

#include <string.h>

#include "base/bytes.h"
#include "emu/crypto.h"

#define VMPL_LAST 3u
#define KEY_LABEL "EMULATED SNP guest key"

struct key_mix {
	char label[24];
	uint64_t fields;
	uint64_t policy, tcb, launch_mit_vector;
	uint32_t vmpl, guest_svn;
	uint8_t image_id[16], family_id[16];
	uint8_t measurement[LAUNCH_DIGEST_BYTES];
};

_Static_assert(sizeof(KEY_LABEL) <= sizeof(((struct key_mix *)0)->label));
_Static_assert(sizeof(struct key_mix) == 24 + 4 * 8 + 2 * 4 + 2 * 16 + 48,
	       "padding would be mixed in");

// TCBs compare by component: each is a byte, at the same place in both.
static bool tcb_is_within(uint64_t tcb, uint64_t limit)
{
	for (unsigned int shift = 0; shift < 64; shift += 8)
		if ((uint8_t)(tcb >> shift) > (uint8_t)(limit >> shift))
			return false;
	return true;
}

static bool fields_are_sane(const struct psp *p, uint32_t vmpl,
			    const struct key_request *request, bool is_v1)
{
	uint64_t known = KEY_FIELD_KNOWN_BITS;

	if (is_v1)
		known &= ~KEY_FIELD_LAUNCH_MIT;
	return (request->root_key_select & ~KEY_ROOT_KNOWN_BITS) == 0 &&
	       request->reserved_04 == 0 &&
	       (request->guest_field_select & ~known) == 0 &&
	       request->vmpl >= vmpl && request->vmpl <= VMPL_LAST &&
	       request->guest_svn <= p->guest.guest_svn &&
	       tcb_is_within(request->tcb, p->platform.committed_tcb) &&
	       (request->launch_mit_vector & ~p->platform.launch_mit_vector) ==
		       0;
}

// The root's 32 bytes: of the VMRK, the VLEK or the chip. The chip's doesn't
// change with its TCB, which is mixed in only if asked for.
static uint32_t root_make(const struct psp *p, uint32_t select,
			  uint8_t root[PSP_SEED_BYTES])
{
	uint32_t key = select >> KEY_ROOT_SELECT_SHIFT & KEY_ROOT_SELECT_MASK;
	bool has_vlek = psp_has_vlek(&p->platform);

	if (key > GUEST_KEY_VLEK)
		return GUEST_MESSAGE_STATUS_INVALID_KEY;
	if (select & KEY_ROOT_VMRK) {
		psp_derive(p->vmrk, "EMULATED VMRK root", 0, root);
		return GUEST_MESSAGE_STATUS_OK;
	}
	if (has_vlek && key != GUEST_KEY_VCEK) {
		psp_derive(p->platform.vlek, "EMULATED VLEK root", 0, root);
		return GUEST_MESSAGE_STATUS_OK;
	}
	if (key == GUEST_KEY_VLEK || p->platform.mask_chip_key)
		return GUEST_MESSAGE_STATUS_INVALID_KEY;
	psp_derive(p->platform.chip_secret, "EMULATED VCEK root", 0, root);
	return GUEST_MESSAGE_STATUS_OK;
}

static void mix_make(const struct psp *p, const struct key_request *request,
		     struct key_mix *mix)
{
	uint64_t fields = request->guest_field_select;

	memset(mix, 0, sizeof(*mix));
	memcpy(mix->label, KEY_LABEL, sizeof(KEY_LABEL));
	mix->fields = fields;
	mix->vmpl = request->vmpl;
	if (fields & KEY_FIELD_POLICY)
		mix->policy = p->guest.policy;
	if (fields & KEY_FIELD_IMAGE_ID)
		memcpy(mix->image_id, p->guest.image_id, sizeof(mix->image_id));
	if (fields & KEY_FIELD_FAMILY_ID)
		memcpy(mix->family_id, p->guest.family_id,
		       sizeof(mix->family_id));
	if (fields & KEY_FIELD_MEASUREMENT)
		memcpy(mix->measurement, p->digest, sizeof(mix->measurement));
	if (fields & KEY_FIELD_GUEST_SVN)
		mix->guest_svn = request->guest_svn;
	if (fields & KEY_FIELD_TCB)
		mix->tcb = request->tcb;
	if (fields & KEY_FIELD_LAUNCH_MIT)
		mix->launch_mit_vector = request->launch_mit_vector;
}

static void key_make(const struct psp *p, const struct key_request *request,
		     const uint8_t root[PSP_SEED_BYTES], uint8_t key[KEY_BYTES])
{
	struct key_mix mix;
	uint8_t mac[CRYPTO_SHA384_BYTES];

	mix_make(p, request, &mix);
	crypto_hmac_sha384(root, PSP_SEED_BYTES, &mix, sizeof(mix), mac);
	memcpy(key, mac, KEY_BYTES);
	wipe(mac, sizeof(mac));
}

size_t psp_key(const struct psp *p, uint32_t vmpl, const uint8_t *payload,
	       size_t count, uint8_t *out)
{
	struct key_request request = { 0 };
	struct key_response response = { 0 };
	uint8_t root[PSP_SEED_BYTES] = { 0 };

	memcpy(&request, payload, count);
	if (!fields_are_sane(p, vmpl, &request, count == KEY_REQUEST_V1_BYTES))
		response.status = GUEST_MESSAGE_STATUS_INVALID_PARAM;
	else
		response.status = root_make(p, request.root_key_select, root);
	if (response.status == GUEST_MESSAGE_STATUS_OK)
		key_make(p, &request, root, response.key);
	memcpy(out, &response, sizeof(response));
	wipe(&response, sizeof(response));
	wipe(root, sizeof(root));
	return sizeof(struct key_response);
}

// SPDX-License-Identifier: Apache-2.0
// Keys of KEY_REQ depend on all that was asked to be mixed in, and on nothing
// else; what a guest may not ask for gets a status and no key.
#include "emu/psp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "tests/fake/psp_guest.h"

#define ALL_V1 (KEY_FIELD_KNOWN_BITS & ~KEY_FIELD_LAUNCH_MIT)

static struct psp psp;

struct key {
	uint8_t bytes[KEY_BYTES];
};

static int launch(void **state)
{
	(void)state;
	psp_guest_launch_plain(&psp);
	return 0;
}

static uint32_t ask_by(unsigned int vmpck, const struct key_request *request,
		       uint8_t version, struct key *key)
{
	struct key_response answer;
	static const struct key_response nothing;

	psp_guest_ask(&psp, vmpck, GUEST_MESSAGE_KEY_REQ, version, request,
		      version == 1 ? 0x20 : 0x28, &answer, sizeof(answer));
	memcpy(key->bytes, answer.key, sizeof(key->bytes));
	if (answer.status != 0)
		assert_memory_equal(answer.key, nothing.key, KEY_BYTES);
	else
		assert_memory_not_equal(answer.key, nothing.key, KEY_BYTES);
	return answer.status;
}

static struct key key_get(const struct key_request *request)
{
	struct key key;

	assert_int_equal(ask_by(0, request, 2, &key), 0);
	return key;
}

static uint32_t status_get(const struct key_request *request)
{
	struct key key;

	return ask_by(0, request, 2, &key);
}

static void assert_same(const struct key *a, const struct key *b, bool want)
{
	assert_int_equal(memcmp(a, b, sizeof(*a)) == 0, want);
}

// Changes one thing that bit `field` stands for: in the guest, or what is
// asked to be mixed in.
static void thing_change(uint64_t field, struct key_request *request)
{
	switch (field) {
	case KEY_FIELD_POLICY:
		psp.guest.policy ^= POLICY_DEBUG;
		break;
	case KEY_FIELD_IMAGE_ID:
		psp.guest.image_id[15] ^= 1;
		break;
	case KEY_FIELD_FAMILY_ID:
		psp.guest.family_id[15] ^= 1;
		break;
	case KEY_FIELD_MEASUREMENT:
		psp.digest[47] ^= 1;
		break;
	case KEY_FIELD_GUEST_SVN:
		request->guest_svn ^= 1;
		break;
	case KEY_FIELD_TCB:
		request->tcb ^= 1;
		break;
	default:
		request->launch_mit_vector ^= 1;
		break;
	}
}

static void a_key_depends_on_just_what_is_mixed_in(void **state)
{
	(void)state;
	for (uint64_t field = 1; field <= KEY_FIELD_LAUNCH_MIT; field <<= 1)
		for (uint64_t select = 0; select <= KEY_FIELD_KNOWN_BITS;
		     select++) {
			struct key_request request = { .guest_field_select =
							       select };
			struct key before = key_get(&request);

			thing_change(field, &request);
			struct key after = key_get(&request);
			assert_same(&before, &after, !(select & field));
		}
}

static void every_selection_has_its_key(void **state)
{
	static struct key keys[KEY_FIELD_KNOWN_BITS + 1];

	(void)state;
	// With all things zero, the selection alone makes the difference.
	psp.guest = (struct psp_guest){ 0 };
	memset(psp.digest, 0, sizeof(psp.digest));
	for (uint64_t select = 0; select < ARRAY_COUNT(keys); select++) {
		struct key_request request = { .guest_field_select = select };

		keys[select] = key_get(&request);
		for (uint64_t other = 0; other < select; other++)
			assert_same(&keys[select], &keys[other], false);
	}
}

static void a_key_comes_again(void **state)
{
	struct key_request request = { .guest_field_select = ALL_V1 };
	struct psp_platform platform = psp_guest_platform();
	struct psp_guest guest = psp_guest_settings();
	struct key first, later, other_chip;

	(void)state;
	assert_int_equal(ask_by(0, &request, 1, &first), 0);
	platform.current_tcb++; // not asked to be mixed in
	platform.reported_tcb++;
	platform.vcek[0] ^= 1;
	guest.host_data[0] ^= 1;
	psp_guest_launch(&psp, &platform, &guest);
	psp.vmrk[0] ^= 1;
	assert_int_equal(ask_by(0, &request, 1, &later), 0);
	assert_same(&first, &later, true);
	psp.platform.chip_secret[31] ^= 1;
	assert_int_equal(ask_by(0, &request, 1, &other_chip), 0);
	assert_same(&first, &other_chip, false);
}

static void roots_and_vmpls_give_keys_of_their_own(void **state)
{
	struct key_request request = { 0 };
	struct key vcek, vlek, vmrk, vmpl, again;

	(void)state;
	vcek = key_get(&request);
	memset(psp.platform.vlek, 0x33, sizeof(psp.platform.vlek));
	vlek = key_get(&request); // AUTO
	request.root_key_select = GUEST_KEY_VLEK << 1;
	again = key_get(&request);
	assert_same(&vlek, &again, true);
	request.root_key_select = GUEST_KEY_VCEK << 1;
	again = key_get(&request);
	assert_same(&vcek, &again, true);
	request.root_key_select = KEY_ROOT_VMRK;
	vmrk = key_get(&request);
	psp.vmrk[0] ^= 1;
	again = key_get(&request);
	assert_same(&vmrk, &again, false);
	request.root_key_select = GUEST_KEY_VCEK << 1;
	request.vmpl = 1;
	vmpl = key_get(&request);
	assert_same(&vcek, &vlek, false);
	assert_same(&vcek, &vmrk, false);
	assert_same(&vlek, &vmrk, false);
	assert_same(&vcek, &vmpl, false);
	assert_int_equal(ask_by(1, &request, 1, &again), 0);
	assert_same(&vmpl, &again, true); // whoever asks for it
}

static void missing_roots_have_no_keys(void **state)
{
	struct key_request request = { .root_key_select = 3 << 1 };

	(void)state;
	assert_int_equal(status_get(&request), 0x27);
	request.root_key_select = GUEST_KEY_VLEK << 1;
	assert_int_equal(status_get(&request), 0x27);
	psp.platform.mask_chip_key = 1;
	request.root_key_select = GUEST_KEY_VCEK << 1;
	assert_int_equal(status_get(&request), 0x27);
	request.root_key_select = KEY_ROOT_VMRK;
	assert_int_equal(status_get(&request), 0);
}

static void reserved_bits_are_refused(void **state)
{
	(void)state;
	for (unsigned int bit = 3; bit < 32; bit++) {
		struct key_request request = { .root_key_select = 1u << bit };

		assert_int_equal(status_get(&request), 0x16);
		request = (struct key_request){ .reserved_04 = 1u << bit };
		assert_int_equal(status_get(&request), 0x16);
	}
	for (unsigned int bit = 7; bit < 64; bit++) {
		struct key_request request = { .guest_field_select = 1ull
								     << bit };

		assert_int_equal(status_get(&request), 0x16);
	}
	struct key_request request = { .guest_field_select =
					       KEY_FIELD_LAUNCH_MIT };
	struct key key;
	assert_int_equal(ask_by(0, &request, 1, &key), 0x16);
	assert_int_equal(ask_by(0, &request, 2, &key), 0);
}

static void a_guest_gets_no_key_above_itself(void **state)
{
	struct key_request request = { .guest_svn = 7 };
	struct key key;

	(void)state;
	assert_int_equal(status_get(&request), 0);
	request.guest_svn = 8;
	assert_int_equal(status_get(&request), 0x16);
	for (uint32_t vmpck = 0; vmpck < VMPCK_COUNT; vmpck++)
		for (uint32_t vmpl = 0; vmpl < 6; vmpl++) {
			request = (struct key_request){ .vmpl = vmpl };
			assert_int_equal(ask_by(vmpck, &request, 1, &key),
					 vmpl >= vmpck && vmpl <= 3 ? 0 : 0x16);
		}
	request = (struct key_request){ .launch_mit_vector = 0x5 };
	assert_int_equal(status_get(&request), 0);
	request.launch_mit_vector = 0x2; // not among those of the launch
	assert_int_equal(status_get(&request), 0x16);
}

static void a_tcb_above_the_committed_one_is_refused(void **state)
{
	uint64_t committed = psp_guest_platform().committed_tcb;
	struct key_request request = { .tcb = committed };

	(void)state;
	assert_int_equal(status_get(&request), 0);
	for (unsigned int shift = 0; shift < 64; shift += 8) {
		request.tcb = committed + (1ull << shift);
		assert_int_equal(status_get(&request), 0x16);
		// Less of the highest part doesn't make up for it.
		if (shift < 56) {
			request.tcb -= 1ull << 56;
			assert_int_equal(status_get(&request), 0x16);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_key_depends_on_just_what_is_mixed_in,
				       launch),
		cmocka_unit_test_setup(every_selection_has_its_key, launch),
		cmocka_unit_test_setup(a_key_comes_again, launch),
		cmocka_unit_test_setup(roots_and_vmpls_give_keys_of_their_own,
				       launch),
		cmocka_unit_test_setup(missing_roots_have_no_keys, launch),
		cmocka_unit_test_setup(reserved_bits_are_refused, launch),
		cmocka_unit_test_setup(a_guest_gets_no_key_above_itself,
				       launch),
		cmocka_unit_test_setup(a_tcb_above_the_committed_one_is_refused,
				       launch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// The secure processor's launch digest against the calculator's, which knows
// nothing of it: the launch is played here page by page, with save areas that
// are written byte by byte.
#include "emu/psp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/num.h"
#include "image/measure/launch.h"
#include "tests/fake/psp_guest.h"

#define PAGE_BYTES 4096u
#define FIRMWARE_BYTES (2 * PAGE_BYTES)
#define METADATA_FROM_END 0x300u
#define AP_EIP 0xfff01004u
#define BSP_EIP 0xfffffff0u
#define HASH_TABLE_GPA 0x810c00u

static const uint32_t sections[][3] = {
	{ 0x800000, 0x3000, 1 }, // SEC memory
	{ 0x811000, 0x2000, 4 }, // not in the order of addresses
	{ 0x80d000, 0x1000, 2 }, // secrets
	{ 0x80e000, 0x1000, 3 }, // CPUID
	{ 0x810000, 0x1000, 0x10 },
};

static uint8_t firmware[FIRMWARE_BYTES];
static struct psp psp;

// One entry of the table that is read backward; gives its start.
static size_t entry_put(size_t end, struct guid guid, uint32_t value)
{
	memcpy(firmware + end - 16, guid.bytes, 16);
	store_le16(firmware + end - 18, 22);
	store_le32(firmware + end - 22, value);
	return end - 22;
}

static int firmware_make(void **state)
{
	size_t table_end = FIRMWARE_BYTES - 32;
	size_t start = table_end - 18;
	uint8_t *metadata = firmware + FIRMWARE_BYTES - METADATA_FROM_END;

	(void)state;
	for (size_t i = 0; i < FIRMWARE_BYTES; i++)
		firmware[i] = (uint8_t)(i * 11 + i / 256);
	start = entry_put(start, OVMF_AP_RESET_GUID, AP_EIP);
	start = entry_put(start, OVMF_METADATA_GUID, METADATA_FROM_END);
	start = entry_put(start, OVMF_HASH_TABLE_GUID, HASH_TABLE_GPA);
	memcpy(firmware + table_end - 16, OVMF_TABLE_FOOTER_GUID.bytes, 16);
	store_le16(firmware + table_end - 18, (uint16_t)(table_end - start));
	memcpy(metadata, "ASEV", 4);
	store_le32(metadata + 4, 16 + sizeof(sections));
	store_le32(metadata + 8, 1);
	store_le32(metadata + 12, ARRAY_COUNT(sections));
	for (size_t i = 0; i < ARRAY_COUNT(sections); i++)
		for (size_t j = 0; j < 3; j++)
			store_le32(metadata + 16 + 12 * i + 4 * j,
				   sections[i][j]);
	return 0;
}

static void segment_put(uint8_t *at, uint16_t selector, uint16_t attributes,
			uint32_t base)
{
	store_le16(at, selector);
	store_le16(at + 2, attributes);
	store_le32(at + 4, 0xffff);
	store_le32(at + 8, base);
}

static void vmsa_put(uint8_t page[PAGE_BYTES], uint32_t eip, uint32_t signature,
		     uint64_t features)
{
	static const uint16_t attributes[] = { 0x93, 0x9b, 0x93, 0x93, 0x93,
					       0x93, 0,    0x82, 0,    0x8b };

	memset(page, 0, PAGE_BYTES);
	for (size_t i = 0; i < ARRAY_COUNT(attributes); i++)
		segment_put(page + 16 * i, 0, attributes[i], 0);
	segment_put(page + 0x10, 0xf000, 0x9b, eip & 0xffff0000);
	store_le64(page + 0xd0, 0x1000);
	store_le64(page + 0x148, 0x40);
	store_le64(page + 0x158, 0x10);
	store_le64(page + 0x160, 0x400);
	store_le64(page + 0x168, 0xffff0ff0);
	store_le64(page + 0x170, 2);
	store_le64(page + 0x178, eip & 0xffff);
	store_le64(page + 0x268, 0x0007040600070406);
	store_le64(page + 0x310, signature);
	store_le64(page + 0x3b0, features);
	store_le64(page + 0x3e8, 1);
	store_le32(page + 0x408, 0x1f80);
	store_le16(page + 0x410, 0x37f);
}

static void update(uint64_t gpa, enum launch_page_type type,
		   const uint8_t *page)
{
	assert_int_equal(psp_launch_update(&psp, gpa, type, page), PSP_SUCCESS);
}

static void sections_update(const uint8_t *hash_page)
{
	static const enum launch_page_type types[] = {
		[1] = LAUNCH_PAGE_ZERO,
		[2] = LAUNCH_PAGE_SECRETS,
		[3] = LAUNCH_PAGE_CPUID,
		[4] = LAUNCH_PAGE_ZERO,
	};

	for (size_t i = 0; i < ARRAY_COUNT(sections); i++) {
		const uint32_t *s = sections[i];

		if (s[2] == 0x10) {
			update(s[0],
			       hash_page ? LAUNCH_PAGE_NORMAL
					 : LAUNCH_PAGE_ZERO,
			       hash_page);
			continue;
		}
		for (uint32_t done = 0; done < s[1]; done += PAGE_BYTES)
			update(s[0] + done, types[s[2]], NULL);
	}
}

// Plays QEMU's launch of `input`; the digest is then in psp.digest.
static void launch_play(const struct launch_input *input,
			const uint8_t *hash_page)
{
	static const uint8_t seed[PSP_SEED_BYTES];
	struct psp_platform platform = psp_guest_platform();
	struct psp_guest guest = psp_guest_settings();
	uint8_t vmsa[PAGE_BYTES];

	assert_int_equal(psp_launch_start(&psp, &platform, &guest, seed),
			 PSP_SUCCESS);
	for (size_t at = 0; at < FIRMWARE_BYTES; at += PAGE_BYTES)
		update(0x100000000 - FIRMWARE_BYTES + at, LAUNCH_PAGE_NORMAL,
		       firmware + at);
	sections_update(hash_page);
	for (uint32_t i = 0; i < input->vcpu_count; i++) {
		vmsa_put(vmsa, i == 0 ? BSP_EIP : AP_EIP, input->vcpu_signature,
			 input->sev_features);
		update(0xfffffffff000, LAUNCH_PAGE_VMSA, vmsa);
	}
	assert_int_equal(psp_launch_finish(&psp, NULL), PSP_SUCCESS);
}

static void assert_agrees(const struct launch_input *input,
			  const uint8_t *hash_page)
{
	uint8_t digest[LAUNCH_DIGEST_BYTES];

	launch_play(input, hash_page);
	assert_int_equal(launch_digest(input, digest), OK);
	assert_memory_equal(psp.digest, digest, sizeof(digest));
}

static void digests_agree_for_vcpus_and_models(void **state)
{
	static const uint32_t vcpus[] = { 1, 2, 4 };
	static const uint32_t signatures[] = { 0xa00f11, 0xa10f10, 0xb00f00 };
	static const uint64_t features[] = { 0x1, 0x21 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(vcpus); i++)
		for (size_t j = 0; j < ARRAY_COUNT(signatures); j++)
			for (size_t k = 0; k < ARRAY_COUNT(features); k++) {
				struct launch_input input = {
					.firmware = { firmware,
						      FIRMWARE_BYTES },
					.vcpu_count = vcpus[i],
					.vcpu_signature = signatures[j],
					.sev_features = features[k],
				};

				assert_agrees(&input, NULL);
			}
}

static void digests_agree_with_a_kernel(void **state)
{
	uint8_t hash_page[PAGE_BYTES];
	struct launch_input input = {
		.firmware = { firmware, FIRMWARE_BYTES },
		.has_kernel = true,
		.kernel = { (const uint8_t *)"a kernel", 8 },
		.vcpu_count = 1,
		.vcpu_signature = 0xa00f11,
		.sev_features = 1,
	};

	(void)state;
	assert_int_equal(launch_hash_page(&input, 0xc00, hash_page), OK);
	assert_agrees(&input, hash_page);
	input.vcpu_count = 2;
	assert_agrees(&input, hash_page);
}

// What has no contents in PAGE_INFO still counts by its type and its place.
static void type_and_place_are_measured(void **state)
{
	static const struct {
		uint64_t gpa;
		enum launch_page_type type;
	} pages[] = {
		{ 0x1000, LAUNCH_PAGE_ZERO },
		{ 0x2000, LAUNCH_PAGE_ZERO },
		{ 0x100001000, LAUNCH_PAGE_ZERO },
		{ 0x1000, LAUNCH_PAGE_UNMEASURED },
		{ 0x1000, LAUNCH_PAGE_SECRETS },
		{ 0x1000, LAUNCH_PAGE_CPUID },
	};
	uint8_t digests[ARRAY_COUNT(pages)][LAUNCH_DIGEST_BYTES];
	static const uint8_t seed[PSP_SEED_BYTES];
	struct psp_platform platform = psp_guest_platform();
	struct psp_guest guest = psp_guest_settings();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(pages); i++) {
		assert_int_equal(
			psp_launch_start(&psp, &platform, &guest, seed),
			PSP_SUCCESS);
		update(pages[i].gpa, pages[i].type, NULL);
		memcpy(digests[i], psp.digest, LAUNCH_DIGEST_BYTES);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(digests[i], digests[j],
						LAUNCH_DIGEST_BYTES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(digests_agree_for_vcpus_and_models,
				       firmware_make),
		cmocka_unit_test_setup(digests_agree_with_a_kernel,
				       firmware_make),
		cmocka_unit_test_setup(type_and_place_are_measured,
				       firmware_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// The launch digest against values that sev-snp-measure 0.0.13 gives for the
// same bytes, and firmware files that must be refused.
#include "image/measure/launch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/num.h"
#include "image/measure/firmware.h"

#define FIRMWARE_BYTES 8192u
#define METADATA_FROM_END 0x400u
#define TABLE_END (FIRMWARE_BYTES - OVMF_TABLE_END_FROM_TOP)

static uint8_t image[FIRMWARE_BYTES];
static size_t table_start;

// Puts an entry before those already there, as the table is read backward.
static void entry_add(struct guid guid, const void *data, size_t count)
{
	table_start -= GUID_BYTES;
	memcpy(image + table_start, guid.bytes, GUID_BYTES);
	table_start -= 2;
	store_le16(image + table_start,
		   (uint16_t)(count + OVMF_ENTRY_TAIL_BYTES));
	table_start -= count;
	if (count)
		memcpy(image + table_start, data, count);
}

static void entry_add_u32(struct guid guid, uint32_t value)
{
	uint8_t data[4];

	store_le32(data, value);
	entry_add(guid, data, sizeof(data));
}

static void metadata_put(void)
{
	// File order isn't address order, as in today's builds.
	static const uint32_t sections[][3] = {
		{ 0x800000, 0x9000, OVMF_SECTION_SEC_MEM },
		{ 0x811000, 0x1000, OVMF_SECTION_SVSM_CAA },
		{ 0x80d000, 0x1000, OVMF_SECTION_SECRETS },
		{ 0x80e000, 0x1000, OVMF_SECTION_CPUID },
		{ 0x810000, 0x1000, OVMF_SECTION_KERNEL_HASHES },
	};
	uint8_t *at = image + FIRMWARE_BYTES - METADATA_FROM_END;

	memcpy(at, "ASEV", 4);
	store_le32(at + 4, 16 + sizeof(sections));
	store_le32(at + 8, 1);
	store_le32(at + 12, ARRAY_COUNT(sections));
	for (size_t i = 0; i < ARRAY_COUNT(sections); i++)
		for (size_t j = 0; j < 3; j++)
			store_le32(at + 16 + 12 * i + 4 * j, sections[i][j]);
}

// A firmware of two pages with every entry that bears on the digest.
static void image_make(void)
{
	for (size_t i = 0; i < FIRMWARE_BYTES; i++)
		image[i] = (uint8_t)(i * 7 + i / 256);
	metadata_put();
	table_start = TABLE_END - OVMF_ENTRY_TAIL_BYTES;
	entry_add(OVMF_AP_RESET_GUID, "\x04\x10\xf0\xff", 4);
	entry_add_u32(OVMF_METADATA_GUID, METADATA_FROM_END);
	entry_add_u32(OVMF_HASH_TABLE_GUID, 0x810c00);
	entry_add((struct guid){ { 1, 2, 3 } }, "other", 5);
	size_t table_bytes = TABLE_END - table_start;
	size_t footer = TABLE_END - OVMF_ENTRY_TAIL_BYTES;
	store_le16(image + footer, (uint16_t)table_bytes);
	memcpy(image + footer + 2, OVMF_TABLE_FOOTER_GUID.bytes, GUID_BYTES);
}

static struct launch_input input_plain(void)
{
	return (struct launch_input){
		.firmware = { image, FIRMWARE_BYTES },
		.vcpu_count = 1,
		.vcpu_signature = 0xa00f11,
		.sev_features = 0x1,
	};
}

static struct launch_input input_with_kernel(void)
{
	struct launch_input input = input_plain();

	input.has_kernel = true;
	input.kernel = (struct launch_blob){ (const uint8_t *)"kernel", 6 };
	input.initrd = (struct launch_blob){ (const uint8_t *)"initrd", 6 };
	input.command_line = "console=ttyS0";
	return input;
}

static void assert_digest(const struct launch_input *input, const char *want)
{
	uint8_t digest[LAUNCH_DIGEST_BYTES];
	char hex[2 * LAUNCH_DIGEST_BYTES + 1] = { 0 };
	struct writer w = writer_of(hex, sizeof(hex) - 1);

	assert_int_equal(launch_digest(input, digest), OK);
	for (size_t i = 0; i < sizeof(digest); i++)
		assert_int_equal(write_hex(&w, digest[i], 2), OK);
	assert_string_equal(hex, want);
}

static void digest_agrees_for_vcpu_counts_types_and_features(void **state)
{
	static const struct {
		uint32_t vcpus;
		const char *type;
		uint64_t features;
		const char *digest;
	} cases[] = {
		{ 1, "EPYC-Milan", 0x1,
		  "999573681c4d57c13b4fb775634a3af60cfa3e72a3c60d76"
		  "e5ea51f11fe3fa82ab17b7c581603f4c10373412afa025e5" },
		{ 1, "EPYC-Milan", 0x21,
		  "298895d8aef1326072b1125d61157206969fa2d53130e8bd"
		  "cd19cb84361aeb34dde3c00a233f1f8fbdb03029fa5d43c2" },
		{ 1, "EPYC-Genoa", 0x1,
		  "9f1f10a3de1a71bfca1795da10793845e785fd52b1c40f65"
		  "b9588e9f6ed188ff4a951330eb3438579f02e1e6dc2e84dd" },
		{ 1, "EPYC-Genoa", 0x21,
		  "89982914fd679a46d6553212a3cf6844e7e67dc59415e7a0"
		  "c841830d7a81a6fd0e30b761847343345bbfb65a069fcd1b" },
		{ 1, "EPYC-Turin", 0x1,
		  "70d84c21e1972888fef5f68a6d9faf267d585fcc25ad6354"
		  "ebc92cb9fd3d5816f8fe03a62050e6b91a832a70596d1faa" },
		{ 1, "EPYC-Turin", 0x21,
		  "a0c5d226a89c830ecd3a28413c7c51a0ac192fe6e40599b1"
		  "afdcfd233bce04e20b3690da415fcf2b7cb7fe2c7ac136bc" },
		{ 2, "EPYC-Milan", 0x1,
		  "c9b2547ca9d2971e53238d10812f845e0eb18e4550a58a35"
		  "9bc6177bb7c27024a8738bfba5b2379a1b9fcef8f77b8f24" },
		{ 2, "EPYC-Milan", 0x21,
		  "ea21f13dbf6838b00ba7e5cfbaf021b2cef2a9c62828917c"
		  "9f564d86a503a03384b3f48d9b020ffe13627742457b6382" },
		{ 2, "EPYC-Genoa", 0x1,
		  "14caca3464ad0d946e85b9978d0d1b1f2dc443a43e9341b4"
		  "30ecae07d70d12d2898425859458f0b225fcd52e4288248b" },
		{ 2, "EPYC-Genoa", 0x21,
		  "4e4a333df040d772441d4bcd023f7edc81ee60e9f74b0106"
		  "b9bb3a3c9ea0f5ad79bf5b539b82f046043b2e9ba1f30e49" },
		{ 2, "EPYC-Turin", 0x1,
		  "403b640f1f70daf796f51f7834d6250e48d7dc12af2de1b4"
		  "23f8bf7cab5740b17e96b691b9fdd921519c7824570a59b5" },
		{ 2, "EPYC-Turin", 0x21,
		  "3594a8679aec1a5903c2a82c3b97fe29222f61ba47214876"
		  "d5cc3112acfe14e9c798ce80b3ae92c28e0d3303f805e6ec" },
		{ 4, "EPYC-Milan", 0x1,
		  "3a4d5d35548318d9342532a810ab4362de5c60c10492898a"
		  "aff51bf314bfaf58e8443ca100c963380e1739a48c79cf9a" },
		{ 4, "EPYC-Milan", 0x21,
		  "d816b626685c4f999c176c86942e64201bd4cc245c13541d"
		  "f333d2896df3762533b89922c1e8151c36815420fd296bf7" },
		{ 4, "EPYC-Genoa", 0x1,
		  "94c8e7926f0acec7b262c966ecae4b64dc6d0d5ba1ea1a1e"
		  "e32d8168c7d7df5f090f346e070f9d9e7219417d18f1ed6f" },
		{ 4, "EPYC-Genoa", 0x21,
		  "462165293394d1e0512ff4e6882578f58314e931091622ec"
		  "f87289804f25da617aca4e003027d5ad219e5dcedbd65f7e" },
		{ 4, "EPYC-Turin", 0x1,
		  "7dd3499005132b7919a3180d73436d3f89a8afc2878f31ea"
		  "b6ca17e03e9e46e39528abc7159762c0f506a92c6919a8bd" },
		{ 4, "EPYC-Turin", 0x21,
		  "53203aef28bcd8644ede2d7163ce5a881eb4ed568da15987"
		  "015efedd0af75f4064952f51a2ddabdc527caad2cfa4c17d" },
	};

	(void)state;
	image_make();
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct launch_input input = input_plain();

		input.vcpu_count = cases[i].vcpus;
		input.sev_features = cases[i].features;
		assert_int_equal(launch_vcpu_signature(cases[i].type,
						       &input.vcpu_signature),
				 OK);
		assert_digest(&input, cases[i].digest);
	}
}

static void digest_agrees_with_a_kernel(void **state)
{
	struct launch_input input = input_with_kernel();

	(void)state;
	image_make();
	assert_digest(&input,
		      "2746223ffec553e8db3d5e06e8287bcad473eb48ef8b6fd9"
		      "066f48e5b172a5f59c84e8b1c211ffc0dbfb1d8a1796ab90");
	input.initrd = (struct launch_blob){ 0 };
	input.command_line = NULL;
	assert_digest(&input,
		      "18a71716a5b494ef7512c946080337cf3f24ced0b2603f08"
		      "83d4469e001a8506be2a1a8c5bb2c41f64d450246336bf35");
}

static void every_measured_bit_changes_the_digest(void **state)
{
	struct launch_input input = input_plain();
	uint8_t first[LAUNCH_DIGEST_BYTES], other[LAUNCH_DIGEST_BYTES];

	(void)state;
	image_make();
	assert_int_equal(launch_digest(&input, first), OK);
	image[5] ^= 1;
	assert_int_equal(launch_digest(&input, other), OK);
	assert_memory_not_equal(first, other, sizeof(first));
	image[5] ^= 1;
	input.vcpu_signature ^= 1;
	assert_int_equal(launch_digest(&input, other), OK);
	assert_memory_not_equal(first, other, sizeof(first));
}

static void assert_refused(enum err want)
{
	struct launch_input input = input_plain();
	uint8_t digest[LAUNCH_DIGEST_BYTES] = { 0x5a };

	assert_int_equal(launch_digest(&input, digest), want);
	assert_int_equal(digest[0], 0x5a); // untouched
}

static void malformed_metadata_is_refused(void **state)
{
	uint8_t *metadata = image + FIRMWARE_BYTES - METADATA_FROM_END;

	(void)state;
	image_make();
	metadata[0] = 'X';
	assert_refused(ERR_BAD_INPUT);
	image_make();
	metadata[8] = 2; // version
	assert_refused(ERR_BAD_INPUT);
	image_make();
	store_le32(metadata + 12, 0xffffffff); // count
	assert_refused(ERR_TOO_BIG);
	image_make();
	store_le32(metadata + 12, 6); // one more than the length says
	assert_refused(ERR_BAD_INPUT);
	image_make();
	store_le32(metadata + 16, 0x800001); // unaligned section
	assert_refused(ERR_BAD_INPUT);
	image_make();
	store_le32(metadata + 20, 0xfffff000); // section wraps
	assert_refused(ERR_BAD_INPUT);
	image_make();
	store_le32(metadata + 24, 9); // unknown type
	assert_refused(ERR_BAD_INPUT);
}

static void malformed_table_is_refused(void **state)
{
	size_t footer = TABLE_END - OVMF_ENTRY_TAIL_BYTES;

	(void)state;
	image_make();
	image[footer + 2] ^= 1;
	assert_refused(ERR_UNSUPPORTED);
	image_make();
	store_le16(image + footer, 17);
	assert_refused(ERR_BAD_INPUT);
	image_make();
	store_le16(image + footer, 0xffff); // starts before the file
	assert_refused(ERR_BAD_INPUT);
	image_make();
	store_le16(image + footer - OVMF_ENTRY_TAIL_BYTES, 0); // no progress
	assert_refused(ERR_BAD_INPUT);
}

// No cut of the file may be read past its end; a cut loses the table, too.
static void every_truncation_is_refused(void **state)
{
	(void)state;
	image_make();
	for (size_t size = 0; size < FIRMWARE_BYTES; size++) {
		uint8_t *copy = malloc(size ? size : 1);
		struct launch_input input = input_plain();
		uint8_t digest[LAUNCH_DIGEST_BYTES];

		assert_non_null(copy);
		memcpy(copy, image, size);
		input.firmware = (struct launch_blob){ copy, size };
		assert_int_not_equal(launch_digest(&input, digest), OK);
		free(copy);
	}
}

static void impossible_launches_are_refused(void **state)
{
	struct launch_input input = input_plain();
	uint8_t digest[LAUNCH_DIGEST_BYTES];
	uint32_t signature;

	(void)state;
	image_make();
	input.vcpu_count = 0;
	assert_int_equal(launch_digest(&input, digest), ERR_BAD_INPUT);
	input.vcpu_count = LAUNCH_VCPU_LIMIT + 1;
	assert_int_equal(launch_digest(&input, digest), ERR_TOO_BIG);
	assert_int_equal(launch_vcpu_signature("EPYC-Unknown", &signature),
			 ERR_NOT_FOUND);

	// The table's address must lie in the section that holds it.
	uint8_t *metadata = image + FIRMWARE_BYTES - METADATA_FROM_END;
	input = input_with_kernel();
	store_le32(metadata + 16 + 4 * 12, 0x820000);
	assert_int_equal(launch_digest(&input, digest), ERR_BAD_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			digest_agrees_for_vcpu_counts_types_and_features),
		cmocka_unit_test(digest_agrees_with_a_kernel),
		cmocka_unit_test(every_measured_bit_changes_the_digest),
		cmocka_unit_test(malformed_metadata_is_refused),
		cmocka_unit_test(malformed_table_is_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(impossible_launches_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// A table and each entry in it: a GUID, the length of it all in 16 bits, data.
#include "boot/ovmf/bds/hash_table.h"

#include <stdbool.h>

#define GUID_BYTES 16
#define HEADER_BYTES (GUID_BYTES + 2)
#define ENTRY_BYTES (HEADER_BYTES + SHA256_BYTES)
#define HASHES 3
#define TABLE_BYTES (HEADER_BYTES + HASHES * ENTRY_BYTES)

// 9438d606-4f22-4cc9-b479-a793d411fd21
static const uint8_t table_guid[GUID_BYTES] = {
	0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c,
	0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21,
};

static const uint8_t hash_guid[HASHES][GUID_BYTES] = {
	// 4de79437-abd2-427f-b835-d5b172d2045b: the kernel
	{ 0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42, 0xb8, 0x35, 0xd5,
	  0xb1, 0x72, 0xd2, 0x04, 0x5b },
	// 44baf731-3a2f-4bd7-9af1-41e29169781d: the initrd
	{ 0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b, 0x9a, 0xf1, 0x41,
	  0xe2, 0x91, 0x69, 0x78, 0x1d },
	// 97d02dd8-bd20-4c94-aa78-e7714d36ab2a: the command line
	{ 0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c, 0xaa, 0x78, 0xe7,
	  0x71, 0x4d, 0x36, 0xab, 0x2a },
};

static bool bytes_equal(const uint8_t *a, const uint8_t *b, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static uint32_t length_of(const uint8_t *header)
{
	return header[GUID_BYTES] | (uint32_t)header[GUID_BYTES + 1] << 8;
}

// Which hash the entry holds, or HASHES.
static unsigned int entry_kind(const uint8_t *entry)
{
	unsigned int kind = 0;

	if (length_of(entry) != ENTRY_BYTES)
		return HASHES;
	while (kind < HASHES &&
	       !bytes_equal(entry, hash_guid[kind], GUID_BYTES))
		kind++;
	return kind;
}

enum hash_table_state hash_table_read(const uint8_t *bytes, uint32_t size,
				      struct hash_table *out)
{
	const uint8_t *found[HASHES] = { 0 };
	uint8_t *to[HASHES] = { out->kernel, out->initrd, out->command_line };

	if (size < TABLE_BYTES || !bytes_equal(bytes, table_guid, GUID_BYTES))
		return HASH_TABLE_MISSING;
	if (length_of(bytes) != TABLE_BYTES)
		return HASH_TABLE_MALFORMED;
	for (unsigned int i = 0; i < HASHES; i++) {
		const uint8_t *entry = bytes + HEADER_BYTES + i * ENTRY_BYTES;
		unsigned int kind = entry_kind(entry);

		if (kind == HASHES || found[kind])
			return HASH_TABLE_MALFORMED;
		found[kind] = entry + HEADER_BYTES;
	}
	for (unsigned int i = 0; i < HASHES; i++)
		for (unsigned int j = 0; j < SHA256_BYTES; j++)
			to[i][j] = found[i][j];
	return HASH_TABLE_GOOD;
}

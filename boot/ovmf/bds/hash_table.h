// SPDX-License-Identifier: Apache-2.0
// The hash table that a launch with `kernel-hashes=on` puts into the guest's
// memory and measures: QEMU, target/i386/sev.c, SevHashTable.
#pragma once

#include <stdint.h>

#include "boot/ovmf/bds/sha256.h"

struct hash_table {
	uint8_t kernel[SHA256_BYTES];
	uint8_t initrd[SHA256_BYTES];
	uint8_t command_line[SHA256_BYTES];
};

enum hash_table_state {
	HASH_TABLE_GOOD,
	HASH_TABLE_MISSING,
	HASH_TABLE_MALFORMED,
};

// Reads the table in the `size` bytes reserved for it. A good one holds each
// of the three hashes once and nothing else. *out is written only then.
enum hash_table_state hash_table_read(const uint8_t *bytes, uint32_t size,
				      struct hash_table *out);

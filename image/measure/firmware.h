// SPDX-License-Identifier: Apache-2.0
// A firmware file as a launch measures it. The file is untrusted: every offset
// in it is judged.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/launch.h"
#include "base/err.h"

#define FIRMWARE_SECTION_LIMIT 64
#define FIRMWARE_BYTES_LIMIT (64u * 1024u * 1024u)

struct firmware {
	const uint8_t *bytes; // the caller's
	size_t size;          // a multiple of 4096
	uint64_t gpa;         // where it ends at 4 GiB
	struct ovmf_section sections[FIRMWARE_SECTION_LIMIT]; // file order
	size_t section_count;
	bool has_hash_table;
	uint32_t hash_table_gpa;
	bool has_ap_reset;
	uint32_t ap_reset_eip;
};

// Reads the tables at the end of a firmware file. ERR_BAD_INPUT when the file
// or a table is malformed, ERR_UNSUPPORTED when it has no SEV metadata,
// ERR_TOO_BIG beyond the limits above.
enum err firmware_parse(const uint8_t *bytes, size_t size,
			struct firmware *out);

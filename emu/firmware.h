// SPDX-License-Identifier: Apache-2.0
// What the firmware file says about itself: OVMF's table of GUIDed entries at
// its end. The file was placed by whoever starts the emulator and is checked as
// such: a malformed one ends the run before the launch.
#pragma once

#include <stdint.h>

#include "abi/launch.h"
#include "base/err.h"

struct firmware {
	const uint8_t *bytes;
	uint64_t size;
	const struct ovmf_section *sections; // in the file
	uint32_t section_count;
	uint32_t hash_table_gpa; // 0: none
	uint32_t ap_reset_eip;   // 0: none
};

// ERR_BAD_INPUT: no firmware with SNP metadata.
enum err firmware_parse(const uint8_t *bytes, uint64_t size,
			struct firmware *out);

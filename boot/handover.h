// SPDX-License-Identifier: Apache-2.0
// What efi.c takes from the firmware: raw bytes, unjudged, copied into the
// image's own memory while boot services still run. Everything that decides
// about them runs later, in the high half.
#pragma once

#include <stdint.h>

#include "abi/efi.h"
#include "kernel/boot_info.h"
#include "kernel/snp/snp_start.h"

#define HANDOVER_MAP_LIMIT 0x10000 // bytes; OVMF's map takes about 6 KiB
// UTF-16, with room for a terminating zero.
#define HANDOVER_OPTIONS_LIMIT (2 * BOOT_COMMAND_LINE_LIMIT)

enum handover_failure {
	HANDOVER_COMPLETE = 0,
	HANDOVER_NO_TABLES,   // a table's signature or pointer is missing
	HANDOVER_NO_IMAGE,    // no loaded-image protocol on our own handle
	HANDOVER_WRONG_IMAGE, // it describes another place than ours
	HANDOVER_LONG_OPTIONS,
	HANDOVER_NO_MEMORY_MAP,
	HANDOVER_NO_EXIT, // boot services didn't end
};

struct handover {
	enum handover_failure failure;
	uint64_t entry_tsc;
	uint64_t image_base, image_bytes;
	// With what was packed behind the kernel, as the firmware says.
	uint64_t loaded_bytes;
	struct snp_signs snp;
	uint64_t map_bytes, descriptor_bytes;
	uint64_t options_bytes;
	_Alignas(8) uint8_t map[HANDOVER_MAP_LIMIT];
	_Alignas(2) uint8_t options[HANDOVER_OPTIONS_LIMIT];
};

// Fills the handover and leaves boot services. Runs at the physical address,
// called by entry.S. Whatever fails is noted, not said: nothing can print yet.
// After it, no code of the firmware runs again.
void efi_leave(efi_handle handle, const struct efi_system_table *table,
	       uint64_t entry_tsc);
// What efi_leave found.
const struct handover *efi_handover(void);

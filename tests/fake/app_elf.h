// SPDX-License-Identifier: Apache-2.0
// A small app's ELF file, whole and right, for tests to break.
#pragma once

#include <stdint.h>

#include "abi/elf.h"

#define APP_ELF_CODE 0x200u // bytes of code, at 0x400200 in memory

struct app_elf {
	struct elf_header header;
	struct elf_segment text, data, stack;
	uint8_t code[APP_ELF_CODE];
	uint8_t words[24];
};

// Text at 0x400000 + its file offset, data a page later, 24 bytes of 5000.
struct app_elf app_elf_make(void);

// SPDX-License-Identifier: Apache-2.0
// The head of an ELF64 file for x86-64. Pure; the bytes are judged as hostile.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "abi/elf.h"
#include "base/err.h"

// Judges the header, and that the program headers, at least one, lie within
// `count` bytes; e_type is the caller's. ERR_BAD_INPUT, with *why set.
enum err elf_file_read(const uint8_t *bytes, size_t count,
		       struct elf_header *out, const char **why);
// Program header `i`, which is below e_phnum of a header read so.
struct elf_segment elf_file_segment(const uint8_t *bytes,
				    const struct elf_header *h, size_t i);

// SPDX-License-Identifier: Apache-2.0
// An app as it is packed: a static ELF64 for x86-64, linked to run in
// [APP_BASE, APP_END). Judged by the packer, so that mistakes are found early,
// and by the loader, which trusts nobody. Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define APP_IMAGE_PART_LIMIT 8
#define APP_IMAGE_FILE_LIMIT 0x2000000u // bytes

// One loadable segment. The pages it touches are its own.
struct app_part {
	uint32_t flags;              // PF_R, and one of PF_W and PF_X at most
	uint64_t offset, file_bytes; // within the file
	uint64_t address, memory_bytes;
};

struct app_image {
	uint64_t entry;
	struct app_part parts[APP_IMAGE_PART_LIMIT]; // in order of address
	size_t part_count;
	uint64_t pages; // of all parts together
};

// Judges `count` bytes and describes them. Refused: what isn't ET_EXEC; an
// interpreter, a dynamic section (so there are no relocations), thread-local
// storage, an executable stack, any segment type it doesn't know; segments that
// share a page, lie elsewhere, are writable and executable or not readable; an
// entry point outside of executable bytes. ERR_BAD_INPUT, with *why set.
enum err app_image_read(const uint8_t *bytes, size_t count,
			struct app_image *out, const char **why);

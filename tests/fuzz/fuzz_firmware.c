// SPDX-License-Identifier: Apache-2.0
// Fuzzes the tables at the end of a firmware file. An input is what stands
// before the footer; the footer's GUID is put there, or nothing would be read.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/num.h"
#include "image/measure/firmware.h"

#define FILE_BYTES 4096
#define FOOTER (FILE_BYTES - OVMF_TABLE_END_FROM_TOP - OVMF_ENTRY_TAIL_BYTES)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

static void check_sections(const struct firmware *f)
{
	CHECK(f->section_count <= FIRMWARE_SECTION_LIMIT);
	for (size_t i = 0; i < f->section_count; i++) {
		const struct ovmf_section *s = &f->sections[i];

		CHECK(s->size > 0 && (s->gpa | s->size) % 4096 == 0);
		CHECK((uint64_t)s->gpa + s->size <= UINT32_MAX);
	}
}

// The last two bytes are the table's length: they may lie.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	uint8_t *file = calloc(1, FILE_BYTES);
	size_t used = min_size(count, FOOTER + 2);
	struct firmware f;

	CHECK(file);
	if (used)
		memcpy(file + FOOTER + 2 - used, data + count - used, used);
	memcpy(file + FOOTER + 2, OVMF_TABLE_FOOTER_GUID.bytes, GUID_BYTES);
	if (firmware_parse(file, FILE_BYTES, &f) == OK)
		check_sections(&f);
	free(file);
	return 0;
}

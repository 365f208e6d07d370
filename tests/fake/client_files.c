// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/client_files.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

struct anchorhold_bytes client_file_read(const char *path)
{
	struct anchorhold_bytes none = { 0 };
	FILE *f = fopen(path, "rb");

	if (!f)
		return none;
	CHECK(fseek(f, 0, SEEK_END) == 0);
	size_t count = (size_t)ftell(f);
	uint8_t *bytes = malloc(count);
	rewind(f);
	CHECK(bytes && fread(bytes, 1, count, f) == count);
	fclose(f);
	return (struct anchorhold_bytes){ bytes, count };
}

void client_file_free(struct anchorhold_bytes file)
{
	free((void *)(uintptr_t)file.at);
}

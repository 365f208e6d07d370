// SPDX-License-Identifier: Apache-2.0
// elf2pe INPUT OUTPUT: turns the kernel's static position-independent ELF into
// the bare PE32+ that firmware starts, with all pointers made for KERNEL_BASE.
#include <stdio.h>
#include <stdlib.h>

#include "abi/layout.h"
#include "base/check.h"
#include "image/elf_image.h"
#include "image/pe_image.h"

#define INPUT_BYTES_LIMIT (64u * 1024u * 1024u)

void check_failed(const char *file, int line, const char *condition)
{
	fprintf(stderr, "elf2pe: check failed: %s:%d: %s\n", file, line,
		condition);
	abort();
}

static int complain(const char *name, const char *why)
{
	fprintf(stderr, "elf2pe: %s: %s\n", name, why);
	return EXIT_FAILURE;
}

// The whole file in memory that the caller frees; NULL with *why.
static uint8_t *file_read(const char *name, size_t *count, const char **why)
{
	FILE *file = fopen(name, "rb");
	uint8_t *bytes = malloc(INPUT_BYTES_LIMIT);

	*why = "can't be read";
	*count = file && bytes ? fread(bytes, 1, INPUT_BYTES_LIMIT, file) : 0;
	if (!file || !bytes || ferror(file) || !feof(file)) {
		free(bytes);
		bytes = NULL;
	}
	if (file)
		fclose(file);
	return bytes;
}

static int file_write(const char *name, const uint8_t *bytes, size_t count)
{
	FILE *file = fopen(name, "wb");
	size_t written;

	if (!file)
		return complain(name, "can't be written");
	written = fwrite(bytes, 1, count, file);
	if (fclose(file) != 0 || written != count)
		return complain(name, "can't be written");
	return EXIT_SUCCESS;
}

static int convert(const char *name, uint8_t *bytes, size_t count,
		   const char *output)
{
	struct elf_image image;
	const char *why = "";
	uint8_t *pe;
	int status;

	if (elf_image_open(bytes, count, &image, &why) != OK)
		return complain(name, why);
	if (elf_image_relocate(&image, KERNEL_BASE, &why) != OK)
		return complain(name, why);
	pe = malloc(pe_image_bytes(&image));
	if (!pe)
		return complain(name, "no memory");
	pe_image_write(&image, pe);
	status = file_write(output, pe, pe_image_bytes(&image));
	free(pe);
	return status;
}

int main(int argc, char **argv)
{
	const char *why = "";
	size_t count = 0;
	uint8_t *bytes;
	int status;

	if (argc != 3) {
		fprintf(stderr, "usage: elf2pe INPUT OUTPUT\n");
		return EXIT_FAILURE;
	}
	bytes = file_read(argv[1], &count, &why);
	if (!bytes)
		return complain(argv[1], why);
	status = convert(argv[1], bytes, count, argv[2]);
	free(bytes);
	return status;
}

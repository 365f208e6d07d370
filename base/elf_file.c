// SPDX-License-Identifier: Apache-2.0
#include "base/elf_file.h"

#include <string.h>

#include "base/num.h"

enum err elf_file_read(const uint8_t *bytes, size_t count,
		       struct elf_header *out, const char **why)
{
	struct elf_header h;

	if (count < sizeof(h))
		return err_refuse(why, "shorter than an ELF header");
	memcpy(&h, bytes, sizeof(h));
	if (h.e_magic != ELF_MAGIC)
		return err_refuse(why, "no ELF file");
	if (h.e_class != ELFCLASS64 || h.e_data != ELFDATA2LSB ||
	    h.e_machine != EM_X86_64)
		return err_refuse(why, "no ELF64 for x86-64");
	if (h.e_ident_version != EV_CURRENT || h.e_version != EV_CURRENT)
		return err_refuse(why, "unknown ELF version");
	if (h.e_phentsize != sizeof(struct elf_segment) || h.e_phnum == 0)
		return err_refuse(why, "no program headers");
	if (!range_fits(h.e_phoff, h.e_phnum * sizeof(struct elf_segment),
			count))
		return err_refuse(why, "the program headers are cut off");
	*out = h;
	return OK;
}

struct elf_segment elf_file_segment(const uint8_t *bytes,
				    const struct elf_header *h, size_t i)
{
	struct elf_segment s;

	memcpy(&s, bytes + h->e_phoff + i * sizeof(s), sizeof(s));
	return s;
}

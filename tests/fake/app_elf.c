// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/app_elf.h"

#include <stddef.h>

#include "abi/layout.h"

#define CODE_OFFSET offsetof(struct app_elf, code)
#define DATA_OFFSET offsetof(struct app_elf, words)

struct app_elf app_elf_make(void)
{
	return (struct app_elf){
		.header = {
			.e_magic = ELF_MAGIC,
			.e_class = ELFCLASS64,
			.e_data = ELFDATA2LSB,
			.e_ident_version = EV_CURRENT,
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_entry = APP_BASE + CODE_OFFSET + 16,
			.e_phoff = offsetof(struct app_elf, text),
			.e_ehsize = sizeof(struct elf_header),
			.e_phentsize = sizeof(struct elf_segment),
			.e_phnum = 3,
		},
		.text = {
			.p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_offset = CODE_OFFSET,
			.p_vaddr = APP_BASE + CODE_OFFSET,
			.p_filesz = APP_ELF_CODE,
			.p_memsz = APP_ELF_CODE,
		},
		.data = {
			.p_type = PT_LOAD,
			.p_flags = PF_R | PF_W,
			.p_offset = DATA_OFFSET,
			.p_vaddr = APP_BASE + PAGE_SIZE + 8,
			.p_filesz = 24,
			.p_memsz = 5000,
		},
		.stack = { .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W },
		.code = { 0xcc },
		.words = "twenty-three characters",
	};
}

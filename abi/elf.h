// SPDX-License-Identifier: Apache-2.0
// ELF64 for little-endian x86-64: System V gABI, chapters 4 and 5, and the
// x86-64 psABI, 4.4.1. Only what a static file has.
#pragma once

#include <stdint.h>

#define ELF_MAGIC 0x464c457fu // 7f 'E' 'L' 'F'
#define ELFCLASS64 2
#define ELFDATA2LSB 1
#define ET_EXEC 2
#define ET_DYN 3
#define EM_X86_64 62
#define EV_CURRENT 1

struct elf_header {
	uint32_t e_magic;
	uint8_t e_class, e_data, e_ident_version, e_osabi;
	uint8_t e_pad[8];
	uint16_t e_type, e_machine;
	uint32_t e_version;
	uint64_t e_entry, e_phoff, e_shoff;
	uint32_t e_flags;
	uint16_t e_ehsize, e_phentsize, e_phnum;
	uint16_t e_shentsize, e_shnum, e_shstrndx;
};
_Static_assert(sizeof(struct elf_header) == 64, "gABI: Elf64_Ehdr");

#define PT_NULL 0
#define PT_LOAD 1
#define PT_DYNAMIC 2
#define PT_INTERP 3
#define PT_NOTE 4
#define PT_PHDR 6
#define PT_TLS 7
#define PT_GNU_EH_FRAME 0x6474e550u
#define PT_GNU_STACK 0x6474e551u
#define PT_GNU_PROPERTY 0x6474e553u
#define PF_X 1
#define PF_W 2
#define PF_R 4

struct elf_segment {
	uint32_t p_type, p_flags;
	uint64_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
};
_Static_assert(sizeof(struct elf_segment) == 56, "gABI: Elf64_Phdr");

#define DT_NULL 0
#define DT_NEEDED 1
#define DT_PLTRELSZ 2
#define DT_RELA 7
#define DT_RELASZ 8
#define DT_RELAENT 9
#define DT_REL 17
#define DT_TEXTREL 22
#define DT_JMPREL 23

struct elf_dynamic {
	uint64_t d_tag, d_val;
};
_Static_assert(sizeof(struct elf_dynamic) == 16, "gABI: Elf64_Dyn");

#define R_X86_64_RELATIVE 8

struct elf_rela {
	uint64_t r_offset, r_info, r_addend;
};
_Static_assert(sizeof(struct elf_rela) == 24, "gABI: Elf64_Rela");

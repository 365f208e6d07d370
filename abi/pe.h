// SPDX-License-Identifier: Apache-2.0
// PE32+ for x86-64, as far as UEFI loads it: Microsoft's "PE Format", sections
// "MS-DOS Stub" to "Section Table"; UEFI 2.10, 2.1.1.
#pragma once

#include <stdint.h>

#define PE_DOS_MAGIC 0x5a4d // "MZ"
#define PE_DOS_LFANEW 0x3c  // where the file offset of the signature stands
#define PE_SIGNATURE 0x00004550u
#define PE_MACHINE_AMD64 0x8664
#define PE_EXECUTABLE_IMAGE 0x0002
#define PE_LARGE_ADDRESS_AWARE 0x0020
#define PE_OPTIONAL_MAGIC 0x020b // PE32+
#define PE_SUBSYSTEM_EFI_APPLICATION 10
#define PE_DLL_NX_COMPAT 0x0100

struct pe_file_header {
	uint16_t machine, section_count;
	uint32_t time_stamp, symbols_offset, symbol_count;
	uint16_t optional_bytes, characteristics;
};
_Static_assert(sizeof(struct pe_file_header) == 20, "COFF File Header");

#define PE_DIRECTORY_COUNT 16
#define PE_DIRECTORY_RELOC 5

struct pe_directory {
	uint32_t rva, bytes;
};

struct pe_optional_header {
	uint16_t magic;
	uint8_t linker_major, linker_minor;
	uint32_t code_bytes, data_bytes, bss_bytes, entry_rva, code_rva;
	uint64_t image_base;
	uint32_t section_alignment, file_alignment;
	uint16_t os_major, os_minor, image_major, image_minor;
	uint16_t subsystem_major, subsystem_minor;
	uint32_t win32_version, image_bytes, headers_bytes, checksum;
	uint16_t subsystem, dll_characteristics;
	uint64_t stack_reserve, stack_commit, heap_reserve, heap_commit;
	uint32_t loader_flags, directory_count;
	struct pe_directory directories[PE_DIRECTORY_COUNT];
};
_Static_assert(sizeof(struct pe_optional_header) == 240,
	       "Optional Header, PE32+");

#define PE_SECTION_CODE 0x00000020u
#define PE_SECTION_DATA 0x00000040u
#define PE_SECTION_EXECUTE 0x20000000u
#define PE_SECTION_READ 0x40000000u
#define PE_SECTION_WRITE 0x80000000u

struct pe_section {
	uint8_t name[8];
	uint32_t virtual_bytes, rva, file_bytes, file_offset;
	uint32_t relocations_offset, lines_offset;
	uint16_t relocation_count, line_count;
	uint32_t characteristics;
};
_Static_assert(sizeof(struct pe_section) == 40, "Section Table");

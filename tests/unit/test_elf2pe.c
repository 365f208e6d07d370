// SPDX-License-Identifier: Apache-2.0
// The converter: a small image made here, then each way in which it can be
// wrong.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "abi/elf.h"
#include "abi/layout.h"
#include "abi/pe.h"
#include "base/bytes.h"
#include "base/num.h"
#include "image/elf_image.h"
#include "image/pe_image.h"

// The file: headers, then each part where it lies in memory, so that offsets
// are addresses. Data's last page isn't in the file.
#define TEXT_AT 0x1000
#define RODATA_AT 0x2000
#define DATA_AT 0x3000
#define DATA_FILE_BYTES 0x20
#define LINK_AT 0x5000
#define RELA_AT LINK_AT
#define RELA_COUNT 2
#define DYNAMIC_AT (LINK_AT + 0x100)
#define FILE_BYTES 0x5200

struct file {
	struct elf_header header;
	struct elf_segment segments[6];
	uint8_t rest[FILE_BYTES - 64 - 6 * 56];
};
_Static_assert(sizeof(struct file) == FILE_BYTES, "no padding");

static struct file file;
static struct elf_image image;
static const char *why;

static struct elf_segment segment(uint32_t type, uint32_t flags, uint64_t at,
				  uint64_t file_bytes, uint64_t memory_bytes)
{
	return (struct elf_segment){
		.p_type = type,
		.p_flags = flags,
		.p_offset = at,
		.p_vaddr = at,
		.p_filesz = file_bytes,
		.p_memsz = memory_bytes,
	};
}

static struct elf_rela *rela(size_t i)
{
	return (struct elf_rela *)((uint8_t *)&file + RELA_AT) + i;
}

static struct elf_dynamic *dynamic(size_t i)
{
	return (struct elf_dynamic *)((uint8_t *)&file + DYNAMIC_AT) + i;
}

static int set_up(void **state)
{
	(void)state;
	memset(&file, 0, sizeof(file));
	file.header = (struct elf_header){
		.e_magic = ELF_MAGIC,
		.e_class = ELFCLASS64,
		.e_data = ELFDATA2LSB,
		.e_ident_version = EV_CURRENT,
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_entry = TEXT_AT + 4,
		.e_phoff = 64,
		.e_phentsize = 56,
		.e_phnum = 6,
	};
	file.segments[0] = segment(PT_LOAD, PF_R, 0, 400, 400);
	file.segments[1] = segment(PT_LOAD, PF_R | PF_X, TEXT_AT, 16, 4096);
	file.segments[2] = segment(PT_LOAD, PF_R, RODATA_AT, 8, 8);
	file.segments[3] =
		segment(PT_LOAD, PF_R | PF_W, DATA_AT, DATA_FILE_BYTES, 0x1800);
	file.segments[4] = segment(PT_LOAD, PF_R, LINK_AT, 0x200, 0x200);
	file.segments[5] = segment(PT_DYNAMIC, PF_R, DYNAMIC_AT, 64, 64);
	memset((uint8_t *)&file + TEXT_AT, 0x90, 16);
	*rela(0) = (struct elf_rela){ RODATA_AT, R_X86_64_RELATIVE, 0x1004 };
	*rela(1) = (struct elf_rela){ DATA_AT + 9, R_X86_64_RELATIVE, 0x3000 };
	*dynamic(0) = (struct elf_dynamic){ DT_RELA, RELA_AT };
	*dynamic(1) = (struct elf_dynamic){ DT_RELASZ, RELA_COUNT * 24 };
	*dynamic(2) = (struct elf_dynamic){ DT_RELAENT, 24 };
	why = NULL;
	return 0;
}

static enum err convert(void)
{
	enum err e =
		elf_image_open((uint8_t *)&file, sizeof(file), &image, &why);

	return e == OK ? elf_image_relocate(&image, KERNEL_BASE, &why) : e;
}

static void assert_refused(const char *reason)
{
	why = "no reason";
	assert_int_equal(convert(), ERR_BAD_INPUT);
	assert_string_equal(why, reason);
	set_up(NULL);
}

static void test_good(void **state)
{
	const uint8_t *bytes = (const uint8_t *)&file;

	(void)state;
	assert_int_equal(convert(), OK);
	assert_int_equal(image.part_count, 3);
	assert_int_equal(image.end, 0x5000);
	assert_int_equal(load_le64(bytes + RODATA_AT), KERNEL_BASE + 0x1004);
	assert_int_equal(load_le64(bytes + DATA_AT + 9), KERNEL_BASE + 0x3000);
}

static void test_truncated(void **state)
{
	(void)state;
	// A copy of its own for each length, so that ASan sees every overrun.
	for (size_t count = 0; count < sizeof(file); count++) {
		uint8_t *cut = malloc(count ? count : 1);
		assert_non_null(cut);
		memcpy(cut, &file, count);
		assert_int_equal(elf_image_open(cut, count, &image, &why),
				 ERR_BAD_INPUT);
		free(cut);
	}
}

static void test_headers(void **state)
{
	(void)state;
	file.header.e_magic++;
	assert_refused("no ELF file");
	file.header.e_class = 1;
	assert_refused("no ELF64 for x86-64");
	file.header.e_machine = 183;
	assert_refused("no ELF64 for x86-64");
	file.header.e_type = 2;
	assert_refused("not position-independent");
	file.header.e_version = 2;
	assert_refused("unknown ELF version");
	file.header.e_phnum = 0;
	assert_refused("no program headers");
	file.header.e_phnum = UINT16_MAX;
	assert_refused("the program headers are cut off");
	file.header.e_phoff = UINT64_MAX;
	assert_refused("the program headers are cut off");
	file.header.e_entry = DATA_AT;
	assert_refused("the entry point isn't in executable bytes");
}

static void test_segments(void **state)
{
	(void)state;
	file.segments[3].p_flags |= PF_X;
	assert_refused("a segment is writable and executable");
	file.segments[2].p_flags = PF_X;
	assert_refused("a segment isn't readable");
	file.segments[3].p_vaddr += 8;
	assert_refused("a segment is empty or isn't page-aligned");
	file.segments[3].p_memsz = 0x2001;
	assert_refused("segments overlap or aren't sorted");
	file.segments[3].p_filesz = 0x2000;
	assert_refused("a segment is longer in the file");
	file.segments[3].p_memsz = UINT64_MAX;
	assert_refused("a segment lies too high");
	file.segments[3].p_offset = UINT64_MAX;
	assert_refused("a segment reaches past the file");
	file.segments[0].p_flags |= PF_X;
	assert_refused("a segment takes the headers' page");
	file.segments[5].p_type = PT_INTERP;
	assert_refused("needs a dynamic linker or threads");
	file.segments[5].p_type = PT_TLS;
	assert_refused("needs a dynamic linker or threads");
	file.segments[5].p_type = PT_NULL;
	assert_refused("no dynamic section in a segment of its own");
	file.segments[4].p_flags |= PF_W;
	assert_refused("the last segment isn't read-only");
}

static void test_dynamic(void **state)
{
	static const uint64_t linkers[] = { DT_NEEDED, DT_REL, DT_JMPREL,
					    DT_PLTRELSZ, DT_TEXTREL };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(linkers); i++) {
		dynamic(3)->d_tag = linkers[i];
		assert_refused("needs a dynamic linker");
	}
	dynamic(2)->d_val = 16;
	assert_refused("relocations of an unknown size");
	dynamic(1)->d_val = 25;
	assert_refused("relocations of an unknown size");
	dynamic(1)->d_val = 24 * 1000;
	assert_refused("relocations outside of the last segment");
	dynamic(0)->d_val = TEXT_AT;
	assert_refused("relocations outside of the last segment");
	file.segments[5].p_vaddr = TEXT_AT;
	assert_refused("the dynamic section isn't in the last segment");
}

static void test_relocations(void **state)
{
	(void)state;
	rela(1)->r_info = 1;
	assert_refused("a relocation other than R_X86_64_RELATIVE");
	rela(1)->r_offset = TEXT_AT;
	assert_refused("a relocation in executable bytes");
	rela(1)->r_offset = DATA_AT + DATA_FILE_BYTES - 7;
	assert_refused("a relocation outside of the image's bytes");
	rela(1)->r_offset = UINT64_MAX;
	assert_refused("a relocation outside of the image's bytes");
	rela(1)->r_addend = 0x5001;
	assert_refused("a relocation points out of the image");
	// The good one before a bad one isn't applied either.
	rela(1)->r_addend = UINT64_MAX;
	assert_int_equal(convert(), ERR_BAD_INPUT);
	assert_int_equal(load_le64((uint8_t *)&file + RODATA_AT), 0);
}

static struct pe_section section_at(const uint8_t *pe, size_t i)
{
	struct pe_section s;

	memcpy(&s, pe + 0x200 + 4 + 20 + 240 + i * sizeof(s), sizeof(s));
	return s;
}

static void assert_sections(const uint8_t *pe, size_t count)
{
	uint32_t end = 0;

	for (size_t i = 0; i < 3; i++) {
		struct pe_section s = section_at(pe, i);

		assert_int_equal(s.rva, image.parts[i].rva);
		assert_int_equal(s.virtual_bytes, image.parts[i].memory_bytes);
		assert_int_equal(s.file_offset % 512, 0);
		assert_int_equal(s.file_bytes % 512, 0);
		assert_memory_equal(pe + s.file_offset,
				    (uint8_t *)&file + image.parts[i].offset,
				    image.parts[i].file_bytes);
		end = s.file_offset + s.file_bytes;
	}
	assert_int_equal(end, count);
	assert_memory_equal(section_at(pe, 0).name, ".text\0\0", 8);
	assert_memory_equal(section_at(pe, 1).name, ".rodata", 8);
	assert_memory_equal(section_at(pe, 2).name, ".data\0\0", 8);
	assert_int_equal(section_at(pe, 3).characteristics, 0);
}

static void test_pe(void **state)
{
	struct pe_file_header header;
	struct pe_optional_header optional;
	uint8_t *pe, *again;
	size_t count;

	(void)state;
	assert_int_equal(convert(), OK);
	count = pe_image_bytes(&image);
	pe = malloc(count);
	again = malloc(count);
	assert_non_null(pe);
	assert_non_null(again);
	memset(pe, 0xaa, count);
	memset(again, 0x55, count);
	pe_image_write(&image, pe);
	pe_image_write(&image, again);
	assert_memory_equal(pe, again, count);
	assert_int_equal(load_le16(pe), PE_DOS_MAGIC);
	assert_int_equal(load_le32(pe + PE_DOS_LFANEW), 0x200);
	assert_int_equal(pe[0x1f1], 0);
	assert_int_equal(load_le32(pe + 0x200), PE_SIGNATURE);
	memcpy(&header, pe + 0x204, sizeof(header));
	assert_int_equal(header.section_count, 3);
	assert_int_equal(header.time_stamp, 0);
	memcpy(&optional, pe + 0x204 + sizeof(header), sizeof(optional));
	assert_int_equal(optional.entry_rva, TEXT_AT + 4);
	assert_int_equal(optional.image_bytes, 0x5000);
	assert_int_equal(optional.subsystem, PE_SUBSYSTEM_EFI_APPLICATION);
	assert_int_equal(optional.dll_characteristics, PE_DLL_NX_COMPAT);
	assert_sections(pe, count);
	free(pe);
	free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_good, set_up),
		cmocka_unit_test_setup(test_truncated, set_up),
		cmocka_unit_test_setup(test_headers, set_up),
		cmocka_unit_test_setup(test_segments, set_up),
		cmocka_unit_test_setup(test_dynamic, set_up),
		cmocka_unit_test_setup(test_relocations, set_up),
		cmocka_unit_test_setup(test_pe, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

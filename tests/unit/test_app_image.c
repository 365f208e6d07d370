// SPDX-License-Identifier: Apache-2.0
// Which ELF files are an app, and which aren't.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/layout.h"
#include "base/app_image.h"
#include "tests/fake/app_elf.h"

static enum err read(const struct app_elf *elf, size_t count,
		     struct app_image *out, const char **why)
{
	return app_image_read((const uint8_t *)elf, count, out, why);
}

static void assert_refused(const struct app_elf *elf, const char *words)
{
	struct app_image image = { .entry = 7 };
	const char *why = "";

	assert_int_equal(read(elf, sizeof(*elf), &image, &why), ERR_BAD_INPUT);
	assert_string_equal(why, words);
	assert_int_equal(image.entry, 7);
}

static void test_good(void **state)
{
	struct app_elf elf = app_elf_make();
	struct app_image image;
	const char *why = "";

	(void)state;
	assert_int_equal(read(&elf, sizeof(elf), &image, &why), OK);
	assert_int_equal(image.part_count, 2);
	assert_int_equal(image.pages, 1 + 2);
	assert_int_equal(image.entry, elf.header.e_entry);
	assert_int_equal(image.parts[0].flags, PF_R | PF_X);
	assert_int_equal(image.parts[1].address, APP_BASE + PAGE_SIZE + 8);
	assert_int_equal(image.parts[1].file_bytes, 24);
	assert_int_equal(image.parts[1].memory_bytes, 5000);
}

static void test_headers_for_tools_are_ignored(void **state)
{
	static const uint32_t types[] = { PT_NULL, PT_NOTE, PT_PHDR,
					  PT_GNU_EH_FRAME, PT_GNU_PROPERTY };
	struct app_elf elf = app_elf_make();
	struct app_image image;
	const char *why = "";

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		elf.stack.p_type = types[i];
		assert_int_equal(read(&elf, sizeof(elf), &image, &why), OK);
	}
}

static void test_every_cut_is_refused(void **state)
{
	struct app_elf elf = app_elf_make();
	struct app_image image;
	const char *why = "";

	(void)state;
	for (size_t n = 0; n < sizeof(elf); n++)
		assert_int_equal(read(&elf, n, &image, &why), ERR_BAD_INPUT);
}

static void test_header_refused(void **state)
{
	struct app_elf elf = app_elf_make();

	(void)state;
	elf.header.e_magic++;
	assert_refused(&elf, "no ELF file");
	elf = app_elf_make();
	elf.header.e_class = 1;
	assert_refused(&elf, "no ELF64 for x86-64");
	elf = app_elf_make();
	elf.header.e_data = 2;
	assert_refused(&elf, "no ELF64 for x86-64");
	elf = app_elf_make();
	elf.header.e_machine = 183;
	assert_refused(&elf, "no ELF64 for x86-64");
	elf = app_elf_make();
	elf.header.e_version = 2;
	assert_refused(&elf, "unknown ELF version");
	elf = app_elf_make();
	elf.header.e_type = ET_DYN;
	assert_refused(&elf, "not linked to a fixed address (ET_EXEC)");
	elf = app_elf_make();
	elf.header.e_phentsize = 32;
	assert_refused(&elf, "no program headers");
	elf = app_elf_make();
	elf.header.e_phnum = 0;
	assert_refused(&elf, "no program headers");
	elf.header.e_phnum = 0xffff;
	assert_refused(&elf, "the program headers are cut off");
	elf = app_elf_make();
	elf.header.e_phoff = UINT64_MAX - 8;
	assert_refused(&elf, "the program headers are cut off");
}

static void test_entry_refused(void **state)
{
	struct app_elf elf = app_elf_make();

	(void)state;
	elf.header.e_entry = elf.text.p_vaddr - 1;
	assert_refused(&elf, "the entry point isn't in executable bytes");
	elf.header.e_entry = elf.text.p_vaddr + elf.text.p_filesz;
	assert_refused(&elf, "the entry point isn't in executable bytes");
	elf.header.e_entry = elf.data.p_vaddr;
	assert_refused(&elf, "the entry point isn't in executable bytes");
	elf = app_elf_make();
	elf.text.p_type = elf.data.p_type = PT_NULL;
	assert_refused(&elf, "the entry point isn't in executable bytes");
}

static void test_segment_types_refused(void **state)
{
	struct app_elf elf = app_elf_make();

	(void)state;
	elf.stack.p_type = PT_INTERP;
	assert_refused(&elf, "needs a dynamic linker or relocations");
	elf.stack.p_type = PT_DYNAMIC;
	assert_refused(&elf, "needs a dynamic linker or relocations");
	elf.stack.p_type = PT_TLS;
	assert_refused(&elf, "has thread-local storage");
	elf.stack.p_type = 0x6474e552; // PT_GNU_RELRO
	assert_refused(&elf, "a segment of an unknown type");
	elf = app_elf_make();
	elf.stack.p_flags |= PF_X;
	assert_refused(&elf, "asks for an executable stack");
}

static void test_segments_refused(void **state)
{
	struct app_elf elf = app_elf_make();

	(void)state;
	elf.data.p_flags |= PF_X;
	assert_refused(&elf, "a segment is writable and executable");
	elf.data.p_flags = PF_W;
	assert_refused(&elf, "a segment isn't readable");
	elf = app_elf_make();
	elf.data.p_memsz = 23;
	assert_refused(&elf, "a segment is longer in the file");
	elf = app_elf_make();
	elf.data.p_filesz = elf.data.p_memsz = 0;
	assert_refused(&elf, "a segment is empty");
	elf = app_elf_make();
	elf.data.p_offset = UINT64_MAX;
	assert_refused(&elf, "a segment reaches past the file");
	elf = app_elf_make();
	elf.data.p_vaddr = elf.text.p_vaddr + 0x400;
	assert_refused(&elf, "segments share a page or aren't sorted");
	elf.data.p_vaddr = APP_BASE - 1;
	assert_refused(&elf, "a segment lies outside of an app's range");
	elf.data.p_vaddr = APP_END - 4999;
	assert_refused(&elf, "a segment lies outside of an app's range");
	elf.data.p_vaddr = UINT64_MAX - 8;
	assert_refused(&elf, "a segment lies outside of an app's range");
	elf = app_elf_make();
	elf.data.p_memsz = UINT64_MAX;
	assert_refused(&elf, "a segment lies outside of an app's range");
}

static void test_too_many_segments(void **state)
{
	struct {
		struct app_elf elf;
		struct elf_segment segments[APP_IMAGE_PART_LIMIT + 1];
	} file = { .elf = app_elf_make() };
	struct app_image image;
	const char *why = "";

	(void)state;
	for (uint64_t i = 0; i <= APP_IMAGE_PART_LIMIT; i++) {
		file.segments[i] = file.elf.text;
		file.segments[i].p_vaddr += i * PAGE_SIZE;
	}
	file.elf.header.e_phoff = sizeof(file.elf);
	file.elf.header.e_phnum = APP_IMAGE_PART_LIMIT;
	assert_int_equal(app_image_read((const uint8_t *)&file, sizeof(file),
					&image, &why),
			 OK);
	file.elf.header.e_phnum++;
	assert_int_equal(app_image_read((const uint8_t *)&file, sizeof(file),
					&image, &why),
			 ERR_BAD_INPUT);
	assert_string_equal(why, "too many segments");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_headers_for_tools_are_ignored),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_header_refused),
		cmocka_unit_test(test_entry_refused),
		cmocka_unit_test(test_segment_types_refused),
		cmocka_unit_test(test_segments_refused),
		cmocka_unit_test(test_too_many_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// What the packer makes, and that the kernel finds it there, and that nothing
// else is taken by either.
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
#include "base/pe_file.h"
#include "base/policy.h"
#include "boot/package.h"
#include "image/pack.h"
#include "image/pe_image.h"
#include "image/policy_form.h"
#include "tests/fake/app_elf.h"

#define KERNEL_PAGES 5u // headers, code, constants, data of two pages

static uint8_t elf_bytes[0x600];
static uint8_t kernel[0x600 + sizeof(elf_bytes)];
static size_t kernel_bytes;
static struct app_elf app;
static uint8_t policy[64];
static size_t policy_bytes;

static int setup(void **state)
{
	struct elf_image image = {
		.bytes = elf_bytes,
		.count = sizeof(elf_bytes),
		.entry = PAGE_SIZE,
		.parts = {
			{ PF_R | PF_X, 0, 0x200, PAGE_SIZE, 0x180 },
			{ PF_R, 0x200, 0x200, 2 * PAGE_SIZE, 0x1f0 },
			{ PF_R | PF_W, 0x400, 0x100, 3 * PAGE_SIZE,
			  PAGE_SIZE + 1 },
		},
		.part_count = 3,
		.end = KERNEL_PAGES * PAGE_SIZE,
	};
	struct policy p = { .clients = POLICY_CLIENTS_ANYONE,
			    .state = POLICY_STATE_KEPT };
	struct writer w = writer_of(policy, sizeof(policy));

	(void)state;
	memset(elf_bytes, 0xab, sizeof(elf_bytes));
	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++)
		p.limits[i] = POLICY_NO_LIMIT;
	kernel_bytes = pe_image_bytes(&image);
	pe_image_write(&image, kernel);
	app = app_elf_make();
	policy_bytes = policy_form_write(&p, &w) == OK ? w.used : 0;
	return kernel_bytes <= sizeof(kernel) && policy_bytes ? 0 : -1;
}

static struct pack_input input(void)
{
	return (struct pack_input){
		.kernel = kernel,
		.kernel_bytes = kernel_bytes,
		.app = (const uint8_t *)&app,
		.app_bytes = sizeof(app),
		.policy = policy,
		.policy_bytes = policy_bytes,
	};
}

// For free().
static uint8_t *pack(const struct pack_input *in, size_t *count)
{
	struct pack_refusal refusal = { 0 };
	uint8_t *out;

	assert_int_equal(pack_measure(in, count, &refusal), OK);
	out = malloc(*count);
	assert_non_null(out);
	memset(out, 0x5a, *count);
	pack_write(in, out);
	return out;
}

// What a firmware makes of a file in memory (PE Format, "Section Table").
static uint8_t *load(const uint8_t *file, size_t *count)
{
	struct pe_file pe;
	uint8_t *memory;

	assert_int_equal(pe_file_read(file, PE_FILE_HEADERS_BYTES, &pe), OK);
	*count = pe.optional.image_bytes;
	memory = calloc(1, *count);
	assert_non_null(memory);
	memcpy(memory, file, pe.optional.headers_bytes);
	for (size_t i = 0; i < pe.file.section_count; i++) {
		const struct pe_section *s = &pe.sections[i];
		size_t n = s->file_bytes < s->virtual_bytes ? s->file_bytes
							    : s->virtual_bytes;

		memcpy(memory + s->rva, file + s->file_offset, n);
	}
	return memory;
}

static void test_packed_is_found(void **state)
{
	struct pack_input in = input();
	size_t file_count, memory_count;
	uint8_t *file = pack(&in, &file_count);
	uint8_t *memory = load(file, &memory_count);
	struct package found = { 0 };

	(void)state;
	assert_int_equal(memory_count, (KERNEL_PAGES + 2) * PAGE_SIZE);
	assert_int_equal(package_find(memory, KERNEL_PAGES * PAGE_SIZE,
				      memory_count, &found),
			 OK);
	assert_int_equal(found.app_bytes, sizeof(app));
	assert_memory_equal(found.app, &app, sizeof(app));
	assert_int_equal(found.policy_bytes, policy_bytes);
	assert_memory_equal(found.policy, policy, policy_bytes);
	assert_int_equal(file[0x1f1], 0);
	free(memory);
	free(file);
}

static void test_kernel_stays_as_it_was(void **state)
{
	struct pack_input in = input();
	size_t count;
	uint8_t *file = pack(&in, &count);

	(void)state;
	assert_memory_equal(file + PE_FILE_HEADERS_BYTES,
			    kernel + PE_FILE_HEADERS_BYTES,
			    kernel_bytes - PE_FILE_HEADERS_BYTES);
	assert_memory_equal(file + kernel_bytes, &app, sizeof(app));
	for (size_t i = kernel_bytes + sizeof(app);
	     i < kernel_bytes + 0x200 * ((sizeof(app) + 0x1ff) / 0x200); i++)
		assert_int_equal(file[i], 0);
	assert_int_equal(count % PE_FILE_ALIGNMENT, 0);
	free(file);
}

static void test_equal_inputs_equal_bytes(void **state)
{
	struct pack_input in = input();
	size_t first_count, second_count;
	uint8_t *first = pack(&in, &first_count);
	uint8_t *second = pack(&in, &second_count);

	(void)state;
	assert_int_equal(first_count, second_count);
	assert_memory_equal(first, second, first_count);
	app.code[1] ^= 1;
	pack_write(&in, second);
	assert_memory_not_equal(first, second, first_count);
	app.code[1] ^= 1;
	free(first);
	free(second);
}

static void assert_refused(const struct pack_input *in, enum pack_part of,
			   const char *why)
{
	struct pack_refusal refusal = { 0 };
	size_t count = 7;

	assert_int_equal(pack_measure(in, &count, &refusal), ERR_BAD_INPUT);
	assert_int_equal(refusal.of, of);
	assert_string_equal(refusal.why, why);
	assert_int_equal(count, 7);
}

static void test_packed_twice_is_refused(void **state)
{
	struct pack_input in = input();
	size_t count;
	uint8_t *file = pack(&in, &count);

	(void)state;
	in.kernel = file;
	in.kernel_bytes = count;
	assert_refused(&in, PACK_KERNEL, "an app is packed into it already");
	free(file);
}

static void test_other_kernels_are_refused(void **state)
{
	uint8_t other[sizeof(kernel) + 1] = { 0 };
	struct pack_input in = input();

	(void)state;
	memcpy(other, kernel, kernel_bytes);
	in.kernel = other;
	in.kernel_bytes = kernel_bytes + 1;
	assert_refused(&in, PACK_KERNEL,
		       "cut off, or longer than its sections");
	in.kernel_bytes = kernel_bytes - 1;
	assert_refused(&in, PACK_KERNEL,
		       "cut off, or longer than its sections");
	in.kernel_bytes = PE_FILE_HEADERS_BYTES - 1;
	assert_refused(&in, PACK_KERNEL, "not a kernel of ours");
	in.kernel_bytes = 0;
	assert_refused(&in, PACK_KERNEL, "not a kernel of ours");
	in.kernel_bytes = kernel_bytes;
	other[PE_FILE_SECTIONS_OFFSET + 1] = 'c';
	assert_refused(&in, PACK_KERNEL, "not a kernel of ours");
	memset(other, 0, sizeof(other));
	assert_refused(&in, PACK_KERNEL, "not a kernel of ours");
}

// Where a kernel may differ from the next: its entry, its sections' sizes.
static bool is_free(size_t at)
{
	size_t entry = PE_FILE_OPTIONAL_OFFSET +
		       offsetof(struct pe_optional_header, entry_rva);

	if (at == entry || at == entry + 1)
		return true;
	for (size_t i = 0; i < PE_FILE_KERNEL_SECTIONS; i++) {
		size_t bytes = PE_FILE_SECTIONS_OFFSET +
			       i * sizeof(struct pe_section) +
			       offsetof(struct pe_section, virtual_bytes);

		if (at == bytes || at == bytes + 1)
			return true;
	}
	return false;
}

static void test_every_header_byte_is_judged(void **state)
{
	uint8_t other[sizeof(kernel)];
	struct pack_refusal refusal;
	struct pack_input in = input();
	size_t count;

	(void)state;
	memcpy(other, kernel, kernel_bytes);
	in.kernel = other;
	for (size_t at = 0; at < PE_FILE_HEADERS_BYTES; at++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			other[at] ^= (uint8_t)(1u << bit);
			if (pack_measure(&in, &count, &refusal) == OK &&
			    !is_free(at))
				fail_msg("byte %zx, bit %u", at, bit);
			other[at] ^= (uint8_t)(1u << bit);
		}
	}
	assert_int_equal(pack_measure(&in, &count, &refusal), OK);
}

static void test_entry_outside_of_the_code(void **state)
{
	uint8_t other[sizeof(kernel)];
	struct pe_optional_header *optional =
		(void *)(other + PE_FILE_OPTIONAL_OFFSET);
	struct pack_refusal refusal;
	struct pack_input in = input();
	size_t count;

	(void)state;
	memcpy(other, kernel, kernel_bytes);
	in.kernel = other;
	optional->entry_rva = PAGE_SIZE - 1;
	assert_refused(&in, PACK_KERNEL, "not a kernel of ours");
	optional->entry_rva = 2 * PAGE_SIZE;
	assert_refused(&in, PACK_KERNEL, "not a kernel of ours");
	optional->entry_rva = PAGE_SIZE + 0x180;
	assert_refused(&in, PACK_KERNEL, "not a kernel of ours");
	optional->entry_rva--;
	assert_int_equal(pack_measure(&in, &count, &refusal), OK);
}

static void test_bad_app_or_policy_is_refused(void **state)
{
	struct pack_input in = input();

	(void)state;
	in.app_bytes = 0;
	assert_refused(&in, PACK_APP, "shorter than an ELF header");
	in = input();
	app.header.e_type = ET_DYN;
	assert_refused(&in, PACK_APP,
		       "not linked to a fixed address (ET_EXEC)");
	app.header.e_type = ET_EXEC;
	in.policy_bytes--;
	assert_refused(&in, PACK_POLICY, "the policy isn't canonical");
	in.policy_bytes = 0;
	assert_refused(&in, PACK_POLICY, "the policy isn't canonical");
}

static enum err find(const uint8_t *memory, size_t count)
{
	struct package found = { .app_bytes = 7 };
	enum err e =
		package_find(memory, KERNEL_PAGES * PAGE_SIZE, count, &found);

	if (e != OK)
		assert_int_equal(found.app_bytes, 7);
	return e;
}

static void test_nothing_packed(void **state)
{
	size_t count;
	uint8_t *memory = load(kernel, &count);

	(void)state;
	assert_int_equal(find(memory, count), ERR_NOT_FOUND);
	free(memory);
}

static struct pe_section *section(uint8_t *memory, size_t i)
{
	return (void *)(memory + PE_FILE_SECTIONS_OFFSET +
			i * sizeof(struct pe_section));
}

static void test_lying_headers_are_refused(void **state)
{
	struct pack_input in = input();
	size_t file_count, count;
	uint8_t *file = pack(&in, &file_count);
	uint8_t *memory = load(file, &count);
	struct pe_section kept = *section(memory, 3);

	(void)state;
	assert_int_equal(find(memory, count - 1), ERR_BAD_INPUT);
	assert_int_equal(find(memory, count), OK);
	section(memory, 3)->rva = 4 * PAGE_SIZE;
	assert_int_equal(find(memory, count), ERR_BAD_INPUT);
	*section(memory, 3) = kept;
	section(memory, 3)->virtual_bytes = UINT32_MAX;
	assert_int_equal(find(memory, count), ERR_BAD_INPUT);
	*section(memory, 3) = kept;
	section(memory, 3)->rva = UINT32_MAX - 0xfff;
	assert_int_equal(find(memory, count), ERR_BAD_INPUT);
	*section(memory, 3) = kept;
	section(memory, 3)->virtual_bytes = 0;
	assert_int_equal(find(memory, count), ERR_BAD_INPUT);
	*section(memory, 3) = kept;
	section(memory, 3)->name[1] = 'b';
	assert_int_equal(find(memory, count), ERR_BAD_INPUT);
	*section(memory, 3) = kept;
	// The kernel is longer than its own headers say.
	section(memory, 2)->virtual_bytes = PAGE_SIZE;
	section(memory, 3)->rva = 4 * PAGE_SIZE;
	assert_int_equal(find(memory, count), ERR_BAD_INPUT);
	free(memory);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packed_is_found),
		cmocka_unit_test(test_kernel_stays_as_it_was),
		cmocka_unit_test(test_equal_inputs_equal_bytes),
		cmocka_unit_test(test_packed_twice_is_refused),
		cmocka_unit_test(test_other_kernels_are_refused),
		cmocka_unit_test(test_every_header_byte_is_judged),
		cmocka_unit_test(test_entry_outside_of_the_code),
		cmocka_unit_test(test_bad_app_or_policy_is_refused),
		cmocka_unit_test(test_nothing_packed),
		cmocka_unit_test(test_lying_headers_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// The app's segments in memory: what bytes, where, with which rights.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "abi/layout.h"
#include "app/loader.h"
#include "app/runtime.h"
#include "kernel/log.h"
#include "kernel/mem/address_space.h"
#include "kernel/package.h"
#include "kernel/policy/in_force.h"
#include "tests/fake/app_elf.h"
#include "tests/fake/death.h"
#include "tests/fake/ram.h"

#define NEEDED_BYTES (3 * PAGE_SIZE + RUNTIME_STACK_BYTES)

struct mapping {
	uint64_t address;
	struct phys base;
	size_t pages;
	bool is_writable, is_executable;
};

static struct mapping mappings[4];
static size_t mapping_count;
static struct policy policy;
static struct app_elf elf;

void log_line(const char *format, ...)
{
	(void)format;
}

void runtime_call(struct app_call *call)
{
	(void)call;
}

const struct policy *policy_in_force(void)
{
	return &policy;
}

enum err address_space_map_app(uint64_t address, struct phys base, size_t pages,
			       bool is_writable, bool is_executable)
{
	mappings[mapping_count++] = (struct mapping){ address, base, pages,
						      is_writable,
						      is_executable };
	return OK;
}

static int setup(void **state)
{
	const struct package found = { .app = (const uint8_t *)&elf,
				       .app_bytes = sizeof(elf),
				       .policy = (const uint8_t *)&elf };

	(void)state;
	elf = app_elf_make();
	package_set(&found);
	policy.limits[POLICY_LIMIT_MEMORY_BYTES] = NEEDED_BYTES;
	mapping_count = 0;
	return 0;
}

static void assert_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(bytes[i], 0);
}

static void test_segments_are_loaded(void **state)
{
	const struct mapping *text = &mappings[0], *data = &mappings[1];
	const uint8_t *bytes;
	size_t before = elf.text.p_vaddr % PAGE_SIZE;

	(void)state;
	fake_ram_reset();
	page_pool_add((struct phys){ FAKE_RAM_BASE }, 64);
	app_load();
	assert_int_equal(mapping_count, 2);
	assert_int_equal(text->address, APP_BASE);
	assert_int_equal(text->pages, 1);
	assert_true(text->is_executable && !text->is_writable);
	bytes = page_pool_address(text->base);
	assert_zero(bytes, before);
	assert_memory_equal(bytes + before, elf.code, sizeof(elf.code));
	assert_zero(bytes + before + sizeof(elf.code),
		    PAGE_SIZE - before - sizeof(elf.code));
	assert_int_equal(data->address, APP_BASE + PAGE_SIZE);
	assert_int_equal(data->pages, 2);
	assert_true(data->is_writable && !data->is_executable);
	bytes = page_pool_address(data->base);
	assert_zero(bytes, 8);
	assert_memory_equal(bytes + 8, elf.words, sizeof(elf.words));
	assert_zero(bytes + 8 + sizeof(elf.words),
		    2 * PAGE_SIZE - 8 - sizeof(elf.words));
}

static void test_refusals_halt(void **state)
{
	(void)state;
	policy.limits[POLICY_LIMIT_MEMORY_BYTES] = NEEDED_BYTES - 1;
	assert_check_fails(app_load());
	policy.limits[POLICY_LIMIT_MEMORY_BYTES] = NEEDED_BYTES;
	elf.header.e_type = ET_DYN;
	assert_check_fails(app_load());
	elf.header.e_type = ET_EXEC;
	elf.data.p_memsz = 100 * PAGE_SIZE;
	policy.limits[POLICY_LIMIT_MEMORY_BYTES] = POLICY_NO_LIMIT;
	assert_check_fails(app_load());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_segments_are_loaded, setup),
		cmocka_unit_test_setup(test_refusals_halt, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

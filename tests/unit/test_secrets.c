// SPDX-License-Identifier: Apache-2.0
// The secrets page: whatever it says, no key stays behind in it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "abi/snp.h"
#include "kernel/mem/address_space.h"
#include "kernel/snp/secrets.h"

#define GPA 0x80d000ull
#define FACTOR 200

static struct snp_secrets page;
static uint8_t key[VMPCK_BYTES];
static uint32_t factor;
static enum err map_answer, unmap_answer;
static unsigned int maps, unmaps;

enum err address_space_map_private(struct phys base, size_t pages,
				   bool is_writable, void **out)
{
	assert_true(is_writable);
	if (map_answer != OK)
		return map_answer;
	assert_int_equal(base.value, GPA);
	assert_int_equal(pages, 1);
	maps++;
	*out = &page;
	return OK;
}

enum err address_space_unmap_private(const void *at, size_t pages)
{
	assert_ptr_equal(at, &page);
	assert_int_equal(pages, 1);
	unmaps++;
	return unmap_answer;
}

static int set_up(void **state)
{
	(void)state;
	memset(&page, 0x5a, sizeof(page));
	page.version = 3;
	page.imi_enabled = 0;
	page.svsm_size = 0;
	page.svsm_guest_vmpl = 0;
	page.tsc_factor = FACTOR;
	for (unsigned int i = 0; i < SNP_VMPL_COUNT; i++)
		memset(page.vmpck[i], 0x10 + (int)i, VMPCK_BYTES);
	memset(key, 0xee, sizeof(key));
	factor = 1;
	map_answer = unmap_answer = OK;
	maps = unmaps = 0;
	secrets_init((struct phys){ GPA });
	return 0;
}

static void assert_no_key_is_left(void)
{
	const uint8_t zeros[sizeof(page.vmpck)] = { 0 };

	assert_memory_equal(page.vmpck, zeros, sizeof(zeros));
	assert_int_equal(maps, 1);
	assert_int_equal(unmaps, 1);
}

static void assert_key_is_zeros(void)
{
	const uint8_t zeros[VMPCK_BYTES] = { 0 };

	assert_memory_equal(key, zeros, sizeof(zeros));
}

static void refused(void)
{
	memset(key, 0xee, sizeof(key));
	maps = unmaps = 0;
	assert_int_equal(secrets_take(key, &factor), ERR_BAD_INPUT);
	assert_key_is_zeros();
	assert_int_equal(factor, 1);
	assert_no_key_is_left();
}

static void takes_the_first_key(void **state)
{
	uint8_t expected[VMPCK_BYTES];

	(void)state;
	memset(expected, 0x10, sizeof(expected));
	assert_int_equal(secrets_take(key, &factor), OK);
	assert_memory_equal(key, expected, sizeof(expected));
	assert_int_equal(factor, FACTOR);
	assert_no_key_is_left();
	// The rest is left as it was.
	assert_int_equal(page.version, 3);
	assert_int_equal(page.guest_os_area[0], 0x5a);
}

static void takes_it_once(void **state)
{
	(void)state;
	assert_int_equal(secrets_take(key, &factor), OK);
	factor = 1;
	refused();
}

static void refuses_bad_pages(void **state)
{
	page.version = 0;
	refused();
	set_up(state);
	page.imi_enabled = 1;
	refused();
	set_up(state);
	page.svsm_size = 0x1000;
	refused();
	set_up(state);
	page.svsm_guest_vmpl = 1;
	refused();
	set_up(state);
	memset(page.vmpck[0], 0, VMPCK_BYTES);
	refused();
}

static void without_memory_there_is_no_key(void **state)
{
	(void)state;
	map_answer = ERR_NO_MEMORY;
	assert_int_equal(secrets_take(key, &factor), ERR_NO_MEMORY);
	assert_key_is_zeros();
	map_answer = OK;
	unmap_answer = ERR_NO_MEMORY;
	assert_int_equal(secrets_take(key, &factor), ERR_NO_MEMORY);
	assert_key_is_zeros();
	assert_no_key_is_left();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(takes_the_first_key, set_up),
		cmocka_unit_test_setup(takes_it_once, set_up),
		cmocka_unit_test_setup(refuses_bad_pages, set_up),
		cmocka_unit_test_setup(without_memory_there_is_no_key, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Entropy from a fake CPU. The real instructions run in QEMU: both
// `-cpu EPYC-Milan` and `-cpu max` of QEMU 7.2's TCG offer RDRAND without
// RDSEED; `-cpu EPYC-Milan,-rdrand` offers neither.
#include "kernel/entropy/entropy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/cpu/features.h"
#include "kernel/entropy/health.h"
#include "kernel/entropy/source.h"

static struct {
	bool has_rdseed, has_rdrand;
	unsigned int dry; // tries that fail, from the next on
	unsigned int seeds, rands;
	uint64_t random;        // the good generator's state
	uint64_t keep, force;   // bits kept of its words, bits set in them
	unsigned int bad_after; // words until `keep` and `force` apply
} fake;

bool cpu_has(enum cpu_feature feature)
{
	return feature == CPU_RDSEED   ? fake.has_rdseed
	       : feature == CPU_RDRAND ? fake.has_rdrand
				       : false;
}

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t good_word(void)
{
	uint64_t z = fake.random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static bool next_word(uint64_t *out)
{
	if (fake.dry > 0) {
		fake.dry--;
		return false;
	}
	*out = good_word();
	if (fake.bad_after == 0)
		*out = (*out & fake.keep) | fake.force;
	else
		fake.bad_after--;
	return true;
}

bool source_rdseed(uint64_t *out)
{
	fake.seeds++;
	return next_word(out);
}

bool source_rdrand(uint64_t *out)
{
	fake.rands++;
	return next_word(out);
}

static int reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.has_rdseed = fake.has_rdrand = true;
	fake.keep = UINT64_MAX;
	return 0;
}

static void prefers_rdseed(void **state)
{
	uint8_t bytes[100] = { 0 };

	(void)state;
	assert_int_equal(entropy_init(), OK);
	assert_string_equal(entropy_source_name(), "rdseed");
	assert_true(fake.seeds >= HEALTH_STARTUP_SAMPLES / 8);
	assert_int_equal(entropy_get(bytes, sizeof(bytes)), OK);
	assert_int_equal(fake.rands, 0);
	assert_true(bytes[0] | bytes[1] | bytes[2]);
	assert_true(bytes[97] | bytes[98] | bytes[99]);
}

static void falls_back_to_rdrand(void **state)
{
	uint8_t byte;

	(void)state;
	fake.has_rdseed = false;
	assert_int_equal(entropy_init(), OK);
	assert_string_equal(entropy_source_name(), "rdrand");
	assert_int_equal(entropy_get(&byte, 1), OK);
	assert_int_equal(fake.seeds, 0);
}

static void refuses_a_cpu_without(void **state)
{
	(void)state;
	fake.has_rdseed = fake.has_rdrand = false;
	assert_int_equal(entropy_init(), ERR_UNSUPPORTED);
}

static void retries_within_bounds(void **state)
{
	uint8_t bytes[32];

	(void)state;
	fake.dry = 1000;
	assert_int_equal(entropy_init(), OK);
	fake.dry = 9999;
	assert_int_equal(entropy_get(bytes, sizeof(bytes)), OK);
	fake.dry = 10000;
	assert_int_equal(entropy_get(bytes, sizeof(bytes)), ERR_DEVICE);
	assert_int_equal(fake.rands, 0);
	fake.has_rdseed = false;
	fake.dry = 9;
	assert_int_equal(entropy_init(), OK);
	fake.dry = 10;
	assert_int_equal(entropy_get(bytes, sizeof(bytes)), ERR_DEVICE);
}

static void writes_what_was_asked(void **state)
{
	uint8_t bytes[40];

	(void)state;
	assert_int_equal(entropy_init(), OK);
	for (size_t count = 0; count < 30; count++) {
		memset(bytes, 0xee, sizeof(bytes));
		assert_int_equal(entropy_get(bytes, count), OK);
		for (size_t i = count; i < sizeof(bytes); i++)
			assert_int_equal(bytes[i], 0xee);
	}
}

// Each row is a way in which a source breaks.
static const struct {
	uint64_t keep, force;
} broken[] = {
	{ 0, 0 },
	{ 0, UINT64_MAX },
	{ 0, 0x0123456789abcdef },      // one word for ever
	{ 0xffffffffffff0000, 0x4242 }, // two bytes stuck
	{ 0x0101010101010101, 0 },      // one live bit a byte
	{ 0x0303030303030303, 0x2020202020202020 },
};

static void fails_at_startup_when_broken(void **state)
{
	uint8_t byte = 0xee;

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		fake.keep = broken[i].keep;
		fake.force = broken[i].force;
		assert_int_equal(entropy_init(), ERR_DEVICE);
		assert_int_equal(entropy_get(&byte, 1), ERR_DEVICE);
		assert_int_equal(byte, 0);
	}
}

static void fails_when_it_breaks_later(void **state)
{
	uint8_t bytes[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		fake.keep = UINT64_MAX;
		fake.force = 0;
		assert_int_equal(entropy_init(), OK);
		fake.bad_after = 20;
		fake.keep = broken[i].keep;
		fake.force = broken[i].force;
		memset(bytes, 0xee, sizeof(bytes));
		assert_int_equal(entropy_get(bytes, sizeof(bytes)), ERR_DEVICE);
		for (size_t j = 0; j < sizeof(bytes); j++)
			assert_int_equal(bytes[j], 0);
		// It recovers too late: what failed stays failed.
		fake.keep = UINT64_MAX;
		fake.force = 0;
		assert_int_equal(entropy_get(bytes, 8), ERR_DEVICE);
	}
}

static void repetition_counts_across_words(void **state)
{
	struct health h = { 0 };

	(void)state;
	assert_true(health_accepts(&h, 0x7777777701020304));
	assert_true(health_accepts(&h, 0x0102030477777777)); // 8 in a row
	h = (struct health){ 0 };
	assert_true(health_accepts(&h, 0x7777777701020304));
	assert_false(health_accepts(&h, 0x0102037777777777)); // 9
}

static void refuses_too_much_of_one_byte(void **state)
{
	struct health h = { 0 };

	(void)state;
	// Bytes 0 to 6 in turn: the 71st zero is byte 490, in word 61.
	for (unsigned int i = 0; i < 62; i++) {
		uint64_t word = 0;
		for (unsigned int k = 0; k < 8; k++)
			word |= (uint64_t)((8 * i + k) % 7) << 8 * k;
		assert_int_equal(health_accepts(&h, word), i < 61);
	}
}

static void refuses_words_of_broken_cpus(void **state)
{
	struct health h = { 0 };

	(void)state;
	assert_true(health_accepts(&h, 0x0123456789abcdef));
	assert_false(health_accepts(&h, 0x0123456789abcdef));
	assert_false(health_accepts(&h, 0));
	assert_false(health_accepts(&h, UINT64_MAX));
}

static void good_source_lasts(void **state)
{
	uint8_t bytes[4096];

	(void)state;
	assert_int_equal(entropy_init(), OK);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(entropy_get(bytes, sizeof(bytes)), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(prefers_rdseed, reset),
		cmocka_unit_test_setup(falls_back_to_rdrand, reset),
		cmocka_unit_test_setup(refuses_a_cpu_without, reset),
		cmocka_unit_test_setup(retries_within_bounds, reset),
		cmocka_unit_test_setup(writes_what_was_asked, reset),
		cmocka_unit_test_setup(fails_at_startup_when_broken, reset),
		cmocka_unit_test_setup(fails_when_it_breaks_later, reset),
		cmocka_unit_test_setup(repetition_counts_across_words, reset),
		cmocka_unit_test_setup(refuses_too_much_of_one_byte, reset),
		cmocka_unit_test_setup(refuses_words_of_broken_cpus, reset),
		cmocka_unit_test_setup(good_source_lasts, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

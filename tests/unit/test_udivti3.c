// SPDX-License-Identifier: Apache-2.0
// The kernel's 128-bit division, which here takes the place of the compiler's,
// against multiplication.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

__extension__ typedef unsigned __int128 u128;

u128 __udivti3(u128 dividend, u128 divisor);

static u128 wide(uint64_t high, uint64_t low)
{
	return (u128)high << 64 | low;
}

static void assert_divides(u128 a, u128 b)
{
	u128 q = __udivti3(a, b), product;

	assert_false(__builtin_mul_overflow(q, b, &product));
	assert_true(product <= a && a - product < b);
}

static void divides_edges(void **state)
{
	const u128 edges[] = {
		0,
		1,
		2,
		10,
		UINT64_MAX,
		wide(1, 0),
		wide(1, 1),
		wide(1ull << 63, 0),
		wide(UINT64_MAX, 0),
		wide(UINT64_MAX, UINT64_MAX),
		wide(0, 1ull << 63),
	};
	const size_t count = sizeof(edges) / sizeof(edges[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 1; j < count; j++)
			assert_divides(edges[i], edges[j]);
	assert_true(__udivti3(wide(5, 7), wide(5, 7)) == 1);
	assert_true(__udivti3(wide(6, 0), 3) == wide(2, 0));
}

static uint64_t random_word(void)
{
	uint64_t word = (uint64_t)rand() << 42 ^ (uint64_t)rand() << 21 ^
			(uint64_t)rand();

	return word >> rand() % 64;
}

static void divides_random_numbers(void **state)
{
	(void)state;
	srand(3);
	for (int i = 0; i < 200000; i++) {
		u128 b = wide(rand() % 2 ? random_word() : 0, random_word());
		assert_divides(wide(random_word(), random_word()), b ? b : 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(divides_edges),
		cmocka_unit_test(divides_random_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

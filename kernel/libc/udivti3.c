// SPDX-License-Identifier: Apache-2.0
// Division of 128-bit numbers, which compilers take from their own runtime
// library otherwise (GCC internals, "Routines for integer arithmetic").
#include <stdint.h>

__extension__ typedef unsigned __int128 u128;

u128 __udivti3(u128 dividend, u128 divisor);

// high < divisor, so that the quotient fits.
static uint64_t divide_narrow(uint64_t high, uint64_t low, uint64_t divisor)
{
	uint64_t quotient, remainder;

	__asm__("divq %4"
		: "=a"(quotient), "=d"(remainder)
		: "a"(low), "d"(high), "rm"(divisor)
		: "cc");
	return quotient;
}

// The divisor is 2^64 or more, so the quotient has less than 64 bits.
static uint64_t divide_wide(u128 dividend, u128 divisor)
{
	uint64_t quotient = 0;
	int shift = __builtin_clzll((uint64_t)(divisor >> 64));

	for (divisor <<= shift; shift >= 0; shift--, divisor >>= 1) {
		quotient <<= 1;
		if (dividend >= divisor) {
			dividend -= divisor;
			quotient |= 1;
		}
	}
	return quotient;
}

u128 __udivti3(u128 dividend, u128 divisor)
{
	uint64_t high = (uint64_t)(dividend >> 64), low = (uint64_t)dividend;
	uint64_t narrow = (uint64_t)divisor;

	if (divisor >> 64)
		return divide_wide(dividend, divisor);
	return (u128)(high / narrow) << 64 |
	       divide_narrow(high % narrow, low, narrow);
}

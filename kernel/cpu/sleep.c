// SPDX-License-Identifier: Apache-2.0
// The CPU's halt.
#include "kernel/cpu/sleep.h"

void sleep_until_interrupt(void)
{
	__asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
}

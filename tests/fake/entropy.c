// SPDX-License-Identifier: Apache-2.0
// kernel/entropy/entropy.h with the same bytes at every run.
#include "kernel/entropy/entropy.h"

enum err entropy_get(uint8_t *out, size_t count)
{
	static uint32_t state = 1;

	for (size_t i = 0; i < count; i++) {
		state = state * 1664525 + 1013904223;
		out[i] = (uint8_t)(state >> 24);
	}
	return OK;
}

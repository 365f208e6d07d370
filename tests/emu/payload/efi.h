// SPDX-License-Identifier: Apache-2.0
// What the test guest takes along from the firmware before it leaves it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define COMMAND_BYTES 128

struct firmware_gift {
	char command[COMMAND_BYTES];     // the command line, closed with NUL
	uint64_t secrets_gpa, cpuid_gpa; // 0: the firmware named none
	bool arena_is_free;              // memory.h's arena
};

const struct firmware_gift *firmware_gift(void);

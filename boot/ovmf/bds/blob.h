// SPDX-License-Identifier: Apache-2.0
// The two things that fw_cfg is asked for after the memory map: the kernel and
// its command line. Both come from the host; they are copied once into memory
// of ours, and hash and use are of that copy.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct blob {
	uint8_t *bytes;
	uint32_t size;
};

// Both halt when there is no fw_cfg. False when the host offers nothing, or
// more than there is room for; *out is untouched then.
bool blob_read_kernel(struct blob *out);
bool blob_read_command_line(struct blob *out);

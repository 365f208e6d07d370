// SPDX-License-Identifier: Apache-2.0
// Puts an app and a policy into a kernel image, as the sections .app and
// .policy behind the kernel's own. Pure: the same inputs give the same bytes.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct pack_input {
	const uint8_t *kernel; // what elf2pe made
	size_t kernel_bytes;
	const uint8_t *app; // a static ELF64, base/app_image.h
	size_t app_bytes;
	const uint8_t *policy; // canonical CBOR, base/policy.h
	size_t policy_bytes;
};

enum pack_part {
	PACK_KERNEL,
	PACK_APP,
	PACK_POLICY,
};

// Which part was refused, and why.
struct pack_refusal {
	enum pack_part of;
	const char *why;
};

// Judges all three and says how long the packed file is. ERR_BAD_INPUT, with
// *refusal set: no kernel of ours, packed already, an app or a policy that the
// kernel would refuse to read, or more than the kernel maps.
enum err pack_measure(const struct pack_input *input, size_t *out_bytes,
		      struct pack_refusal *refusal);
// Writes the file that pack_measure judged into exactly that many bytes.
void pack_write(const struct pack_input *input, uint8_t *out);

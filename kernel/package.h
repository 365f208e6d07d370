// SPDX-License-Identifier: Apache-2.0
// What was packed into the image beside the kernel: one app and one policy, as
// they were measured. The bytes lie in private memory that is mapped read-only
// and belongs to no pool: what is hashed for the evidence is what is decoded and
// mapped.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct package {
	const uint8_t *app; // a static ELF64
	size_t app_bytes;
	const uint8_t *policy; // canonical CBOR, base/policy.h
	size_t policy_bytes;
};

// Sets what was found, once.
void package_set(const struct package *found);
// Valid once kernel_main has started it; never NULL.
const struct package *package(void);

// SPDX-License-Identifier: Apache-2.0
// Numbers that outsiders must not guess: initial sequence numbers, ports,
// transaction identifiers. SipHash-2-4 (Aumasson and Bernstein, 2012) under a
// key from the CPU's entropy. Not for keys.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Takes the key. ERR_DEVICE.
enum err random_init(void);
uint32_t random_u32(void);
// A keyed hash of `count` bytes.
uint64_t random_hash(const void *bytes, size_t count);

// SipHash-2-4 itself. Pure.
uint64_t siphash(const uint64_t key[2], const void *bytes, size_t count);

// SPDX-License-Identifier: Apache-2.0
// TCB_VERSION (AMD 56860, 2.2): eight bytes, whose meaning depends on the
// product.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/anchorhold.h"

#define TCB_BYTES 8u

// "boot loader", "TEE", "SNP", "microcode", "FMC"; NULL: a reserved byte.
const char *tcb_component(enum anchorhold_product product, size_t byte);
uint8_t tcb_byte(uint64_t tcb, size_t byte);
// The first byte in which `tcb` is lower than `floor`; TCB_BYTES: in none.
size_t tcb_find_below(uint64_t tcb, const uint8_t floor[TCB_BYTES]);
bool tcb_is_reserved_zero(enum anchorhold_product product, uint64_t tcb);

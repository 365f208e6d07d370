// SPDX-License-Identifier: Apache-2.0
// Between psp_*.c: the makers of answers. Each takes an authentic payload of a
// size that psp_message.c has judged, from the holder of VMPCK `vmpl`, writes
// the answer's payload to zeroed bytes, and says how long that is. What is
// wrong inside a payload is a status inside the answer (AMD 56860, chapter 7).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/psp.h"

size_t psp_report(const struct psp *p, uint32_t vmpl, const uint8_t *payload,
		  size_t count, uint8_t *out);
size_t psp_key(const struct psp *p, uint32_t vmpl, const uint8_t *payload,
	       size_t count, uint8_t *out);
size_t psp_tsc_info(const struct psp *p, uint32_t vmpl, const uint8_t *payload,
		    size_t count, uint8_t *out);
size_t psp_cpuid(const struct psp *p, uint32_t vmpl, const uint8_t *payload,
		 size_t count, uint8_t *out);

bool psp_has_vlek(const struct psp_platform *platform);
// 32 bytes for one purpose, from a secret of 32.
void psp_derive(const uint8_t secret[PSP_SEED_BYTES], const char *purpose,
		uint32_t index, uint8_t out[32]);

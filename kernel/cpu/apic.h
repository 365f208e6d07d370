// SPDX-License-Identifier: Apache-2.0
// The local APIC: x2APIC by MSRs where the CPU offers it, else xAPIC by its
// registers' page (APM volume 2, chapter 16). The rest of the kernel can't tell.
#pragma once

#include <stdint.h>

#include "base/err.h"

// Only vectors from APIC_FIRST_VECTOR on are delivered.
#define APIC_FIRST_VECTOR 0xf0

struct apic_vectors {
	uint8_t timer;
	uint8_t spurious; // its low 4 bits are set
};

// Silences the 8259s and every local source, then enables the APIC with the
// timer stopped. ERR_UNSUPPORTED without an APIC or when devices can't address
// it, ERR_DEVICE when it isn't where an APIC belongs, ERR_NO_MEMORY.
enum err apic_init(struct apic_vectors vectors);
// The destination that an MSI names.
uint8_t apic_id(void);
// Acknowledges the interrupt that is being handled.
void apic_acknowledge(void);
// Starts the timer: one interrupt after `count` of its ticks; 0 stops it.
void apic_timer_start(uint32_t count);
// Ticks left; 0 when it has run out.
uint32_t apic_timer_left(void);

// SPDX-License-Identifier: Apache-2.0
// The interrupt descriptor table. It holds the CPU's exceptions, of which #VC
// alone may return, and the few vectors that somebody registered. Any other
// vector has no gate: an interrupt that nobody asked for ends the guest.
#pragma once

#include <stdint.h>

// Builds the table and loads it. Call after gdt_init.
void idt_init(void);
// Opens `vector` (32 to 255) for a device or a timer. The handler runs with
// interrupts masked, only ever out of wait_until()'s hlt: an interrupt that a
// host injects while they are masked ends the guest. All registers of the
// interrupted code, SSE included, are kept for it. Acknowledging is its job.
void idt_set_interrupt(uint8_t vector, void (*handler)(void));

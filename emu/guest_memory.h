// SPDX-License-Identifier: Apache-2.0
// The guest's own view of its memory: through its page tables, with the rules
// of the hardware on what is private.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "emu/vcpu.h"

// A guest-physical address with its C-bit. ERR_NOT_FOUND: not mapped.
// ERR_BAD_INPUT: the walk meets a page that isn't valid private memory.
// ERR_UNSUPPORTED: neither 4-level nor none.
enum err guest_translate(struct vcpu *v, uint64_t linear, uint64_t *gpa);
// The bytes behind such an address, up to the end of its page. ERR_BAD_INPUT
// when the page isn't memory or hasn't the state that the C-bit asks for.
enum err guest_bytes(uint64_t gpa, uint8_t **bytes);

enum err guest_read(struct vcpu *v, uint64_t linear, void *to, size_t count);
enum err guest_write(struct vcpu *v, uint64_t linear, const void *from,
		     size_t count);
// Up to `max` bytes of the instruction at RIP; returns how many could be read.
size_t guest_fetch(struct vcpu *v, uint8_t *to, size_t max);

// What the host sees: `count` bytes at a shared GPA, in one page. ERR_BAD_INPUT
// when that isn't a shared page of memory.
enum err guest_shared(uint64_t gpa, size_t count, void **bytes);

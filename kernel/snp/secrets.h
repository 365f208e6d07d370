// SPDX-License-Identifier: Apache-2.0
// The secrets page (AMD 56860, 8.17.2.5): the keys between this guest and the
// secure processor. They are taken out once; nothing that later reads the page,
// a bug of ours or another system started in our place, finds them there.
#pragma once

#include <stdint.h>

#include "abi/guest_message.h"
#include "base/err.h"
#include "kernel/mem/page_pool.h"

// Names the page, which isn't part of the kernel's memory.
void secrets_init(struct phys page);
// Copies VMPCK0 and the TSC's factor out, and wipes all keys from the page.
// ERR_BAD_INPUT when the page isn't one: no version, a service module
// above us, no key (it was taken before), or the wiped keys are still there.
// ERR_NO_MEMORY when the page can't be mapped or unmapped. On any failure `key`
// is zeros, and no key is left in a page that could be mapped: whoever couldn't
// map it ends the guest. The caller wipes its copy.
enum err secrets_take(uint8_t key[VMPCK_BYTES], uint32_t *tsc_factor);

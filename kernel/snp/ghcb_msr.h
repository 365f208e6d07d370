// SPDX-License-Identifier: Apache-2.0
// The GHCB's MSR protocol (AMD 56421, 2.3.1): one 64-bit word to the host, one
// back. Needs no memory, so it works before there is a GHCB page and when all
// else has failed. What comes back is the host's word: judged here.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "kernel/mem/page_pool.h"

// Writes `request` to the MSR, leaves to the host and returns what it answered.
// The MSR is put back to what it was.
uint64_t ghcb_msr_call(uint64_t request);

// SEV information: the protocol versions the host speaks. ERR_DEVICE when the
// answer isn't one.
enum err ghcb_msr_versions(unsigned int *min, unsigned int *max);
// GHCB_FEATURE_... bits that the host offers. ERR_DEVICE.
enum err ghcb_msr_features(uint64_t *features);
// Tells the host where the GHCB page is. ERR_DEVICE unless it echoes the page.
enum err ghcb_msr_register(struct phys page);
// Asks for one 4 KiB page to be private or shared; the caller does PVALIDATE.
// `op` is an enum page_state_op. ERR_DEVICE.
enum err ghcb_msr_page_state(struct phys page, unsigned int op);
// Ends the guest (2.3.2) with a reason of `set` and `code`.
__attribute__((noreturn)) void ghcb_msr_terminate(unsigned int set,
						  unsigned int code);

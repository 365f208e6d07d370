// SPDX-License-Identifier: Apache-2.0
// Page state changes that the guest asks the host for.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "emu/ghcb_event.h"
#include "emu/vcpu.h"

// `op` is an enum page_state_op. ERR_BAD_INPUT: not a page of memory, not an
// operation, or a 2 MiB page that isn't aligned. A page that the guest gives
// away while it is still validated ends the run.
enum err page_state_change(struct vcpu *v, uint64_t gpa, unsigned int op,
			   bool large);
void page_state_event(struct ghcb_event *e);

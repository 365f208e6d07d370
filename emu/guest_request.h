// SPDX-License-Identifier: Apache-2.0
// The host as carrier between the guest and the secure processor (psp.h).
#pragma once

#include "emu/ghcb_event.h"
#include "emu/psp.h"

// The one secure processor.
struct psp *guest_request_psp(void);
void guest_request(struct ghcb_event *e);
void guest_request_extended(struct ghcb_event *e);

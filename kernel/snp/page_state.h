// SPDX-License-Identifier: Apache-2.0
// Pages go from private to shared here, and never back. The kernel validates no
// page, ever: memory that the firmware hands over as conventional, its own or
// the loader's is validated already, and all other memory is left alone. So no
// page can be validated twice, which is how a host would slip one physical page
// under two addresses (APM volume 2, 15.36.6).
#pragma once

#include <stddef.h>

#include "kernel/mem/page_pool.h"

// Takes the validation of pages of the page pool back, through the direct map,
// and tells the host that they are its own too. Their content is lost. The
// caller maps them shared afterwards, and the direct map's private mapping
// goes. Halts (HALT_PAGE_STATE) when a page isn't in the state that it must be
// in, or the host refuses or breaks the protocol.
void page_state_make_shared(struct phys base, size_t pages);

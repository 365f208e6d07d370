// SPDX-License-Identifier: Apache-2.0
// Events that touch QEMU's devices: ports and device memory.
#pragma once

#include "emu/ghcb_event.h"

void ghcb_io(struct ghcb_event *e);
void ghcb_mmio_read(struct ghcb_event *e);
void ghcb_mmio_write(struct ghcb_event *e);

// SPDX-License-Identifier: Apache-2.0
// kernel/dev/nic.h without a card: frames go in and out by calls of the test.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/dev/nic.h"

// Queues a frame for nic_receive. A frame that finds the queue full is lost.
void fake_nic_put(const void *frame, size_t length);
// Takes the oldest frame that the stack sent into `out`, which must hold
// NIC_FRAME_LIMIT bytes. 0 when there is none.
size_t fake_nic_take(uint8_t *out);
// Frames that may be sent and not yet taken before nic_send says ERR_AGAIN.
void fake_nic_set_ring(size_t frames);
// Whether the card finishes checksums and vouches for those it received.
void fake_nic_set_offload(bool on);
// Has every byte behind a received frame trap under ASan. Only for tests in
// which the stack has no right to write there: one frame in each net_poll, and
// nothing unread.
void fake_nic_set_trap(bool on);

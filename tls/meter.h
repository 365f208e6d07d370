// SPDX-License-Identifier: Apache-2.0
// What sessions cost in heap, measured, not reckoned. Record buffers and what
// the network allocates for bytes under way are left out.
#pragma once

#include <stdint.h>

// Learns what one record buffer costs.
void meter_init(void);
// The heap that sessions hold. Only differences mean anything.
int64_t meter_read(void);
// Around a call into net/: what changes between the two isn't counted.
void meter_pause(void);
void meter_resume(void);
// Heap bytes of one record buffer.
uint64_t meter_buffer_bytes(void);

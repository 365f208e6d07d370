// SPDX-License-Identifier: Apache-2.0
// kernel/mem/shared_pool.h over the heap: each piece is a block of its own, so
// that the address sanitizer sees a byte too far. A "physical address" is the
// host's own, for a fake device to reach it.
#pragma once

// Frees all that was taken. `budget_bytes` is what the next test may take.
void fake_shared_reset(unsigned long budget_bytes);
// Bytes that were loaded or copied out since then.
unsigned long fake_shared_bytes_read(void);

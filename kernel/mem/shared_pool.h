// SPDX-License-Identifier: Apache-2.0
// Memory that devices and the host can read and write at any time. Everything
// in it is hostile: load each value once, into private memory, and judge the
// copy. `struct shared` is the only way in, so that no code dereferences such
// memory by accident.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/mem/page_pool.h"

// A piece of shared memory: a window's address and its length in bytes.
struct shared {
	volatile uint8_t *at;
	size_t bytes;
};

// Takes the pool out of the page pool, maps it at SHARED_BASE and, on SEV-SNP,
// makes it shared. Call once. ERR_NO_MEMORY.
enum err shared_pool_init(size_t bytes);
// Takes zeroed memory for good: shared memory is never given back. `align` is
// a power of two up to PAGE_SIZE. ERR_NO_MEMORY.
enum err shared_pool_take(size_t bytes, size_t align, struct shared *out);
// The address that a device must be told.
struct phys shared_phys(struct shared s, size_t offset);

// Loads and stores of one little-endian value; the offset is the kernel's own,
// never a device's, and is CHECKed. Each load reads memory exactly once.
uint8_t shared_load8(struct shared s, size_t offset);
uint16_t shared_load16(struct shared s, size_t offset);
uint32_t shared_load32(struct shared s, size_t offset);
uint64_t shared_load64(struct shared s, size_t offset);
void shared_store8(struct shared s, size_t offset, uint8_t value);
void shared_store16(struct shared s, size_t offset, uint16_t value);
void shared_store32(struct shared s, size_t offset, uint32_t value);
void shared_store64(struct shared s, size_t offset, uint64_t value);
// Copies out once, or in.
void shared_read(struct shared s, size_t offset, void *out, size_t count);
void shared_write(struct shared s, size_t offset, const void *bytes,
		  size_t count);

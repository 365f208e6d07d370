// SPDX-License-Identifier: Apache-2.0
// The kernel's own mappings in the high half.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/boot_info.h"
#include "kernel/mem/page_pool.h"

// The way in, once each and in this order:
// 1. Builds the kernel's page tables, with pages from `early` alone, which the
//    firmware's identity mapping shows. ERR_NO_MEMORY.
enum err address_space_build(const struct boot_info *info,
			     struct boot_region early);
// 2. Makes them the CPU's and runs next() on the stack that ends at
//    `stack_top`. From here on the low half is empty.
__attribute__((noreturn)) void address_space_enter(uintptr_t stack_top,
						   void (*next)(void));
// 3. Gives all memory but the tables' and stacks' to the page pool. Later
//    mappings take their pages from there.
void address_space_settle(const struct boot_info *info);

// Maps device registers uncached, read-write, never executable, and hands out
// their address. Mappings stay for good. ERR_NO_MEMORY.
enum err address_space_map_device(struct phys base, size_t bytes,
				  volatile void **out);
// Maps `pages` contiguous pages at SHARED_BASE + offset, read-write, never
// executable, and takes them out of the direct map. The pages must have left
// the page pool.
enum err address_space_map_shared(struct phys base, size_t pages,
				  volatile void **out);
// Maps pages that are no memory of the kernel's but private all the same, as
// the firmware's own are, at FIRMWARE_BASE + offset, never executable.
// ERR_NO_MEMORY.
enum err address_space_map_private(struct phys base, size_t pages,
				   bool is_writable, void **out);
// Takes them out again. ERR_NO_MEMORY.
enum err address_space_unmap_private(const void *at, size_t pages);
// Maps contiguous pages of the app's at `address`, in the low half, readable,
// writable or executable as told but never both, and takes them out of the
// direct map. They belong to ring 0 as the app does. The pages must have left
// the page pool. ERR_NO_MEMORY.
enum err address_space_map_app(uint64_t address, struct phys base, size_t pages,
			       bool is_writable, bool is_executable);
// Maps a new stack of `bytes` (whole pages) between two unmapped guard pages
// and hands out its highest address. `name` is for dumps ("kernel stack") and
// is kept. ERR_NO_MEMORY.
enum err address_space_map_stack(const char *name, size_t bytes,
				 uintptr_t *top);

// Names what a faulting address belongs to: "null page", "guard page",
// "kernel text", ... For dumps; never NULL.
const char *address_space_name(uintptr_t address);
// The name of the stack whose guard page holds the address; NULL when none.
const char *address_space_guarded_stack(uintptr_t address);
// Whether a page is mapped there. For dumps.
bool address_space_is_mapped(uintptr_t address);

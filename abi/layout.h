// SPDX-License-Identifier: Apache-2.0
// The kernel's virtual address space. The low half belongs to the app alone;
// nothing of the kernel or the firmware is mapped there once boot/ is done.
// Each window starts at a top-level entry of its own, so that windows never
// share a table. Valid for 4-level and 5-level paging: all addresses are
// canonical in both.
#pragma once

#define PAGE_SIZE 0x1000ull
#define PAGE_SHIFT 12
#define LARGE_PAGE_SIZE 0x200000ull

#define USER_END 0x0000800000000000ull
// The app's ELF is linked to run from here on; nothing is mapped outside.
#define APP_BASE 0x400000ull
#define APP_END 0x40000000ull

// All RAM of the page pool, read-write, never executable. The image and the
// shared pool are left out, so no page has a second, weaker mapping.
#define DIRECT_MAP_BASE 0xffff800000000000ull
#define DIRECT_MAP_BYTES \
	0x0000008000000000ull // 512 GiB: RAM beyond is left alone

// Kernel and coroutine stacks, each between two pages that stay unmapped.
#define STACK_BASE 0xffffc00000000000ull

// The pool that devices may read and write: rings, packet buffers, messages.
// Under SEV-SNP these pages are shared with the host, as the image's last and
// device registers are.
#define SHARED_BASE 0xffffd00000000000ull

// Pages that the firmware leaves to be read: private, each mapped for a while.
#define FIRMWARE_BASE 0xffffd80000000000ull

// Device registers, uncached.
#define DEVICE_BASE 0xffffe00000000000ull

// The image: where its ELF is linked to run.
#define KERNEL_BASE 0xffffffff80000000ull
// In memory, with its app and policy, it has at most so many bytes.
#define IMAGE_LOADED_LIMIT 0x4000000ull

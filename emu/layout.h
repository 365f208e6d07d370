// SPDX-License-Identifier: Apache-2.0
// Where things lie in the emulator's own physical memory: a pc-dimm that QEMU
// puts at 4 GiB and that no table tells the guest of. The launcher
// (emu/launch.py) fills the parts marked so before the machine starts.
#pragma once

#define EMU_BASE 0x100000000ull // the emulator's code, data and stack
#define EMU_IMAGE_BYTES 0x1000000ull

#define EMU_PARAMS 0x101000000ull     // launcher: struct emu_params
#define EMU_HASH_TABLE 0x101001000ull // launcher: 1 KiB, as QEMU lays it out
// launcher: what the secure processor is given: keys, certificates, settings
#define EMU_PSP_INPUT 0x101010000ull
#define EMU_PSP_INPUT_BYTES 0xf0000ull

#define EMU_FIRMWARE 0x102000000ull // launcher: the file; its private frames
#define EMU_FIRMWARE_BYTES_MAX 0x1000000ull
// What the host sees behind firmware pages that the guest shares: zeros.
#define EMU_FIRMWARE_SHARED 0x103000000ull

// Leaf nested entries: one array for each tree, one entry for each page below
// 4 GiB.
#define EMU_LEAVES_PRIVATE 0x104000000ull
#define EMU_LEAVES_SHARED 0x104800000ull
#define EMU_RMP 0x105000000ull // struct rmp_entry for each page below 4 GiB
#define EMU_PSP_HEAP 0x106000000ull // the secure processor's own
#define EMU_PSP_HEAP_BYTES 0x1000000ull

// Frames behind the guest's private pages: GPA 0 upward.
#define EMU_PRIVATE 0x110000000ull

// The guest's memory is all below 4 GiB, as q35 places it.
#define EMU_GUEST_RAM_MAX 0x80000000ull
#define EMU_GUEST_TOP 0x100000000ull
#define EMU_GUEST_PAGES (EMU_GUEST_TOP >> 12)

// SPDX-License-Identifier: Apache-2.0
// From the firmware's machine to the kernel's own.
#pragma once

#include "kernel/boot_info.h"

// The composition root. Each image brings its own: boot/main.c, or a test's. It
// runs on the kernel's own stack and page tables, with all memory in the page
// pool and interrupts masked, and must not return.
__attribute__((noreturn)) void kernel_main(const struct boot_info *info);

// Called by entry.S, in the high half on a small stack in the image's data.
__attribute__((noreturn)) void boot_main(void);

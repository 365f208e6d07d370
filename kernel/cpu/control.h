// SPDX-License-Identifier: Apache-2.0
// The CPU's mode, set outright: of what the firmware left, only the depth of
// paging and EFER's other bits are kept.
#pragma once

// Sets EFER.NXE, CR0, CR4, the FPU and MXCSR. Call after cpu_missing() found
// nothing, under page tables that hold no executable data.
void cpu_control_init(void);

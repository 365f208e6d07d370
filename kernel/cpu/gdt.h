// SPDX-License-Identifier: Apache-2.0
// Segments and the task state segment, whose only use are the stacks of
// exceptions that can't run on the stack they happened on.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

// IST slots of the IDT (APM volume 2, 8.9.4). Each exception that may meet a
// broken stack has one of its own, so that one can hit while another is told.
enum gdt_stack {
	GDT_STACK_NONE = 0,
	GDT_STACK_DOUBLE_FAULT = 1,
	GDT_STACK_NMI = 2,
	GDT_STACK_MACHINE_CHECK = 3,
	GDT_STACK_PAGE_FAULT = 4,
	GDT_STACK_VC = 5,
	GDT_STACK_END = 6,
};

// Loads the segments. The exceptions share one small stack in the image's data
// until gdt_map_stacks.
void gdt_init(void);
// Gives each slot a guarded stack of its own. ERR_NO_MEMORY.
enum err gdt_map_stacks(void);
// Whether a stack pointer is the one of code that runs on this slot's stack.
bool gdt_stack_holds(enum gdt_stack slot, uint64_t rsp);

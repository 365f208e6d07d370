// SPDX-License-Identifier: Apache-2.0
// The two instructions that change a page's entry in the reverse map table
// (APM volume 3, PVALIDATE and RMPADJUST), for one page of 4 KiB each. Out of
// line so that unit tests link a table of their own.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Validates the private page mapped at `page`, or takes that back. Returns an
// enum snp_instruction_result; *changed is false when the page was in that
// state already, which is never right: somebody did it behind our back.
uint32_t rmp_validate(uintptr_t page, bool validate, bool *changed);
// Sets what VMPL `target` may do with the private page mapped at `page`.
// Returns an enum snp_instruction_result.
uint64_t rmp_adjust(uintptr_t page, unsigned int target,
		    unsigned int permissions);

// SPDX-License-Identifier: Apache-2.0
// Judges memory-type range registers (APM volume 2, 7.7).
#include "kernel/cpu/mtrr.h"

#include "abi/layout.h"
#include "abi/x86.h"
#include "base/num.h"

struct span {
	uint64_t start, end; // half-open
	unsigned int type;
	bool valid;
};

// A register pair as one stretch of addresses; false for a mask with gaps,
// which means several stretches.
static bool span_of(uint64_t base, uint64_t mask, unsigned int physical_bits,
		    struct span *out)
{
	uint64_t all = ((1ull << physical_bits) - 1) & ~(PAGE_SIZE - 1);
	uint64_t bits = mask & all;
	uint64_t bytes = (all & ~bits) + PAGE_SIZE;

	out->valid = mask & MTRR_MASK_VALID;
	out->type = base & MTRR_BASE_TYPE_MASK;
	out->start = base & bits;
	out->end = out->start + bytes;
	return (bytes & (bytes - 1)) == 0;
}

// The end of the write-back stretch that covers `at`; `at` itself without one.
// A stretch of another type in the region makes the answer unimportant: no.
static uint64_t write_back_end(const struct mtrr_state *state,
			       unsigned int physical_bits, uint64_t at)
{
	uint64_t end = at;
	struct span span;

	for (size_t i = 0; i < state->variable_count; i++) {
		if (!span_of(state->variable[i].base, state->variable[i].mask,
			     physical_bits, &span) ||
		    !span.valid || span.type != MEMORY_TYPE_WB)
			continue;
		if (span.start <= at && at < span.end)
			end = max_u64(end, span.end);
	}
	return end;
}

// Whether a valid range of another type, or one with gaps, meets the region.
static bool spoilt(const struct mtrr_state *state, unsigned int physical_bits,
		   uint64_t start, uint64_t end)
{
	struct span span;

	for (size_t i = 0; i < state->variable_count; i++) {
		bool plain = span_of(state->variable[i].base,
				     state->variable[i].mask, physical_bits,
				     &span);

		if (!span.valid || (plain && span.type == MEMORY_TYPE_WB))
			continue;
		if (!plain || (span.start < end && start < span.end))
			return true;
	}
	return false;
}

static bool region_is_write_back(const struct mtrr_state *state,
				 unsigned int physical_bits,
				 struct boot_region region)
{
	uint64_t at = region.base;
	uint64_t end = region.base + region.pages * PAGE_SIZE;

	if (spoilt(state, physical_bits, at, end))
		return false;
	if ((state->def_type & MTRR_DEF_TYPE_TYPE_MASK) == MEMORY_TYPE_WB)
		return true;
	while (at < end) {
		uint64_t next = write_back_end(state, physical_bits, at);

		if (next == at)
			return false;
		at = next;
	}
	return true;
}

bool mtrr_all_write_back(const struct mtrr_state *state,
			 unsigned int physical_bits,
			 const struct boot_region *regions, size_t count)
{
	// Disabled means that all memory is uncached (7.7.2).
	if (!(state->def_type & MTRR_DEF_TYPE_ENABLE))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!region_is_write_back(state, physical_bits, regions[i]))
			return false;
	}
	return true;
}

// SPDX-License-Identifier: Apache-2.0
// Health tests of a noise source.
#include "kernel/entropy/health.h"

// SP 800-90B, 4.4.1 Repetition Count Test
static bool repetition_passes(struct health *h, uint8_t sample)
{
	if (h->repeat_count > 0 && sample == h->repeated) {
		h->repeat_count++;
	} else {
		h->repeated = sample;
		h->repeat_count = 1;
	}
	return h->repeat_count < HEALTH_REPEAT_CUTOFF;
}

// SP 800-90B, 4.4.2 Adaptive Proportion Test
static bool proportion_passes(struct health *h, uint8_t sample)
{
	if (h->window_position == 0) {
		h->counted = sample;
		h->proportion_count = 1;
	} else if (sample == h->counted) {
		h->proportion_count++;
	}
	h->window_position = (h->window_position + 1) % HEALTH_WINDOW;
	return h->proportion_count < HEALTH_COUNT_CUTOFF;
}

bool health_accepts(struct health *h, uint64_t word)
{
	bool good = word != 0 && word != UINT64_MAX && word != h->last_word;

	h->last_word = word;
	for (int i = 0; i < 8; i++) {
		uint8_t sample = (uint8_t)(word >> 8 * i);
		good = repetition_passes(h, sample) && good;
		good = proportion_passes(h, sample) && good;
	}
	return good;
}

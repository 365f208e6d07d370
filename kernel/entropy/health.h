// SPDX-License-Identifier: Apache-2.0
// Health tests of a noise source, NIST SP 800-90B section 4.4. A sample is one
// byte, and 4 bits of min-entropy are claimed for each. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Both cutoffs let a source that is as good as claimed fail once in 2^30
// samples; a source of 8 bits a byte never fails them in practice.
#define HEALTH_REPEAT_CUTOFF 9 // 4.4.1: 1 + 30 / 4
#define HEALTH_WINDOW 512      // 4.4.2: not binary
#define HEALTH_COUNT_CUTOFF 71 // 4.4.2: 1 + CRITBINOM(512, 2^-4, 1 - 2^-30)
#define HEALTH_STARTUP_SAMPLES 1024 // 4.3

struct health {
	uint64_t last_word;
	uint8_t repeated; // the byte that the repetition count test follows
	uint8_t counted;  // the byte that the adaptive proportion test follows
	unsigned int repeat_count;
	unsigned int window_position; // 0: the next byte opens a window
	unsigned int proportion_count;
};

// Judges the source's next 64 bits. false: the source is not to be used. Beyond
// the standard's tests, 0, all ones and a word twice in a row are refused: each
// is how broken CPUs have failed, and comes once in 2^62 words by chance.
bool health_accepts(struct health *h, uint64_t word);

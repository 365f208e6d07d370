// SPDX-License-Identifier: Apache-2.0
// An expectation file: what a client demands of an enclave, in JSON
// (docs/expectation.md). Whoever writes this file decides what is trusted.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "client/anchorhold.h"

#define EXPECTATION_VERSION 1u
#define EXPECTATION_WHY_LIMIT 256u

// `demands` points into the lists; what the file doesn't speak of (the time,
// the leniencies on root and CRL) is left zero for the caller.
struct expectation {
	struct anchorhold_demands demands;
	struct anchorhold_measurement
		measurements[ANCHORHOLD_MEASUREMENTS_LIMIT];
	uint8_t chips[ANCHORHOLD_CHIPS_LIMIT][64];
};

// Reads `count` bytes of JSON. ERR_BAD_INPUT, with a sentence in `why` that
// names the field: malformed JSON, a field that is unknown, missing, given twice
// or of the wrong type, a value out of range. *out is then of no use.
enum err expectation_read(const char *json, size_t count,
			  struct expectation *out,
			  char why[EXPECTATION_WHY_LIMIT]);
// The name of a TCB_VERSION's byte in the file ("snp"); NULL: a reserved one.
const char *expectation_level(enum anchorhold_product product, size_t byte);

// SPDX-License-Identifier: Apache-2.0
// A policy as people write it, in JSON (docs/policy.md), turned into the one
// form that is measured.
#pragma once

#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

#define POLICY_JSON_WHY_LIMIT 256

// Encodes the policy that `count` bytes of JSON hold. Order of fields and of
// lists, and blanks, make no difference to the bytes written. ERR_BAD_INPUT,
// with a sentence in `why` that names the field: malformed JSON, a field that
// is unknown, missing, given twice or of the wrong type, a value out of range,
// a list that names something twice. ERR_NO_MEMORY, with a sentence too.
enum err policy_json_encode(const char *json, size_t count, struct writer *w,
			    char why[POLICY_JSON_WHY_LIMIT]);

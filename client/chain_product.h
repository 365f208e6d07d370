// SPDX-License-Identifier: Apache-2.0
// The products whose reports are understood, and by what each thing tells which
// one it is of.
#pragma once

#include "base/err.h"
#include "base/text.h"
#include "client/anchorhold.h"

// "Milan", "Genoa", "Turin"
const char *product_name(enum anchorhold_product product);
// Exactly such a name. ERR_NOT_FOUND otherwise, as with the next two.
enum err product_of_name(struct text name, enum anchorhold_product *out);
// As a VCEK has it: the name, or the name and a stepping behind a hyphen
// ("Milan-B0").
enum err product_of_stepping(struct text name, enum anchorhold_product *out);
// By the family and the model of a report of version 3 and up (AMD 56860, 7.3).
enum err product_of_cpuid(uint8_t family, uint8_t model,
			  enum anchorhold_product *out);

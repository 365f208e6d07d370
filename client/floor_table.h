// SPDX-License-Identifier: Apache-2.0
// The lowest TCB levels that are accepted where nobody says otherwise, from
// AMD's security bulletins.
#pragma once

#include "client/anchorhold.h"

// When the table was last held against the bulletins.
#define FLOOR_TABLE_DATE "2026-11-22"

// Sets the floors of the products that the table knows.
void floor_table_fill(struct anchorhold_floor floors[ANCHORHOLD_PRODUCTS]);
// The bulletins that a product's floor is from; NULL: it has none.
const char *floor_table_source(enum anchorhold_product product);

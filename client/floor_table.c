// SPDX-License-Identifier: Apache-2.0
// Microcode levels count anew for each stepping, so these, which are of Milan
// B1 and Genoa B1, refuse other steppings whose number is lower (Milan-X,
// Genoa-X, Bergamo, Siena): for those a file of one's own is needed. Turin has
// no floor here, so it is refused without one.
#include "client/floor_table.h"

static const struct {
	struct anchorhold_floor floor;
	const char *source;
} table[ANCHORHOLD_PRODUCTS] = {
	[ANCHORHOLD_MILAN] = {
		{ true, { [0] = 4, [6] = 0x1b, [7] = 0xdb } },
		"AMD-SB-3019, AMD-SB-3023",
	},
	[ANCHORHOLD_GENOA] = {
		{ true, { [6] = 0x1b, [7] = 0x56 } },
		"AMD-SB-3019, AMD-SB-3020, AMD-SB-3027",
	},
};

void floor_table_fill(struct anchorhold_floor floors[ANCHORHOLD_PRODUCTS])
{
	for (int i = 0; i < ANCHORHOLD_PRODUCTS; i++)
		floors[i] = table[i].floor;
}

const char *floor_table_source(enum anchorhold_product product)
{
	return table[product].source;
}

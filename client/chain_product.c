// SPDX-License-Identifier: Apache-2.0
#include "client/chain_product.h"

#include "base/check.h"
#include "base/num.h"

static const char *const names[ANCHORHOLD_PRODUCTS] = {
	[ANCHORHOLD_MILAN] = "Milan",
	[ANCHORHOLD_GENOA] = "Genoa",
	[ANCHORHOLD_TURIN] = "Turin",
};

// Siena and Bergamo have Genoa's keys.
static const struct {
	uint8_t family, first_model, last_model;
	enum anchorhold_product product;
} models[] = {
	{ 0x19, 0x00, 0x0f, ANCHORHOLD_MILAN },
	{ 0x19, 0x10, 0x1f, ANCHORHOLD_GENOA },
	{ 0x19, 0xa0, 0xaf, ANCHORHOLD_GENOA },
	{ 0x1a, 0x00, 0x11, ANCHORHOLD_TURIN },
};

const char *product_name(enum anchorhold_product product)
{
	CHECK(product < ANCHORHOLD_PRODUCTS);
	return names[product];
}

enum err product_of_name(struct text name, enum anchorhold_product *out)
{
	for (unsigned int i = 0; i < ANCHORHOLD_PRODUCTS; i++) {
		if (!text_equal(name, text_of(names[i])))
			continue;
		*out = (enum anchorhold_product)i;
		return OK;
	}
	return ERR_NOT_FOUND;
}

enum err product_of_stepping(struct text name, enum anchorhold_product *out)
{
	struct text stepping;

	if (text_cut(name, '-', &name, &stepping) == OK && stepping.length == 0)
		return ERR_NOT_FOUND;
	return product_of_name(name, out);
}

enum err product_of_cpuid(uint8_t family, uint8_t model,
			  enum anchorhold_product *out)
{
	for (size_t i = 0; i < ARRAY_COUNT(models); i++) {
		if (family != models[i].family ||
		    model < models[i].first_model ||
		    model > models[i].last_model)
			continue;
		*out = models[i].product;
		return OK;
	}
	return ERR_NOT_FOUND;
}

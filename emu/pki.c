// SPDX-License-Identifier: Apache-2.0
// anchorhold-test-pki: the command line, and the products it knows.
#include "emu/pki.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

// TCBs with a component above 127, which DER writes with one more byte.
static const struct pki_product products[] = {
	[PSP_MILAN] = { "milan",
			"Milan",
			"Milan-B0",
			0,
			64,
			3,
			0xdb18000000000004,
			{ 55, 55, 1, 0 } },
	[PSP_GENOA] = { "genoa",
			"Genoa",
			"Genoa",
			0,
			64,
			5,
			0x541900000000000a,
			{ 55, 55, 1, 0 } },
	[PSP_TURIN] = { "turin",
			"Turin",
			"Turin",
			1,
			8,
			5,
			0x8100000005010201,
			{ 58, 58, 1, 0 } },
};

const struct pki_product *pki_product_find(const char *option)
{
	for (size_t i = 0; i < ARRAY_COUNT(products); i++)
		if (strcmp(products[i].option, option) == 0)
			return &products[i];
	return NULL;
}

enum psp_product pki_product_id(const struct pki_product *product)
{
	return (enum psp_product)(product - products);
}

static int usage(void)
{
	fputs("usage: anchorhold-test-pki [--product milan|genoa|turin] "
	      "[--tcb HEX] FOLDER\n"
	      "Makes an EMULATED ARK, ASK, ASVK, VCEK and VLEK, CRLs and the\n"
	      "emulator's psp-vcek.bin and psp-vlek.bin. CA keys found in\n"
	      "FOLDER are used again. --tcb: TCB_VERSION of VCEK and VLEK.\n",
	      stderr);
	return 1;
}

static bool tcb_parse(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	uint64_t value = strtoull(text, &end, 16);
	if (errno || end == text || *end != '\0')
		return false;
	*out = value;
	return true;
}

// Whether the options make sense; optind is then at the folder.
static bool options_parse(int argc, char **argv, struct pki *pki)
{
	static const struct option options[] = {
		{ "product", required_argument, NULL, 'p' },
		{ "tcb", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	const char *product = "milan";
	const char *tcb = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'p')
			product = optarg;
		else if (option == 't')
			tcb = optarg;
		else
			return false;
	}
	pki->product = pki_product_find(product);
	if (!pki->product || optind + 1 != argc)
		return false;
	pki->tcb = pki->product->tcb;
	return !tcb || tcb_parse(tcb, &pki->tcb);
}

static enum err make(struct pki *pki, const char *folder)
{
	TRY(pki_keys_open(pki, folder));
	TRY(pki_certify(pki));
	return pki_write(pki, folder);
}

int main(int argc, char **argv)
{
	struct pki pki = { 0 };

	if (!options_parse(argc, argv, &pki))
		return usage();
	enum err e = make(&pki, argv[optind]);
	pki_free(&pki);
	if (e != OK) {
		fprintf(stderr, "anchorhold-test-pki: %s: %s\n", argv[optind],
			err_name(e));
		return 2;
	}
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reading of one certificate, as DER or PEM, and of the extensions
// that make a VCEK or VLEK of it.
#include "base/check.h"
#include "client/chain_pem.h"
#include "client/vek.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

static void check_within(struct anchorhold_bytes part,
			 struct anchorhold_bytes whole)
{
	CHECK(part.count == 0 ||
	      (part.at >= whole.at &&
	       part.at + part.count <= whole.at + whole.count));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	struct anchorhold_bytes input = { data, count }, der;
	static struct pem_room room;
	struct certificate c;
	struct vek vek;

	room.used = 0;
	if (pem_open(&room, input, PEM_CERTIFICATE, &der) != OK ||
	    certificate_read(der, &c) != OK)
		return 0;
	check_within(c.body, der);
	check_within(c.serial, der);
	check_within(c.spki, der);
	check_within(c.signature, der);
	for (size_t i = 0; i < c.extension_count; i++)
		check_within(c.extensions[i].value, der);
	if (vek_read(&c, count & 1, &vek) == OK)
		CHECK(vek.product < ANCHORHOLD_PRODUCTS);
	return 0;
}

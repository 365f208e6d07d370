// SPDX-License-Identifier: Apache-2.0
// AMD's own extensions of a VCEK and a VLEK, as its certificates carry them.
#include "emu/pki.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/num.h"

#define OID_ARC "1.3.6.1.4.1.3704.1."
#define DER_INTEGER 0x02u
#define DER_IA5_STRING 0x16u
#define CSP_ID "EMULATED-CSP"

// Which byte of TCB_VERSION stands in which extension, in AMD's order.
struct spl {
	const char *oid;
	uint8_t tcb_byte;
};

static const struct spl spls_milan[] = {
	{ "3.1", 0 }, { "3.2", 1 }, { "3.4", 2 }, { "3.5", 3 },
	{ "3.6", 4 }, { "3.7", 5 }, { "3.3", 6 }, { "3.8", 7 },
};

static const struct spl spls_turin[] = {
	{ "3.1", 1 }, { "3.2", 2 }, { "3.4", 4 }, { "3.5", 5 },
	{ "3.6", 6 }, { "3.3", 3 }, { "3.8", 7 }, { "3.9", 0 },
};

// Of Turin's TCB three bytes are reserved, and SPL 7 has none to itself.
#define TURIN_SPL_WITHOUT_BYTE "3.7"

static enum err extension_add(X509 *leaf, const char *arc, const uint8_t *value,
			      size_t count)
{
	char oid[32];
	X509_EXTENSION *extension = NULL;

	snprintf(oid, sizeof(oid), OID_ARC "%s", arc);
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	bool done = object && octets &&
		    ASN1_OCTET_STRING_set(octets, value, (int)count) == 1;
	if (done)
		extension =
			X509_EXTENSION_create_by_OBJ(NULL, object, 0, octets);
	done = extension && X509_add_ext(leaf, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(object);
	return done ? OK : ERR_CRYPTO;
}

// An INTEGER is signed, hence the zero before a byte of 128 or more.
static enum err extension_add_byte(X509 *leaf, const char *arc, uint8_t value)
{
	const uint8_t small[] = { DER_INTEGER, 1, value };
	const uint8_t large[] = { DER_INTEGER, 2, 0, value };

	return value < 0x80 ? extension_add(leaf, arc, small, sizeof(small))
			    : extension_add(leaf, arc, large, sizeof(large));
}

static enum err extension_add_text(X509 *leaf, const char *arc,
				   const char *text)
{
	uint8_t value[64];
	size_t length = strlen(text);

	if (length > sizeof(value) - 2)
		return ERR_TOO_BIG;
	value[0] = DER_IA5_STRING;
	value[1] = (uint8_t)length;
	for (size_t i = 0; i < length; i++)
		value[2 + i] = (uint8_t)text[i];
	return extension_add(leaf, arc, value, length + 2);
}

static enum err spls_add(const struct pki *pki, X509 *leaf)
{
	bool is_turin = pki_product_id(pki->product) == PSP_TURIN;
	const struct spl *spls = is_turin ? spls_turin : spls_milan;
	uint8_t tcb[8];

	_Static_assert(ARRAY_COUNT(spls_milan) == ARRAY_COUNT(spls_turin));
	store_le64(tcb, pki->tcb);
	for (size_t i = 0; i < ARRAY_COUNT(spls_milan); i++)
		TRY(extension_add_byte(leaf, spls[i].oid,
				       tcb[spls[i].tcb_byte]));
	return is_turin ? extension_add_byte(leaf, TURIN_SPL_WITHOUT_BYTE, 0)
			: OK;
}

enum err pki_leaf_extend(const struct pki *pki, X509 *leaf, bool is_vlek)
{
	const struct pki_product *product = pki->product;

	TRY(extension_add_byte(leaf, "1", product->struct_version));
	TRY(extension_add_text(
		leaf, "2", is_vlek ? product->name : product->product_name));
	TRY(spls_add(pki, leaf));
	if (is_vlek)
		return extension_add_text(leaf, "5", CSP_ID);
	// Bare bytes, as real VCEKs have them.
	return extension_add(leaf, "4", pki->chip_id, product->hwid_bytes);
}

// SPDX-License-Identifier: Apache-2.0
// Walks the certificate's extensions (RFC 5280, 4.1) for id-pe-cmw (RFC 9999,
// "Transporting CMWs in X.509 Messages"). The bytes are a stranger's.
#include "client/tls_leaf.h"

#include <mbedtls/asn1.h>
#include <string.h>

// 1.3.6.1.5.5.7.1.35
static const uint8_t id_pe_cmw[] = { 0x2b, 0x06, 0x01, 0x05,
				     0x05, 0x07, 0x01, 0x23 };

#define SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)

// Takes the next element's contents out of *at.
static bool take(uint8_t **at, const uint8_t *end, int tag,
		 struct anchorhold_bytes *out)
{
	size_t length;

	if (mbedtls_asn1_get_tag(at, end, &length, tag) != 0)
		return false;
	*out = (struct anchorhold_bytes){ *at, length };
	*at += length;
	return true;
}

// One extension: its name and what it holds.
static bool take_extension(uint8_t **at, const uint8_t *end,
			   struct anchorhold_bytes *name,
			   struct anchorhold_bytes *value)
{
	struct anchorhold_bytes whole;
	uint8_t *inner = *at;
	int is_critical;

	if (!take(at, end, SEQUENCE, &whole))
		return false;
	inner = *at - whole.count;
	if (!take(&inner, *at, MBEDTLS_ASN1_OID, name))
		return false;
	if (inner < *at && *inner == MBEDTLS_ASN1_BOOLEAN &&
	    mbedtls_asn1_get_bool(&inner, *at, &is_critical) != 0)
		return false;
	return take(&inner, *at, MBEDTLS_ASN1_OCTET_STRING, value) &&
	       inner == *at;
}

// The `cbor` choice, and nothing behind it.
static bool open_cmw(struct anchorhold_bytes value,
		     struct anchorhold_bytes *cbor)
{
	uint8_t *at = (uint8_t *)(uintptr_t)value.at;
	const uint8_t *end = value.at + value.count;

	return take(&at, end, MBEDTLS_ASN1_OCTET_STRING, cbor) && at == end &&
	       cbor->count > 0;
}

static bool is_cmw(struct anchorhold_bytes name)
{
	return name.count == sizeof(id_pe_cmw) &&
	       memcmp(name.at, id_pe_cmw, sizeof(id_pe_cmw)) == 0;
}

struct tls_leaf tls_leaf_of(const mbedtls_x509_crt *certificate)
{
	struct tls_leaf leaf = { .spki = { certificate->pk_raw.p,
					   certificate->pk_raw.len } };
	struct anchorhold_bytes list, name, value;
	uint8_t *at = certificate->v3_ext.p;
	const uint8_t *end;

	if (!at)
		return leaf;
	end = at + certificate->v3_ext.len;
	if (!take(&at, end, SEQUENCE, &list)) {
		leaf.is_malformed = true;
		return leaf;
	}
	at -= list.count;
	while (at < end && !leaf.is_malformed) {
		if (!take_extension(&at, end, &name, &value))
			leaf.is_malformed = true;
		else if (is_cmw(name))
			leaf.is_malformed = leaf.evidence.count > 0 ||
					    !open_cmw(value, &leaf.evidence);
	}
	return leaf;
}

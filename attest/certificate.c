// SPDX-License-Identifier: Apache-2.0
// An X.509 v3 certificate (RFC 5280) for the endpoint's key, signed by that key
// itself. Names in it are for people: a client trusts the evidence.
#include "attest/certificate.h"

#include <stdlib.h>
#include <string.h>

#include "psa/crypto.h"

#include "attest/der.h"
#include "tls/hash.h"
#include "tls/key.h"

#define POINT_BYTES 65  // at the end of the key's SPKI
#define SERIAL_BYTES 16 // RFC 5280, 4.1.2.2: at most 20
#define KEY_ID_BYTES 20

#define COMMON_NAME "anchorhold"
// A name that never resolves (RFC 6761, 6.4), for clients that want one.
#define DNS_NAME "anchorhold.invalid"

// Object identifiers, as the content of their elements.
static const uint8_t oid_ecdsa_with_sha256[] = { 0x2a, 0x86, 0x48, 0xce,
						 0x3d, 0x04, 0x03, 0x02 };
static const uint8_t oid_common_name[] = { 0x55, 0x04, 0x03 };
static const uint8_t oid_subject_key_id[] = { 0x55, 0x1d, 0x0e };
static const uint8_t oid_key_usage[] = { 0x55, 0x1d, 0x0f };
static const uint8_t oid_subject_alt_name[] = { 0x55, 0x1d, 0x11 };
static const uint8_t oid_basic_constraints[] = { 0x55, 0x1d, 0x13 };
static const uint8_t oid_ext_key_usage[] = { 0x55, 0x1d, 0x25 };
static const uint8_t oid_server_auth[] = { 0x2b, 0x06, 0x01, 0x05,
					   0x05, 0x07, 0x03, 0x01 };
// id-pe-cmw, RFC 9999, "Transporting CMWs in X.509 Messages"
static const uint8_t oid_cmw[] = { 0x2b, 0x06, 0x01, 0x05,
				   0x05, 0x07, 0x01, 0x23 };

struct subject {
	const struct certificate_request *request;
	uint8_t spki[TLS_KEY_SPKI_BYTES];
	uint8_t key_id[KEY_ID_BYTES];
	uint8_t serial[SERIAL_BYTES];
};

static enum err fill_subject(struct subject *s)
{
	uint8_t hash[32];
	size_t count;

	TRY(tls_key_spki(s->request->key, s->spki, sizeof(s->spki), &count));
	// RFC 7093, 2 (1): the first 160 bits of the key's SHA-256.
	TRY(hash_sha256(s->spki + sizeof(s->spki) - POINT_BYTES, POINT_BYTES,
			hash));
	memcpy(s->key_id, hash, sizeof(s->key_id));
	TRY(tls_random(s->serial, sizeof(s->serial)));
	// Positive, and always as long.
	s->serial[0] = (uint8_t)((s->serial[0] & 0x7f) | 0x40);
	return OK;
}

// Everything below is written from the end to the beginning.

static void put_algorithm(struct der *d)
{
	size_t mark = d->used;

	der_element(d, DER_OID, oid_ecdsa_with_sha256,
		    sizeof(oid_ecdsa_with_sha256));
	der_wrap(d, DER_SEQUENCE, mark);
}

static void put_name(struct der *d)
{
	size_t mark = d->used;

	der_element(d, DER_UTF8_STRING, COMMON_NAME, strlen(COMMON_NAME));
	der_element(d, DER_OID, oid_common_name, sizeof(oid_common_name));
	der_wrap(d, DER_SEQUENCE, mark);
	der_wrap(d, DER_SET, mark);
	der_wrap(d, DER_SEQUENCE, mark);
}

// There is no clock, so no end (RFC 5280, 4.1.2.5) and no beginning that would
// say anything. Years before 2050 are UTCTime.
static void put_validity(struct der *d)
{
	static const char not_before[] = "700101000000Z";
	static const char not_after[] = "99991231235959Z";
	size_t mark = d->used;

	der_element(d, DER_GENERALIZED_TIME, not_after, strlen(not_after));
	der_element(d, DER_UTC_TIME, not_before, strlen(not_before));
	der_wrap(d, DER_SEQUENCE, mark);
}

// Ends an extension whose value was written since `mark`.
static void end_extension(struct der *d, size_t mark, const uint8_t oid[],
			  size_t oid_bytes, bool is_critical)
{
	static const uint8_t yes = 0xff;

	der_wrap(d, DER_OCTET_STRING, mark);
	if (is_critical)
		der_element(d, DER_BOOLEAN, &yes, 1);
	der_element(d, DER_OID, oid, oid_bytes);
	der_wrap(d, DER_SEQUENCE, mark);
}

// CMW ::= CHOICE { json UTF8String, cbor OCTET STRING }
static void put_evidence(struct der *d, const struct subject *s)
{
	size_t mark = d->used;

	if (s->request->evidence_bytes == 0)
		return;
	der_element(d, DER_OCTET_STRING, s->request->evidence,
		    s->request->evidence_bytes);
	end_extension(d, mark, oid_cmw, sizeof(oid_cmw), false);
}

static void put_subject_alt_name(struct der *d)
{
	size_t mark = d->used;

	der_element(d, DER_CONTEXT(2), DNS_NAME, strlen(DNS_NAME));
	der_wrap(d, DER_SEQUENCE, mark);
	end_extension(d, mark, oid_subject_alt_name,
		      sizeof(oid_subject_alt_name), false);
}

static void put_subject_key_id(struct der *d, const struct subject *s)
{
	size_t mark = d->used;

	der_element(d, DER_OCTET_STRING, s->key_id, sizeof(s->key_id));
	end_extension(d, mark, oid_subject_key_id, sizeof(oid_subject_key_id),
		      false);
}

static void put_usage(struct der *d)
{
	static const uint8_t digital_signature[] = { 7, 0x80 };
	size_t mark = d->used;

	der_element(d, DER_OID, oid_server_auth, sizeof(oid_server_auth));
	der_wrap(d, DER_SEQUENCE, mark);
	end_extension(d, mark, oid_ext_key_usage, sizeof(oid_ext_key_usage),
		      false);
	mark = d->used;
	der_element(d, DER_BIT_STRING, digital_signature,
		    sizeof(digital_signature));
	end_extension(d, mark, oid_key_usage, sizeof(oid_key_usage), true);
	mark = d->used;
	der_wrap(d, DER_SEQUENCE, mark); // not a CA: the default, so left out
	end_extension(d, mark, oid_basic_constraints,
		      sizeof(oid_basic_constraints), true);
}

// TBSCertificate, RFC 5280, 4.1.
static void put_body(struct der *d, const struct subject *s)
{
	static const uint8_t v3 = 2;
	size_t mark = d->used;
	size_t version;

	put_evidence(d, s);
	put_subject_alt_name(d);
	put_subject_key_id(d, s);
	put_usage(d);
	der_wrap(d, DER_SEQUENCE, mark);
	der_wrap(d, DER_CONTEXT_CONSTRUCTED(3), mark);
	der_put(d, s->spki, sizeof(s->spki));
	put_name(d);
	put_validity(d);
	put_name(d);
	put_algorithm(d);
	der_unsigned(d, s->serial, sizeof(s->serial));
	version = d->used;
	der_element(d, DER_INTEGER, &v3, 1);
	der_wrap(d, DER_CONTEXT_CONSTRUCTED(0), version);
	der_wrap(d, DER_SEQUENCE, mark);
}

// ECDSA-Sig-Value (RFC 3279, 2.2.3) in a BIT STRING without unused bits.
static enum err put_signature(struct der *d, const struct der *body,
			      uint32_t key)
{
	static const uint8_t unused = 0;
	uint8_t hash[32];
	uint8_t raw[64]; // r and s
	size_t count;
	size_t mark = d->used;

	TRY(hash_sha256(der_first(body), body->used, hash));
	if (psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash,
			  sizeof(hash), raw, sizeof(raw),
			  &count) != PSA_SUCCESS)
		return ERR_CRYPTO;
	der_unsigned(d, raw + 32, 32);
	der_unsigned(d, raw, 32);
	der_wrap(d, DER_SEQUENCE, mark);
	der_put(d, &unused, 1);
	der_wrap(d, DER_BIT_STRING, mark);
	return OK;
}

static enum err write_certificate(struct der *d, struct der *body,
				  const struct subject *s)
{
	put_body(body, s);
	if (body->failed)
		return ERR_TOO_BIG;
	TRY(put_signature(d, body, s->request->key));
	put_algorithm(d);
	der_put(d, der_first(body), body->used);
	der_wrap(d, DER_SEQUENCE, 0);
	return d->failed ? ERR_TOO_BIG : OK;
}

enum err certificate_make(const struct certificate_request *request,
			  uint8_t *out, size_t capacity, size_t *count)
{
	struct subject s = { .request = request };
	struct der d = der_of(out, capacity);
	uint8_t *work = malloc(CERTIFICATE_LIMIT); // before it is signed
	struct der body = der_of(work, CERTIFICATE_LIMIT);
	enum err e;

	if (!work)
		return ERR_NO_MEMORY;
	e = fill_subject(&s);
	if (e == OK)
		e = write_certificate(&d, &body, &s);
	free(work);
	TRY(e);
	memmove(out, der_first(&d), d.used);
	*count = d.used;
	return OK;
}

// SPDX-License-Identifier: Apache-2.0
#include "client/crypto.h"

#include <string.h>

#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#include "base/check.h"

// What stands before the modulus, and the exponent behind it.
static const uint8_t rsa_head[] = { 0x30, 0x82, 0x02, 0x22, 0x30, 0x0d, 0x06,
				    0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
				    0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82,
				    0x02, 0x0f, 0x00, 0x30, 0x82, 0x02, 0x0a,
				    0x02, 0x82, 0x02, 0x01, 0x00 };
static const uint8_t rsa_tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
#define RSA_EXPONENT_BYTES 3u

_Static_assert(sizeof(rsa_head) + CRYPTO_RSA_BYTES + sizeof(rsa_tail) ==
	       CRYPTO_RSA_SPKI_BYTES);

// What stands before the point, which begins with the byte 04.
static const uint8_t p384_head[] = { 0x30, 0x76, 0x30, 0x10, 0x06, 0x07,
				     0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
				     0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
				     0x00, 0x22, 0x03, 0x62, 0x00 };
#define POINT_BYTES (1 + 2 * CRYPTO_P384_BYTES)

_Static_assert(sizeof(p384_head) + POINT_BYTES == CRYPTO_P384_SPKI_BYTES);

void crypto_sha256(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA256_BYTES])
{
	CHECK(mbedtls_sha256(bytes, count, out, 0) == 0);
}

void crypto_sha384(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA384_BYTES])
{
	CHECK(mbedtls_sha512(bytes, count, out, 1) == 0);
}

void crypto_sha512(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA512_BYTES])
{
	CHECK(mbedtls_sha512(bytes, count, out, 0) == 0);
}

static enum err err_of(int status, enum err otherwise)
{
	if (status == 0)
		return OK;
	return status == MBEDTLS_ERR_MPI_ALLOC_FAILED ||
			       status == MBEDTLS_ERR_ECP_ALLOC_FAILED
		       ? ERR_NO_MEMORY
		       : otherwise;
}

static enum err rsa_load(mbedtls_rsa_context *rsa, const uint8_t *spki)
{
	const uint8_t *modulus = spki + sizeof(rsa_head);
	const uint8_t *exponent =
		spki + CRYPTO_RSA_SPKI_BYTES - RSA_EXPONENT_BYTES;

	TRY(err_of(mbedtls_rsa_import_raw(rsa, modulus, CRYPTO_RSA_BYTES, NULL,
					  0, NULL, 0, NULL, 0, exponent,
					  RSA_EXPONENT_BYTES),
		   ERR_BAD_INPUT));
	TRY(err_of(mbedtls_rsa_complete(rsa), ERR_BAD_INPUT));
	return err_of(mbedtls_rsa_check_pubkey(rsa), ERR_BAD_INPUT);
}

static bool is_rsa_spki(struct anchorhold_bytes spki)
{
	return spki.count == CRYPTO_RSA_SPKI_BYTES &&
	       memcmp(spki.at, rsa_head, sizeof(rsa_head)) == 0 &&
	       memcmp(spki.at + spki.count - sizeof(rsa_tail), rsa_tail,
		      sizeof(rsa_tail)) == 0;
}

enum err crypto_pss_verify(struct anchorhold_bytes spki,
			   struct anchorhold_bytes text,
			   struct anchorhold_bytes signature)
{
	uint8_t digest[CRYPTO_SHA384_BYTES];
	mbedtls_rsa_context rsa;

	if (!is_rsa_spki(spki))
		return ERR_BAD_INPUT;
	if (signature.count != CRYPTO_RSA_BYTES)
		return ERR_CRYPTO;
	crypto_sha384(text.at, text.count, digest);
	mbedtls_rsa_init(&rsa);
	enum err e = rsa_load(&rsa, spki.at);
	if (e == OK)
		e = err_of(mbedtls_rsa_rsassa_pss_verify_ext(
				   &rsa, MBEDTLS_MD_SHA384, sizeof(digest),
				   digest, MBEDTLS_MD_SHA384, sizeof(digest),
				   signature.at),
			   ERR_CRYPTO);
	mbedtls_rsa_free(&rsa);
	return e;
}

// One signature's numbers.
struct p384 {
	mbedtls_ecp_group group;
	mbedtls_ecp_point key;
	mbedtls_mpi r, s;
};

static void p384_free(struct p384 *p)
{
	mbedtls_mpi_free(&p->s);
	mbedtls_mpi_free(&p->r);
	mbedtls_ecp_point_free(&p->key);
	mbedtls_ecp_group_free(&p->group);
}

static void p384_init(struct p384 *p)
{
	mbedtls_ecp_group_init(&p->group);
	mbedtls_ecp_point_init(&p->key);
	mbedtls_mpi_init(&p->r);
	mbedtls_mpi_init(&p->s);
}

static enum err p384_load(struct p384 *p, const uint8_t *point,
			  const uint8_t *r, const uint8_t *s)
{
	TRY(err_of(mbedtls_ecp_group_load(&p->group, MBEDTLS_ECP_DP_SECP384R1),
		   ERR_NO_MEMORY));
	TRY(err_of(mbedtls_ecp_point_read_binary(&p->group, &p->key, point,
						 POINT_BYTES),
		   ERR_BAD_INPUT));
	TRY(err_of(mbedtls_ecp_check_pubkey(&p->group, &p->key),
		   ERR_BAD_INPUT));
	TRY(err_of(mbedtls_mpi_read_binary(&p->r, r, CRYPTO_P384_BYTES),
		   ERR_NO_MEMORY));
	return err_of(mbedtls_mpi_read_binary(&p->s, s, CRYPTO_P384_BYTES),
		      ERR_NO_MEMORY);
}

enum err crypto_p384_verify(struct anchorhold_bytes spki,
			    struct anchorhold_bytes text,
			    const uint8_t r[CRYPTO_P384_BYTES],
			    const uint8_t s[CRYPTO_P384_BYTES])
{
	uint8_t digest[CRYPTO_SHA384_BYTES];
	struct p384 p;

	if (spki.count != CRYPTO_P384_SPKI_BYTES ||
	    memcmp(spki.at, p384_head, sizeof(p384_head)) != 0)
		return ERR_BAD_INPUT;
	crypto_sha384(text.at, text.count, digest);
	p384_init(&p);
	enum err e = p384_load(&p, spki.at + sizeof(p384_head), r, s);
	if (e == OK)
		e = err_of(mbedtls_ecdsa_verify(&p.group, digest,
						sizeof(digest), &p.key, &p.r,
						&p.s),
			   ERR_CRYPTO);
	p384_free(&p);
	return e;
}

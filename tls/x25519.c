// SPDX-License-Identifier: Apache-2.0
// Where X25519 comes in. The library takes Project Everest's verified code for
// the shared secret, but its own slow curve arithmetic for the public key of
// each handshake, half of what a handshake costs. The linker's --wrap leads
// that call here; what isn't X25519 goes on to the library.
#include "everest/Hacl_Curve25519.h"
#include "mbedtls/ecp.h"
#include "mbedtls/platform_util.h"

#define X25519_BYTES 32

// Names that the linker gives.
int __real_mbedtls_ecp_mul(mbedtls_ecp_group *group, mbedtls_ecp_point *r,
			   const mbedtls_mpi *m, const mbedtls_ecp_point *p,
			   mbedtls_f_rng_t *f_rng, void *p_rng);
int __wrap_mbedtls_ecp_mul(mbedtls_ecp_group *group, mbedtls_ecp_point *r,
			   const mbedtls_mpi *m, const mbedtls_ecp_point *p,
			   mbedtls_f_rng_t *f_rng, void *p_rng);

// RFC 7748, 5: scalar and coordinate are 32 bytes, the lowest first.
static int multiply(mbedtls_ecp_group *group, mbedtls_ecp_point *r,
		    const mbedtls_mpi *m, const mbedtls_ecp_point *p)
{
	uint8_t scalar[X25519_BYTES], u[X25519_BYTES], out[X25519_BYTES];
	size_t count;
	int status = mbedtls_mpi_write_binary_le(m, scalar, sizeof(scalar));

	if (status == 0)
		status = mbedtls_ecp_point_write_binary(
			group, p, MBEDTLS_ECP_PF_UNCOMPRESSED, &count, u,
			sizeof(u));
	if (status == 0) {
		Hacl_Curve25519_crypto_scalarmult(out, scalar, u);
		status = mbedtls_ecp_point_read_binary(group, r, out,
						       sizeof(out));
	}
	mbedtls_platform_zeroize(scalar, sizeof(scalar));
	mbedtls_platform_zeroize(out, sizeof(out));
	return status;
}

int __wrap_mbedtls_ecp_mul(mbedtls_ecp_group *group, mbedtls_ecp_point *r,
			   const mbedtls_mpi *m, const mbedtls_ecp_point *p,
			   mbedtls_f_rng_t *f_rng, void *p_rng)
{
	int status;

	if (group->id != MBEDTLS_ECP_DP_CURVE25519)
		return __real_mbedtls_ecp_mul(group, r, m, p, f_rng, p_rng);
	// As the library's own does first.
	status = mbedtls_ecp_check_privkey(group, m);
	if (status == 0)
		status = mbedtls_ecp_check_pubkey(group, p);
	return status == 0 ? multiply(group, r, m, p) : status;
}

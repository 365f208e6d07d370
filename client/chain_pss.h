// SPDX-License-Identifier: Apache-2.0
// The one signature algorithm of AMD's certificates and CRLs.
#pragma once

#include <stdbool.h>

#include <mbedtls/pk.h>

// Whether what mbedTLS read is RSASSA-PSS with SHA-384, MGF1 with SHA-384 and
// 48 bytes of salt (RFC 4055, 3.1).
static inline bool pss_is_amds(mbedtls_pk_type_t type, mbedtls_md_type_t md,
			       const void *options)
{
	const mbedtls_pk_rsassa_pss_options *pss = options;

	return type == MBEDTLS_PK_RSASSA_PSS && md == MBEDTLS_MD_SHA384 &&
	       pss && pss->mgf1_hash_id == MBEDTLS_MD_SHA384 &&
	       pss->expected_salt_len == 48;
}

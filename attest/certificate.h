// SPDX-License-Identifier: Apache-2.0
// The endpoint's self-signed certificate, made at boot. It says nothing of
// time (19700101 to 99991231235959Z): there is no wall clock.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Bytes of DER. The library sends a certificate in one record (tls/endpoint.c).
#define CERTIFICATE_LIMIT 16000

// The boot form of the evidence, as the DER of a CMW for id-pe-cmw. Without
// SEV-SNP there is none: evidence_none.c answers ERR_UNSUPPORTED, and the
// certificate then has no such extension at all.
enum err evidence_boot_form(uint8_t *out, size_t capacity, size_t *count);

// Writes the certificate for tls_key_id()'s key. ERR_CRYPTO, ERR_TOO_BIG,
// ERR_NO_MEMORY; `out` is then undefined.
enum err certificate_make(uint8_t *out, size_t capacity, size_t *count);

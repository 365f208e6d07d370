// SPDX-License-Identifier: Apache-2.0
// The endpoint's self-signed certificate. It says nothing of time (19700101 to
// 99991231235959Z): there is no wall clock.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Bytes of DER. The library sends a certificate in one record (tls/endpoint.c).
#define CERTIFICATE_LIMIT 16000

struct certificate_request {
	uint32_t key;
	// The boot form, CBOR, for the id-pe-cmw extension. None: no bytes, and
	// there is no such extension at all.
	const uint8_t *evidence;
	size_t evidence_bytes;
};

// Writes a certificate for a key of tls/key.h. ERR_CRYPTO, ERR_TOO_BIG,
// ERR_NO_MEMORY; `out` is then undefined.
enum err certificate_make(const struct certificate_request *request,
			  uint8_t *out, size_t capacity, size_t *count);

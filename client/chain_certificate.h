// SPDX-License-Identifier: Apache-2.0
// An X.509 certificate (RFC 5280), as far as AMD's have parts. mbedTLS reads
// it; nothing of mbedTLS's outlives the reading.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "client/anchorhold.h"

#define CERTIFICATE_LIMIT 8192u // bytes
#define CERTIFICATE_EXTENSIONS_LIMIT 24u

struct certificate_extension {
	struct anchorhold_bytes oid, value;
};

// Views lie in the DER.
struct certificate {
	struct anchorhold_bytes body; // TBSCertificate: what is signed
	struct anchorhold_bytes serial, issuer, subject, spki, signature;
	struct text issuer_name, subject_name; // common names
	int64_t not_before, not_after;         // seconds since 1970, UTC
	bool is_authority;                     // basicConstraints
	bool has_path_limit;
	unsigned int path_limit;
	bool has_key_usage;
	bool may_sign_certificates, may_sign_crls, may_sign_data;
	// The extensions that mbedTLS doesn't read, none twice, none critical.
	struct certificate_extension extensions[CERTIFICATE_EXTENSIONS_LIMIT];
	size_t extension_count;
};

// ERR_BAD_INPUT: it isn't a certificate of version 3 whose signature is RSA-PSS
// with SHA-384 and 48 bytes of salt, or it has an extension that is critical
// and unknown, stands there twice, or that none of AMD's certificates has.
// ERR_NO_MEMORY.
enum err certificate_read(struct anchorhold_bytes der, struct certificate *out);

// Whether the issuer's key signed this.
enum err certificate_verify(const struct certificate *c,
			    struct anchorhold_bytes issuer_spki);
bool certificate_is_valid_at(const struct certificate *c, int64_t time);
bool bytes_are_equal(struct anchorhold_bytes a, struct anchorhold_bytes b);

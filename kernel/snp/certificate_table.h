// SPDX-License-Identifier: Apache-2.0
// The table of certificates that a host may hand over (AMD 56421, 4.1.8.1), and
// that the fw_cfg item opt/org.anchorhold/certs holds in the same form. The
// bytes are the host's. Certificates prove themselves to a verifier, so only
// their form is judged here: what is handed on is DER of bounded size. Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CERTIFICATE_TABLE_ENTRIES 16u // the closing one left out
#define CERTIFICATE_BYTES_MAX 8192u

// A view into the table's own bytes; count 0: there is none.
struct certificate_view {
	const uint8_t *der;
	size_t count;
};

struct certificate_table {
	struct certificate_view vcek, vlek;
	struct certificate_view ask; // a VLEK's ASVK stands here, too
};

// Reads the table in `bytes`, which must be private memory; what follows it is
// ignored. An empty table is fine. The ARK is left out, since verifiers have
// their own; so is what has another GUID; so is a certificate that isn't one
// DER SEQUENCE of at most CERTIFICATE_BYTES_MAX, to its last byte (PEM is met
// in the field: a host that wants its certificates served hands over DER).
// ERR_BAD_INPUT: no closing entry; an entry that reaches into the entries
// themselves, another's bytes or past the end; a GUID of ours that comes twice.
// ERR_TOO_BIG: too many entries. *out is untouched then.
enum err certificate_table_read(const uint8_t *bytes, size_t count,
				struct certificate_table *out);

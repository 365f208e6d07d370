// SPDX-License-Identifier: Apache-2.0
// The evidence's envelope: a CMW collection (RFC 9999) of claims, report and
// certificates, as docs/evidence.md has it. Strict: one encoding, one order,
// nothing more.
#pragma once

#include "base/err.h"
#include "client/anchorhold.h"

// Views; `certificates` is empty when there are none.
struct cmw {
	struct anchorhold_bytes claims, report, certificates;
};

// ERR_BAD_INPUT for every byte out of order; *out is untouched then.
enum err cmw_read(struct anchorhold_bytes evidence, struct cmw *out);

// The host's table of certificates (AMD 56421, 4.1.8.1): entries, a closing one
// of zeros, certificates. What has another GUID is passed over. ERR_BAD_INPUT:
// no closing entry, an entry that reaches past the end, a GUID twice, a VCEK
// beside a VLEK. Sets out->vek and out->ca, where they are not set already.
enum err cmw_read_certificates(struct anchorhold_bytes table,
			       struct anchorhold_material *out);

// SPDX-License-Identifier: Apache-2.0
// What the guest says about itself, in the form of abi/evidence.h: claims, the
// REPORT_DATA that binds them, and the envelope that carries them with a report.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/report.h"
#include "base/err.h"
#include "base/evidence_form.h"

// Bytes of the largest envelope: report, certificates and claims, as JSON.
#define EVIDENCE_ENVELOPE_LIMIT 14336

// The claims of the boot form for a key of tls/key.h. ERR_CRYPTO.
enum err evidence_claims_make(uint32_t key, struct evidence_claims *out);
// ERR_CRYPTO.
enum err evidence_report_data(const struct evidence_claims *claims,
			      uint8_t out[REPORT_DATA_BYTES]);
// Hash of the leaf for one session. ERR_CRYPTO.
enum err evidence_leaf(const uint8_t nonce[EVIDENCE_NONCE_BYTES],
		       const uint8_t exporter[EVIDENCE_EXPORTER_BYTES],
		       struct evidence_hash *out);
// Writes the envelope; `place` is NULL in the boot form. ERR_TOO_BIG.
enum err evidence_envelope(struct writer *w,
			   const struct evidence_claims *claims,
			   const struct evidence_place *place,
			   const struct attestation_report *report,
			   bool is_json);

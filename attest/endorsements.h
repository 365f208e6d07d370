// SPDX-License-Identifier: Apache-2.0
// The certificates that go out with a report: the one of the key that signed
// it, and its issuer's. They prove themselves to a client, so the guest looks
// at form and size alone.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/report.h"

// Takes what `report` needs out of the table that the host gave with it. Those
// kept stay when that table is malformed, too large or without the signer's
// certificate, and they still fit. At boot, the fw_cfg item that may hold such
// a table comes second. Certificates are welcome, not needed: a client may have
// them elsewhere.
void endorsements_refresh(const struct attestation_report *report);
// Whether what is kept is for reports like this one, by signer and REPORTED_TCB.
// If not, it is dropped: this report goes out alone, and it is time to refresh.
bool endorsements_fit(const struct attestation_report *report);
// What is kept, as a table of its own (AMD 56421, 4.1.8.1); *count is 0 when
// there is nothing. At most EVIDENCE_CERTIFICATES_LIMIT bytes, valid until the
// next one is taken.
const uint8_t *endorsements_table(size_t *count);

// SPDX-License-Identifier: Apache-2.0
// The attestation report (AMD 56860, 7.3): asked for, and looked at as far as
// the guest can. Its signature is the verifier's to check.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/report.h"
#include "base/err.h"

// Begins the message for a report over `report_data`, of VMPL 0, signed by the
// key that the platform prefers. With `wants_certificates` the host's table is
// asked for too: guest_message_certificates() has it after the poll. ERR_CLOSED
// as guest_message_begin says. CHECKs that no message is under way.
enum err report_begin(const uint8_t report_data[REPORT_DATA_BYTES],
		      bool wants_certificates);
// ERR_AGAIN: the host is busy, poll again after a while. OK: a report of
// version 2 or later, of VMPL 0, that says the `report_data` asked for.
// ERR_DEVICE: the secure processor gave another one, or none; the next message
// may do better. ERR_CLOSED: there won't be another message. *out is untouched
// but on OK.
enum err report_poll(struct attestation_report *out);

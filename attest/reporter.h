// SPDX-License-Identifier: Apache-2.0
// Reports from the secure processor, one at a time. A host that is busy is asked
// again from the loop's tick, ever less often; nothing here waits.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/report.h"
#include "base/err.h"
#include "base/num.h"

// A busy host is asked again after this, doubling up to that.
#define REPORTER_RETRY_NS (10 * NS_PER_MS)
#define REPORTER_RETRY_MOST_NS NS_PER_SECOND

// `e` is OK, with the report; ERR_CLOSED: there will never be one again; or
// another failure of this one. Another report may be asked for from here.
typedef void reporter_done(enum err e, const struct attestation_report *report);

bool reporter_is_free(void);
// Seals the request; `done` is called from a later tick. The reporter must be
// free. ERR_CLOSED, ERR_CRYPTO.
enum err reporter_ask(const uint8_t report_data[REPORT_DATA_BYTES],
		      bool wants_certificates, reporter_done *done);
// Returns when to call it next.
uint64_t reporter_tick(uint64_t now_ns);
// How many reports there were.
uint64_t reporter_count(void);

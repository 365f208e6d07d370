// SPDX-License-Identifier: Apache-2.0
// An SEV-SNP machine as attest/ sees it: a secure processor behind
// kernel/snp/report.h, a host that throttles or hands over certificates, a
// package, and a wait that moves tests/fake/clock.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// The host is busy until then.
void fake_snp_busy_until_ns(uint64_t ns);
// The next report that is polled for fails so, once. ERR_CLOSED: for good,
// until fake_snp_revive().
void fake_snp_fail(enum err how);
void fake_snp_revive(void);
// Requests begun, and times they were handed to the host.
unsigned int fake_snp_requests(void);
unsigned int fake_snp_polls(void);
// The host's table, for requests that want one; and the fw_cfg item.
void fake_snp_set_table(const void *table, size_t count);
void fake_snp_set_item(const void *table, size_t count);
unsigned int fake_snp_item_reads(void);
// KEY_INFO and REPORTED_TCB of the reports to come.
void fake_snp_set_key_info(uint32_t key_info);
void fake_snp_set_tcb(uint64_t reported_tcb);

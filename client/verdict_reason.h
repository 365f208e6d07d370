// SPDX-License-Identifier: Apache-2.0
// Why an evidence is refused: each reason is one code, one stable sub-code and
// one sentence. They stand in the order in which they are judged, which is that
// of "The client's checks" in the design. docs/errors.md explains each.
#pragma once

#include "client/anchorhold.h"

enum reason {
	REASON_PASS,
	REASON_BAD_DEMANDS,
	REASON_NO_MEMORY,

	// 1. NotAnEnclave: no valid hardware-signed evidence of this session.
	// The form of what came.
	REASON_NO_EVIDENCE,
	REASON_BAD_EVIDENCE,
	REASON_BAD_CERTIFICATE_TABLE,
	REASON_BAD_CLAIMS,
	REASON_WRONG_FORM,
	REASON_BAD_REPORT_SIZE,
	REASON_REPORT_VERSION,
	REASON_REPORT_ALGORITHM,
	REASON_UNSIGNED_REPORT,
	REASON_UNKNOWN_SIGNING_KEY,
	// The chain.
	REASON_NO_VEK,
	REASON_NO_CA,
	REASON_BAD_VEK,
	REASON_BAD_CA,
	REASON_BAD_ROOT,
	REASON_UNKNOWN_PRODUCT,
	REASON_ROOT_NOT_AMD,
	REASON_CA_SIGNATURE,
	REASON_VEK_SIGNATURE,
	REASON_CHAIN_MISMATCH,
	REASON_ROOT_NOT_VALID_NOW,
	REASON_CA_NOT_VALID_NOW,
	REASON_VEK_NOT_VALID_NOW,
	// The report.
	REASON_BAD_SIGNATURE,
	REASON_REPORT_RESERVED,
	REASON_WRONG_PRODUCT,
	REASON_WRONG_KEY_KIND,
	REASON_MASKED_CHIP_ID,
	REASON_WRONG_CHIP,
	REASON_VEK_LEVELS,
	// What it is bound to.
	REASON_KEY_NOT_BOUND,
	REASON_CLAIMS_NOT_BOUND,
	REASON_SESSION_NOT_BOUND,
	// Revocation.
	REASON_NO_CRL,
	REASON_BAD_CRL,
	REASON_CA_REVOKED,
	REASON_STALE_CRL,

	// 2. InvalidEnclaveCode: genuine, but not code that was published.
	REASON_NO_MEASUREMENTS,
	REASON_WRONG_MEASUREMENT,

	// 3. NotIsolatedEnclave: the right code, not isolated as demanded.
	// What the guest's policy lets the host do.
	REASON_DEBUG,
	REASON_MIGRATE_MA,
	REASON_VMPL,
	REASON_GUEST_POLICY,
	// How old the platform's firmware is.
	REASON_NO_FLOOR,
	REASON_REPORTED_TCB,
	REASON_COMMITTED_TCB,
	REASON_LAUNCH_TCB,
	// The platform.
	REASON_ALIAS_CHECK,
	REASON_SMT,
	REASON_SINGLE_SOCKET,
	REASON_CIPHERTEXT_HIDING,
	REASON_ECC,
	REASON_TSME,
	REASON_RAPL,
	REASON_CXL,
	REASON_ABI,
	REASON_MIT_VECTOR,
	REASON_CHIP_NOT_LISTED,
	REASON_HOST_DATA,
	REASON_ID_KEY,
	REASON_AUTHOR_KEY,
	// Claims and policy.
	REASON_PROFILE,
	REASON_WRONG_APP,
	REASON_WRONG_POLICY,
	REASON_NO_POLICY,
	REASON_POLICY_MISMATCH,
	REASON_BAD_POLICY,
	REASON_EGRESS,
	REASON_CONSOLE,
	REASON_STATE,
	REASON_CLIENTS,
	REASON_COUNT,
};

struct reason_text {
	enum anchorhold_code code;
	const char *sub;
	const char *sentence; // without the full stop
};

const struct reason_text *reason_text(enum reason reason);

// SPDX-License-Identifier: Apache-2.0
// Anchorhold's client library: judge an enclave's evidence, then talk to it.
// Nothing of the caller's leaves before hardware, code and isolation are
// proven, on every connection.
//
// The judge (anchorhold_verify_*) takes bytes and gives a verdict: no I/O, no
// clock, no globals. Everything else here is built on it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Stable numbers: the exit statuses of the command line, never renumbered.
enum anchorhold_code {
	ANCHORHOLD_PASS = 0,
	ANCHORHOLD_USAGE = 1, // an argument or a file that makes no sense
	ANCHORHOLD_IO = 2,    // network, file, memory
	// No valid hardware-signed evidence of this very session.
	ANCHORHOLD_NOT_AN_ENCLAVE = 10,
	// Genuine hardware, but not code that was published.
	ANCHORHOLD_INVALID_CODE = 11,
	// The right code, but not isolated as demanded.
	ANCHORHOLD_NOT_ISOLATED = 12,
};

#define ANCHORHOLD_SUB_LIMIT 40
#define ANCHORHOLD_TEXT_LIMIT 400

// Leniencies that were used, and things to know, in a verdict. All are said.
#define ANCHORHOLD_NOTE_INSECURE_ROOT 0x1u // a root that isn't AMD's: EMULATED
#define ANCHORHOLD_NOTE_NO_CRL 0x2u        // or one that says nothing
#define ANCHORHOLD_NOTE_STALE_CRL 0x4u
#define ANCHORHOLD_NOTE_PROVISIONAL 0x8u     // firmware not committed yet
#define ANCHORHOLD_NOTE_AUTHENTIC_ONLY 0x10u // code, isolation not judged
#define ANCHORHOLD_NOTE_ANY_POLICY 0x20u     // the policy wasn't judged
#define ANCHORHOLD_NOTE_DEVELOPMENT 0x40u    // the profile, let through

enum anchorhold_product {
	ANCHORHOLD_MILAN = 0,
	ANCHORHOLD_GENOA = 1,
	ANCHORHOLD_TURIN = 2,
	ANCHORHOLD_PRODUCTS = 3,
};

struct anchorhold_verdict {
	enum anchorhold_code code;
	// What exactly: a stable lower-case word with hyphens
	// ("bad-signature"); "" with ANCHORHOLD_PASS. docs/errors.md lists
	// them.
	char sub[ANCHORHOLD_SUB_LIMIT];
	// A sentence for people.
	char text[ANCHORHOLD_TEXT_LIMIT];
	uint32_t notes; // ANCHORHOLD_NOTE_...
	// What was found, as far as the checks got: zeros beyond. Nothing is
	// filled in before its signature was proven.
	bool has_report;
	uint32_t report_version;
	enum anchorhold_product product;
	uint8_t measurement[48];
	uint8_t chip_id[64];
	uint64_t reported_tcb;
	uint64_t guest_policy;
	// From the claims, once they are proven.
	bool has_claims;
	uint32_t profile; // EVIDENCE_PROFILE_... of abi/evidence.h
	uint8_t spki_sha256[32], policy_sha256[32], app_sha256[32];
	// Which of the published measurements it is: an index, and its name.
	bool has_measurement_index;
	size_t measurement_index;
	char measurement_name[64];
};

struct anchorhold_bytes {
	const uint8_t *at;
	size_t count;
};

// Lowest levels that are accepted of one product, each component by itself, in
// the order of the TCB_VERSION's bytes of that product (abi/report.h).
struct anchorhold_floor {
	bool is_set; // without one, the product is refused
	uint8_t tcb[8];
};

#define ANCHORHOLD_MEASUREMENTS_LIMIT 64
#define ANCHORHOLD_CHIPS_LIMIT 256

struct anchorhold_measurement {
	uint8_t digest[48];
	char name[64]; // "0.1.0, EPYC-Milan, 1 vCPU", UTF-8; may be ""
};

// What a caller demands. All zeros is the strictest of everything that has a
// default, and accepts nothing: no measurement, no product. DEBUG, MIGRATE_MA
// and a VMPL other than 0 are always refused.
struct anchorhold_demands {
	const struct anchorhold_measurement *measurements;
	size_t measurement_count;
	struct anchorhold_floor floor[ANCHORHOLD_PRODUCTS];
	// Seconds since 1970 (UTC) at which certificates and CRL must be valid.
	int64_t at;
	// The certificate that stands in for AMD's pinned roots, DER or PEM;
	// none: AMD's. With one, AMD's own are no good.
	struct anchorhold_bytes insecure_root;
	// Without the first, a CRL must be there, verify, and be in force. A CA
	// that a CRL revokes is refused in any case.
	bool allow_no_crl, allow_stale_crl;
	bool authentic_only; // leaves step 2 and 3 out
	// Isolation, on the report.
	bool forbid_smt, demand_single_socket; // in the guest's policy
	// ALIAS_CHECK_COMPLETE is demanded of reports that can tell (version 3
	// and up), unless this says otherwise.
	bool allow_no_alias_check;
	bool demand_ciphertext_hiding, demand_ecc, demand_tsme,
		demand_rapl_disabled, demand_cxl_forbidden;
	uint8_t min_abi_major, min_abi_minor; // of the guest policy
	uint64_t demand_mit_vector; // all of these bits, launch and current
	bool has_host_data, has_id_key_digest, has_author_key_digest;
	uint8_t host_data[32], id_key_digest[48], author_key_digest[48];
	const uint8_t (*chips)[64]; // allow-list; none: any chip
	size_t chip_count;
	// Isolation, on claims and policy.
	bool allow_development; // else the profile must be production
	bool any_policy;        // the policy isn't judged
	bool has_policy_sha256; // exactly this policy
	uint8_t policy_sha256[32];
	bool has_app_sha256;
	uint8_t app_sha256[32];
	// Else the policy's bytes are judged: by default no egress, no console;
	// clients as they are.
	bool allow_egress, allow_console, demand_fresh_state;
	bool demand_named_clients; // anyone isn't enough
};

// The evidence to judge. Certificates may come from the evidence itself, or be
// given here; given ones win. DER or PEM; of PEM the first block is taken.
struct anchorhold_material {
	struct anchorhold_bytes report; // 1184 bytes
	struct anchorhold_bytes vek;    // VCEK or VLEK
	struct anchorhold_bytes ca;     // ASK or ASVK
	// ARK. Never needed, since AMD's keys are known; one that is given must
	// be AMD's, or the insecure root.
	struct anchorhold_bytes root;
	struct anchorhold_bytes crl; // of the root
};

// Judges a report and its chain alone: steps 1 and 3 as far as a report goes,
// step 2 if measurements are demanded. What is bound in REPORT_DATA isn't
// judged. Reads nothing but its arguments, which may be hostile but for
// `demands`; writes *out alone, and keeps no memory.
void anchorhold_verify_report(const struct anchorhold_material *material,
			      const struct anchorhold_demands *demands,
			      struct anchorhold_verdict *out);

// What an evidence must be bound to.
struct anchorhold_binding {
	struct anchorhold_bytes spki; // DER SubjectPublicKeyInfo of the leaf
	// Session form: both; boot form: both NULL.
	const uint8_t *nonce;    // 32 bytes
	const uint8_t *exporter; // 32 bytes
};

// Judges an evidence (a CMW collection, CBOR) whole. `material` gives what the
// evidence lacks (its report is ignored); `policy` the policy's bytes, empty if
// not had (then a demand that needs them refuses).
void anchorhold_verify_evidence(struct anchorhold_bytes evidence,
				const struct anchorhold_binding *binding,
				struct anchorhold_bytes policy,
				const struct anchorhold_material *material,
				const struct anchorhold_demands *demands,
				struct anchorhold_verdict *out);

// Takes an evidence apart: views of its report and, where had, certificates, as
// DER or PEM. Proves nothing: it is for who must fetch what is missing. False,
// *out untouched, when it isn't one.
bool anchorhold_evidence_open(struct anchorhold_bytes evidence,
			      struct anchorhold_material *out);

// The verdict as one line of JSON, NUL-terminated: docs/errors.md has its
// fields. Returns the length that it has, or would have, without the NUL; what
// doesn't fit is cut off.
size_t anchorhold_verdict_json(const struct anchorhold_verdict *verdict,
			       char *out, size_t capacity);
// "NotAnEnclave", "InvalidEnclaveCode", "NotIsolatedEnclave", "pass", ...
const char *anchorhold_code_name(enum anchorhold_code code);

// SPDX-License-Identifier: Apache-2.0
// A verified session: a TLS 1.3 connection to an enclave that has proven itself
// before it gets anything of the user's.
//
// In this order, each step only after the one before passed:
//   1. the evidence in the server's certificate is judged in the middle of the
//      handshake; until then the server has seen a ClientHello and no more;
//   2. on that connection the client asks for evidence with a fresh nonce, by a
//      request that is always the same but for nonce and Host, and judges it
//      with this session's exporter;
//   3. where the demands need it, it asks for the policy and judges that;
//   4. what the caller sends.
// A redirect is an answer like any other, and never followed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/anchorhold.h"
#include "client/http_answer.h"

// Of the evidence's answer; the form's own parts come to less.
#define SESSION_EVIDENCE_LIMIT 32768u
// Interim (1xx) answers before the one that counts.
#define SESSION_INTERIM_LIMIT 8u

// In milliseconds; 0 takes the default.
struct anchorhold_timeouts {
	unsigned int connect;   // 10 s, without the asking for a name
	unsigned int handshake; // 30 s
	// From the request for evidence, or for the policy, to the whole answer:
	// 170 s, since a server may take 150 s to have a report.
	unsigned int evidence;
	// Without a byte going either way, in the caller's exchanges: 60 s.
	unsigned int idle;
};

struct anchorhold_options {
	const char *host;      // name or address
	const char *authority; // for Host; NULL: `host`
	uint16_t port;
	bool is_address; // no server name goes into the ClientHello
	struct anchorhold_timeouts timeouts;
	// What the evidence may lack: certificates and CRL.
	struct anchorhold_material material;
	// The one leniency on no evidence: nothing is checked, anybody may be at
	// the other end, and `demands` isn't looked at.
	bool insecure_no_evidence;
};

struct anchorhold_session;

// Opens a session. *verdict has the outcome, ANCHORHOLD_PASS being the only one
// with which *out is set. Network failures are ANCHORHOLD_IO. What the pointers
// in `options` and `demands` lead to is used until this returns. `report`, if
// not NULL, gets the report that was shown, proven or not, and whether one was
// (`has_report`): it is for who must fetch certificates.
struct anchorhold_shown {
	bool has_report;
	uint8_t report[1184];
};

void anchorhold_session_open(const struct anchorhold_options *options,
			     const struct anchorhold_demands *demands,
			     struct anchorhold_session **out,
			     struct anchorhold_verdict *verdict,
			     struct anchorhold_shown *shown);

struct anchorhold_field {
	const char *name, *value;
};

struct anchorhold_request {
	const char *method; // "GET"
	const char *target; // "/path?query"
	const struct anchorhold_field *fields;
	size_t field_count;
	bool has_body;
	struct anchorhold_bytes body;
};

// Sends a request and reads the answer's head. One at a time: the body of the
// one before must have been read to its end. *answer's views hold until the
// next call. ANCHORHOLD_USAGE: a method, target or field that can't stand in
// HTTP, or a field that is the session's own to write (Host, Content-Length,
// Transfer-Encoding, Connection, Expect, TE, Trailer, Upgrade).
enum anchorhold_code
anchorhold_session_request(struct anchorhold_session *session,
			   const struct anchorhold_request *request,
			   struct http_answer *answer);
// Reads at least one byte of the body; *count 0: it is whole. A body that
// breaks off is ANCHORHOLD_IO, never a short one.
enum anchorhold_code anchorhold_session_read(struct anchorhold_session *session,
					     void *bytes, size_t capacity,
					     size_t *count);
// Why the last call failed, a sentence without a full stop.
const char *anchorhold_session_why(const struct anchorhold_session *session);
// NULL is fine.
void anchorhold_session_close(struct anchorhold_session *session);

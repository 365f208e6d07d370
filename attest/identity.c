// SPDX-License-Identifier: Apache-2.0
#include "attest/identity.h"

#include <stdlib.h>

#include "attest/certificate.h"
#include "attest/endorsements.h"
#include "attest/evidence.h"
#include "attest/reporter.h"
#include "base/check.h"
#include "kernel/snp/guest_message.h"
#include "kernel/snp/snp.h"
#include "kernel/time/clock.h"
#include "kernel/time/wait.h"
#include "tls/key.h"

// Of the two generations that tls/ can have sessions of.
static struct evidence_claims claims[2];
static uint32_t present;
static uint64_t due_ns; // of the next renewal, handshakes aside
static uint64_t due_handshakes;
static uint64_t early_ns; // before which these don't count
static uint64_t committed_tcb;

enum making {
	NOTHING,
	KEYED,    // its report is under way
	COMPLETE, // its certificate is made
	FAILED,   // `why` says how
};

// The identity that is being made.
static struct {
	enum making state;
	enum err why;
	struct evidence_claims claims;
	struct tls_identity tls;
	uint8_t *certificate; // tls.certificate
} next;

static void give_up(enum err why)
{
	tls_key_destroy(next.tls.key);
	free(next.certificate);
	next.certificate = NULL;
	next.state = FAILED;
	next.why = why;
}

static void complete(const uint8_t *evidence, size_t evidence_bytes)
{
	const struct certificate_request request = { next.tls.key, evidence,
						     evidence_bytes };
	enum err e = ERR_NO_MEMORY;

	next.certificate = malloc(CERTIFICATE_LIMIT);
	if (next.certificate)
		e = certificate_make(&request, next.certificate,
				     CERTIFICATE_LIMIT,
				     &next.tls.certificate_bytes);
	if (e != OK) {
		give_up(e);
		return;
	}
	next.tls.certificate = next.certificate;
	next.state = COMPLETE;
}

static void on_report(enum err e, const struct attestation_report *report)
{
	static uint8_t evidence[EVIDENCE_ENVELOPE_LIMIT];
	struct writer w = writer_of(evidence, sizeof(evidence));

	if (e == OK) {
		if (committed_tcb == 0)
			committed_tcb = report->committed_tcb;
		endorsements_refresh(report);
		e = evidence_envelope(&w, &next.claims, NULL, report, false);
	}
	if (e == OK)
		complete(evidence, w.used);
	else
		give_up(e);
}

static enum err ask(void)
{
	uint8_t report_data[REPORT_DATA_BYTES];

	TRY(evidence_claims_make(next.tls.key, &next.claims));
	TRY(evidence_report_data(&next.claims, report_data));
	return reporter_ask(report_data, true, on_report);
}

// A key first; what comes after it is for that key.
static void begin(uint64_t now_ns)
{
	enum err e = tls_key_make(&next.tls.key);

	due_ns = now_ns + IDENTITY_AGE_NS;
	early_ns = now_ns + IDENTITY_LEAST_NS;
	due_handshakes = tls_figures().handshakes + IDENTITY_HANDSHAKES;
	if (e != OK) {
		next.state = FAILED;
		next.why = e;
		return;
	}
	next.state = KEYED;
	if (!snp_is_on()) {
		complete(NULL, 0);
		return;
	}
	e = ask();
	if (e != OK)
		give_up(e);
}

// The identity that was made is in use now.
static void adopted(uint32_t generation)
{
	present = generation;
	claims[generation % 2] = next.claims;
	free(next.certificate);
	next.certificate = NULL;
	next.state = NOTHING;
}

enum err identity_init(void)
{
	uint64_t end_ns = clock_now_ns() + IDENTITY_BOOT_NS;

	begin(clock_now_ns());
	while (next.state == KEYED) {
		uint64_t now_ns = clock_now_ns();

		if (now_ns >= end_ns)
			return ERR_TIMEOUT;
		wait_until(min_u64(reporter_tick(now_ns), end_ns));
	}
	return next.state == COMPLETE ? OK : next.why;
}

uint64_t identity_committed_tcb(void)
{
	return committed_tcb;
}

enum err identity_listen(uint16_t port, const struct tls_handler *handler)
{
	CHECK(next.state == COMPLETE);
	TRY(tls_listen(port, &next.tls, handler));
	adopted(0);
	return OK;
}

const struct evidence_claims *identity_claims(uint32_t generation)
{
	CHECK(generation == present || generation + 1 == present);
	return &claims[generation % 2];
}

static uint64_t adopt(uint64_t now_ns)
{
	enum err e = tls_renew(&next.tls);

	if (e == ERR_AGAIN)
		return now_ns + IDENTITY_ADOPT_NS;
	if (e == OK)
		adopted(present + 1);
	else
		give_up(e);
	return now_ns;
}

void identity_renew(void)
{
	due_ns = 0;
}

static uint64_t renewal_ns(void)
{
	return tls_figures().handshakes < due_handshakes
		       ? due_ns
		       : min_u64(due_ns, early_ns);
}

uint64_t identity_tick(uint64_t now_ns)
{
	switch (next.state) {
	case NOTHING:
		if (now_ns < renewal_ns())
			return renewal_ns();
		if (!guest_message_is_open())
			return UINT64_MAX; // the present one must do
		if (!reporter_is_free())
			return UINT64_MAX; // it knows when
		begin(now_ns);
		return now_ns;
	case KEYED:
		return UINT64_MAX;
	case COMPLETE:
		return adopt(now_ns);
	case FAILED:
		next.state = NOTHING;
		due_ns = now_ns + IDENTITY_RETRY_NS;
		due_handshakes = UINT64_MAX;
		return due_ns;
	}
	return UINT64_MAX;
}

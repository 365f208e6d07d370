// SPDX-License-Identifier: Apache-2.0
#include "attest/batch.h"

#include "attest/endorsements.h"
#include "attest/evidence.h"
#include "attest/http_answer.h"
#include "attest/identity.h"
#include "attest/merkle.h"
#include "attest/reporter.h"
#include "attest/well_known.h"
#include "kernel/snp/guest_message.h"
#include "kernel/time/clock.h"

// Those that wait for the next request, by the generation of their session's
// key.
static struct http_line waiting[2];

// Those that the request under way is for.
static struct http_line sealed;
static struct merkle tree;
static struct evidence_claims sealed_claims;

static uint64_t next_ns; // BATCH_BURST requests are allowed ahead of this
static struct batch_figures counts;

static enum err leaf_of(struct http_client *c, const uint8_t *nonce,
			struct evidence_hash *out)
{
	uint8_t exporter[EVIDENCE_EXPORTER_BYTES];
	enum err e;

	TRY(tls_export(c->session, EVIDENCE_EXPORTER_LABEL, nonce,
		       EVIDENCE_NONCE_BYTES, exporter, sizeof(exporter)));
	e = evidence_leaf(nonce, exporter, out);
	wipe(exporter, sizeof(exporter));
	return e;
}

enum err batch_join(struct http_client *c,
		    const uint8_t nonce[EVIDENCE_NONCE_BYTES], bool wants_json,
		    uint64_t now_ns)
{
	if (!guest_message_is_open())
		return ERR_CLOSED;
	TRY(leaf_of(c, nonce, &c->x->leaf));
	c->x->wants_json = wants_json;
	http_line_join(&waiting[tls_generation(c->session) % 2], c);
	c->state = HTTP_CLIENT_EVIDENCE;
	http_client_wait(c, now_ns + BATCH_WAIT_NS);
	return OK;
}

// Answers

static enum err send_evidence(struct http_client *c,
			      const struct attestation_report *report)
{
	static uint8_t envelope[EVIDENCE_ENVELOPE_LIMIT];
	struct writer w = writer_of(envelope, sizeof(envelope));
	bool is_json = c->x->wants_json;
	const struct exchange_header headers[] = {
		{ TEXT("Content-Type"), is_json ? TEXT(EVIDENCE_TYPE_JSON)
						: TEXT(EVIDENCE_TYPE_CBOR) },
		{ TEXT("Cache-Control"), TEXT("no-store") },
	};
	struct evidence_place place;

	merkle_place(&tree, c->x->leaf_index, &place);
	TRY(evidence_envelope(&w, &sealed_claims, &place, report, is_json));
	TRY(http_answer(c, 200, headers, ARRAY_COUNT(headers),
			(struct text){ (char *)envelope, w.used }));
	counts.answered++;
	return OK;
}

// Answers all of `line`: with evidence, or without a report that there is none.
static void answer_all(struct http_line *line,
		       const struct attestation_report *report)
{
	uint64_t now_ns = clock_now_ns();

	while (line->first) {
		struct http_client *c = line->first;
		enum err e = report ? send_evidence(c, report)
				    : well_known_no_evidence(c);

		if (e != OK) {
			(void)http_client_abort(c);
			continue;
		}
		(void)http_client_finish(c, now_ns);
		http_client_run(c, now_ns);
	}
}

static void on_report(enum err e, const struct attestation_report *report)
{
	if (e == OK && !endorsements_fit(report))
		identity_renew();
	answer_all(&sealed, e == OK ? report : NULL);
}

// Requests

static enum err close_line(const struct http_line *line)
{
	uint8_t report_data[REPORT_DATA_BYTES];
	uint32_t count = 0;

	sealed_claims = *identity_claims(tls_generation(line->first->session));
	while (line->first && count < EVIDENCE_TREE_LIMIT) {
		struct http_client *c = line->first;

		http_line_leave(c);
		http_line_join(&sealed, c);
		tree.nodes[count] = c->x->leaf;
		c->x->leaf_index = count++;
	}
	TRY(merkle_build(&tree, count));
	sealed_claims.has_root = true;
	sealed_claims.root = *merkle_root(&tree);
	TRY(evidence_report_data(&sealed_claims, report_data));
	return reporter_ask(report_data, false, on_report);
}

// When the first of a line came. All may wait equally long.
static uint64_t since_ns(const struct http_line *line)
{
	return line->first ? line->first->deadline_ns - BATCH_WAIT_NS
			   : UINT64_MAX;
}

uint64_t batch_tick(uint64_t now_ns)
{
	// Who came first goes first, or a busy generation would starve the other.
	const struct http_line *line =
		&waiting[since_ns(&waiting[1]) < since_ns(&waiting[0])];
	uint64_t ahead_ns = (BATCH_BURST - 1) * BATCH_PERIOD_NS;
	uint64_t allowed_ns = next_ns > ahead_ns ? next_ns - ahead_ns : 0;
	uint64_t at_ns;

	if (!guest_message_is_open()) {
		answer_all(&waiting[0], NULL);
		answer_all(&waiting[1], NULL);
		return UINT64_MAX;
	}
	if (!line->first || !reporter_is_free())
		return UINT64_MAX; // the reporter knows when
	at_ns = max_u64(since_ns(line) + BATCH_GATHER_NS, allowed_ns);
	if (now_ns < at_ns)
		return at_ns;
	next_ns = max_u64(next_ns, now_ns) + BATCH_PERIOD_NS;
	counts.batches++;
	if (close_line(line) != OK)
		answer_all(&sealed, NULL);
	return now_ns;
}

struct batch_figures batch_figures(void)
{
	return counts;
}

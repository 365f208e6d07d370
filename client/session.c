// SPDX-License-Identifier: Apache-2.0
// Opens a session, in the order that session.h promises. Whoever is at the other
// end is a liar until the verdict says otherwise.
#include "client/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "abi/evidence.h"
#include "abi/policy.h"
#include "base/base64url.h"
#include "client/session_state.h"
#include "client/verdict.h"

#define EVIDENCE_PATH "/.well-known/anchorhold/evidence?nonce="
#define POLICY_PATH "/.well-known/anchorhold/policy"
#define NONCE_TEXT_BYTES 43u

#define CONNECT_MS 10000u
#define HANDSHAKE_MS 30000u
#define EVIDENCE_MS 170000u
#define IDLE_MS 60000u

#define BODY_LIMIT POLICY_BYTES_LIMIT
_Static_assert(SESSION_EVIDENCE_LIMIT <= BODY_LIMIT);

// The work of opening.
struct opening {
	struct anchorhold_session *s;
	const struct anchorhold_options *options;
	const struct anchorhold_demands *demands;
	struct anchorhold_demands without_policy; // the same, but any policy
	struct anchorhold_verdict *verdict;
	struct anchorhold_shown *shown;
	uint8_t evidence[SESSION_EVIDENCE_LIMIT];
	size_t evidence_bytes;
	uint8_t policy[POLICY_BYTES_LIMIT];
	size_t policy_bytes;
	uint8_t nonce[EVIDENCE_NONCE_BYTES];
	uint8_t exporter[EVIDENCE_EXPORTER_BYTES];
};

static unsigned int or_default(unsigned int given, unsigned int otherwise)
{
	return given ? given : otherwise;
}

// A verdict that isn't the judge's.
static enum anchorhold_code refuse(struct opening *o, enum anchorhold_code code,
				   const char *sub, const char *text)
{
	*o->verdict = (struct anchorhold_verdict){ .code = code };
	snprintf(o->verdict->sub, sizeof(o->verdict->sub), "%s", sub);
	snprintf(o->verdict->text, sizeof(o->verdict->text), "%s", text);
	return code;
}

// A failure of the exchange itself.
static enum anchorhold_code refuse_io(struct opening *o, const char *sub)
{
	return refuse(o, ANCHORHOLD_IO, sub, o->s->why);
}

static void keep_report(struct opening *o, struct anchorhold_bytes evidence)
{
	struct anchorhold_material parts;

	if (!o->shown || !anchorhold_evidence_open(evidence, &parts) ||
	    parts.report.count != sizeof(o->shown->report))
		return;
	memcpy(o->shown->report, parts.report.at, parts.report.count);
	o->shown->has_report = true;
}

// In the middle of the handshake: the boot form, bound to the leaf's key.
static bool judge_leaf(void *context, const struct tls_leaf *leaf)
{
	struct opening *o = context;
	const struct anchorhold_binding binding = { .spki = leaf->spki };

	if (o->options->insecure_no_evidence)
		return true;
	if (leaf->is_malformed || leaf->evidence.count == 0) {
		verdict_set(o->verdict,
			    leaf->is_malformed ? REASON_BAD_EVIDENCE
					       : REASON_NO_EVIDENCE,
			    &(struct detail){ 0 });
		return false;
	}
	keep_report(o, leaf->evidence);
	anchorhold_verify_evidence(
		leaf->evidence, &binding, (struct anchorhold_bytes){ 0 },
		&o->options->material, &o->without_policy, o->verdict);
	return o->verdict->code == ANCHORHOLD_PASS;
}

static enum anchorhold_code connect_tls(struct opening *o)
{
	const struct anchorhold_options *options = o->options;
	struct anchorhold_session *s = o->s;
	char why[80];
	enum err e = net_open(options->host, options->port,
			      or_default(options->timeouts.connect, CONNECT_MS),
			      &s->net, why, sizeof(why));

	if (e != OK) {
		session_fail(s, ANCHORHOLD_IO, "connecting to %.60s: %s",
			     options->host, why);
		return refuse_io(o, "no-connection");
	}
	net_set_deadline(&s->net,
			 or_default(options->timeouts.handshake, HANDSHAKE_MS));
	e = tls_open(&s->net, options->is_address ? NULL : options->host,
		     judge_leaf, o, &s->tls);
	if (e == OK)
		return ANCHORHOLD_PASS;
	if (e == ERR_UNSUPPORTED && o->verdict->code != ANCHORHOLD_PASS)
		return o->verdict->code;
	// Somebody answered, but not as an enclave would.
	if (e == ERR_BAD_INPUT || e == ERR_UNSUPPORTED)
		return refuse(o, ANCHORHOLD_NOT_AN_ENCLAVE, "no-tls",
			      "The server doesn't speak TLS 1.3 as an enclave "
			      "does.");
	session_fail_stream(s, e, "shaking hands");
	return refuse_io(o, "no-handshake");
}

// Reads a whole body of at most `limit` bytes.
static enum anchorhold_code read_body(struct anchorhold_session *s,
				      uint8_t *out, size_t limit, size_t *bytes)
{
	uint8_t overflow;
	size_t used = 0, n = 1;

	while (n > 0) {
		bool is_full = used == limit;
		enum anchorhold_code code = anchorhold_session_read(
			s, is_full ? &overflow : out + used,
			is_full ? 1 : limit - used, &n);

		if (code != ANCHORHOLD_PASS)
			return code;
		if (is_full && n > 0)
			return session_fail(s, ANCHORHOLD_IO,
					    "the answer is over %zu bytes",
					    limit);
		used += n;
	}
	*bytes = used;
	return ANCHORHOLD_PASS;
}

// One of the two requests that go out before the user's. *status is what came.
static enum anchorhold_code ask(struct opening *o, const char *target,
				const char *type, uint8_t *out, size_t limit,
				size_t *bytes, unsigned int *status)
{
	const struct anchorhold_field accept = { "Accept", type };
	const struct anchorhold_request request = {
		.method = "GET",
		.target = target,
		.fields = &accept,
		.field_count = 1,
	};
	struct http_answer answer;
	struct text said;
	enum anchorhold_code code;

	net_set_deadline(&o->s->net, or_default(o->options->timeouts.evidence,
						EVIDENCE_MS));
	code = anchorhold_session_request(o->s, &request, &answer);
	if (code != ANCHORHOLD_PASS)
		return code;
	*status = answer.status;
	if (answer.status == 200 &&
	    (http_answer_field(&answer, "content-type", &said) != OK ||
	     !text_equal_nocase(said, text_of(type))))
		*status = 0;
	return *status == 200 ? read_body(o->s, out, limit, bytes)
			      : ANCHORHOLD_PASS;
}

static enum anchorhold_code ask_evidence(struct opening *o)
{
	char target[sizeof(EVIDENCE_PATH) + NONCE_TEXT_BYTES] = EVIDENCE_PATH;
	struct writer w =
		writer_of(target + sizeof(EVIDENCE_PATH) - 1, NONCE_TEXT_BYTES);
	unsigned int status = 0;

	if (getrandom(o->nonce, sizeof(o->nonce), 0) !=
		    (ssize_t)sizeof(o->nonce) ||
	    base64url_write(&w, o->nonce, sizeof(o->nonce)) != OK ||
	    tls_export(o->s->tls, EVIDENCE_EXPORTER_LABEL, o->nonce,
		       sizeof(o->nonce), o->exporter,
		       sizeof(o->exporter)) != OK)
		return refuse(o, ANCHORHOLD_IO, "no-nonce",
			      "No nonce could be made.");
	if (ask(o, target, EVIDENCE_TYPE_CBOR, o->evidence, sizeof(o->evidence),
		&o->evidence_bytes, &status) != ANCHORHOLD_PASS)
		return refuse_io(o, "evidence-broke-off");
	if (status == 503)
		return refuse(o, ANCHORHOLD_IO, "evidence-busy",
			      "The server has no evidence for now; try again "
			      "later.");
	if (status != 200)
		return refuse(o, ANCHORHOLD_NOT_AN_ENCLAVE, "no-evidence",
			      "The server doesn't give evidence of this "
			      "session.");
	return ANCHORHOLD_PASS;
}

static enum anchorhold_code judge(struct opening *o,
				  const struct anchorhold_demands *demands)
{
	const struct anchorhold_binding binding = {
		.spki = tls_spki(o->s->tls),
		.nonce = o->nonce,
		.exporter = o->exporter,
	};

	anchorhold_verify_evidence(
		(struct anchorhold_bytes){ o->evidence, o->evidence_bytes },
		&binding,
		(struct anchorhold_bytes){ o->policy, o->policy_bytes },
		&o->options->material, demands, o->verdict);
	return o->verdict->code;
}

static bool needs_policy(const struct anchorhold_demands *demands)
{
	return !demands->any_policy && !demands->has_policy_sha256 &&
	       !demands->authentic_only;
}

static enum anchorhold_code ask_policy(struct opening *o)
{
	unsigned int status = 0;

	if (ask(o, POLICY_PATH, "application/cbor", o->policy,
		sizeof(o->policy), &o->policy_bytes,
		&status) != ANCHORHOLD_PASS)
		return refuse_io(o, "policy-broke-off");
	// Without one, the judge refuses.
	if (status != 200)
		o->policy_bytes = 0;
	return ANCHORHOLD_PASS;
}

static enum anchorhold_code open_all(struct opening *o)
{
	enum anchorhold_code code = connect_tls(o);

	if (code != ANCHORHOLD_PASS || o->options->insecure_no_evidence)
		return code;
	code = ask_evidence(o);
	if (code == ANCHORHOLD_PASS)
		code = judge(o, &o->without_policy);
	if (code != ANCHORHOLD_PASS)
		return code;
	if (needs_policy(o->demands)) {
		code = ask_policy(o);
		if (code != ANCHORHOLD_PASS)
			return code;
	}
	return judge(o, o->demands);
}

static struct anchorhold_session *
new_session(const struct anchorhold_options *options)
{
	struct anchorhold_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->net.fd = -1;
	s->is_opening = true;
	s->idle_ms = or_default(options->timeouts.idle, IDLE_MS);
	snprintf(s->authority, sizeof(s->authority), "%s",
		 options->authority ? options->authority : options->host);
	return s;
}

void anchorhold_session_open(const struct anchorhold_options *options,
			     const struct anchorhold_demands *demands,
			     struct anchorhold_session **out,
			     struct anchorhold_verdict *verdict,
			     struct anchorhold_shown *shown)
{
	struct opening *o = calloc(1, sizeof(*o));
	struct anchorhold_session *s = new_session(options);

	*verdict = (struct anchorhold_verdict){ 0 };
	if (shown)
		shown->has_report = false;
	if (!o || !s) {
		verdict_set(verdict, REASON_NO_MEMORY, &(struct detail){ 0 });
		free(o);
		free(s);
		return;
	}
	o->s = s;
	o->options = options;
	o->demands = demands;
	o->verdict = verdict;
	o->shown = shown;
	if (demands) {
		o->without_policy = *demands;
		o->without_policy.any_policy = true;
	}
	if (open_all(o) == ANCHORHOLD_PASS) {
		s->is_opening = false;
		*out = s;
	} else {
		anchorhold_session_close(s);
	}
	free(o);
}

void anchorhold_session_close(struct anchorhold_session *s)
{
	if (!s)
		return;
	tls_close(s->tls);
	net_close(&s->net);
	free(s);
}

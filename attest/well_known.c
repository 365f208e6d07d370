// SPDX-License-Identifier: Apache-2.0
// The paths under /.well-known/anchorhold/. What can't be had (evidence without
// SEV-SNP, or from a secure processor that is lost) says so in a form that a
// program can tell from a broken server.
#include "attest/well_known.h"

#include "attest/batch.h"
#include "attest/http_accept.h"
#include "attest/http_answer.h"
#include "base/base64url.h"
#include "base/num.h"
#include "kernel/package.h"
#include "kernel/snp/guest_message.h"
#include "kernel/snp/snp.h"

static const struct text root = { "/.well-known/anchorhold", 23 };

#define JSON "application/json"
#define TEXT_PLAIN "text/plain; charset=utf-8"
#define CBOR "application/cbor"

#define INTRODUCTION                                                     \
	"This is an Anchorhold endpoint: one freestanding program that " \
	"serves\n"                                                       \
	"one app over TLS 1.3, made to run as a confidential guest.\n"   \
	"\n"
#define PATHS                                                                \
	"\n"                                                                 \
	"/.well-known/anchorhold/evidence?nonce=N  evidence (N: 32 bytes,\n" \
	"                                          base64url)\n"             \
	"/.well-known/anchorhold/policy            the policy in force\n"
#define ERROR(code, message) \
	"{\"error\":\"" code "\",\"message\":\"" message "\"}\n"

struct page {
	unsigned int status;
	const char *type;
	const char *body;
};

// Without SEV-SNP, and with it.
static const struct page root_text[] = {
	{ 200, TEXT_PLAIN,
	  INTRODUCTION
	  "no evidence: this is not running under SEV-SNP\n" PATHS },
	{ 200, TEXT_PLAIN,
	  INTRODUCTION "evidence: in this endpoint's certificate, and for one\n"
		       "session below. Nothing said here proves anything:\n"
		       "verify the evidence.\n" PATHS },
};
static const struct page root_json[] = {
	{ 200, JSON, "{\"service\":\"anchorhold\",\"evidence\":false}\n" },
	{ 200, JSON, "{\"service\":\"anchorhold\",\"evidence\":true}\n" },
};

static const struct page page_plain_machine = {
	501, JSON,
	ERROR("unsupported",
	      "no evidence: this is not running under SEV-SNP")
};
static const struct page page_bad_nonce = {
	400, JSON,
	ERROR("bad-nonce",
	      "nonce must be exactly 32 bytes in base64url, without padding")
};
static const struct page page_none = {
	404, JSON, ERROR("not-found", "nothing is at this path")
};
static const struct page page_method = {
	405, JSON,
	ERROR("method-not-allowed", "only GET and HEAD are answered here")
};
static const struct page page_busy = {
	503, JSON, ERROR("busy", "the secure processor gave no report in time")
};
static const struct page page_lost = {
	503, JSON,
	ERROR("evidence-lost",
	      "the secure processor can't be asked any more until a restart")
};

bool well_known_owns(struct text path)
{
	return text_starts_with(path, root) &&
	       (path.length == root.length || path.at[root.length] == '/');
}

enum err well_known_nonce(struct text query, uint8_t out[EVIDENCE_NONCE_BYTES])
{
	const struct text name = TEXT("nonce=");

	if (!text_starts_with(query, name))
		return ERR_BAD_INPUT;
	query = (struct text){ query.at + name.length,
			       query.length - name.length };
	return base64url_read(query, out, EVIDENCE_NONCE_BYTES);
}

static enum err answer_page(struct http_client *c, const struct page *page)
{
	struct exchange_header headers[3] = {
		{ TEXT("Content-Type"), text_of(page->type) },
		{ TEXT("Cache-Control"), TEXT("no-store") },
	};
	size_t count = 2;

	// RFC 9110 15.5.6: 405 must name what is allowed.
	if (page->status == 405)
		headers[count++] =
			(struct exchange_header){ TEXT("Allow"),
						  TEXT("GET, HEAD") };
	if (page == &page_busy)
		headers[count++] =
			(struct exchange_header){ TEXT("Retry-After"),
						  TEXT("5") };
	return http_answer(c, page->status, headers, count,
			   text_of(page->body));
}

enum err well_known_no_evidence(struct http_client *c)
{
	return answer_page(c,
			   guest_message_is_open() ? &page_busy : &page_lost);
}

static enum err answer_root(struct http_client *c, uint64_t now_ns)
{
	bool is_json = http_accept_prefers(&c->x->head, TEXT(JSON),
					   TEXT("text/plain"));

	(void)now_ns;
	return answer_page(c, is_json ? &root_json[snp_is_on()]
				      : &root_text[snp_is_on()]);
}

// A HEAD learns what a GET would say, without the length, and costs no report.
static enum err answer_evidence(struct http_client *c, uint64_t now_ns)
{
	uint8_t nonce[EVIDENCE_NONCE_BYTES];
	bool is_json = http_accept_prefers(&c->x->head,
					   TEXT(EVIDENCE_TYPE_JSON),
					   TEXT(EVIDENCE_TYPE_CBOR));
	const struct exchange_header headers[] = {
		{ TEXT("Content-Type"), is_json ? TEXT(EVIDENCE_TYPE_JSON)
						: TEXT(EVIDENCE_TYPE_CBOR) },
		{ TEXT("Cache-Control"), TEXT("no-store") },
	};

	if (!snp_is_on())
		return answer_page(c, &page_plain_machine);
	if (well_known_nonce(c->x->target.query, nonce) != OK)
		return answer_page(c, &page_bad_nonce);
	if (c->x->is_head && guest_message_is_open())
		return http_answer(c, 200, headers, ARRAY_COUNT(headers),
				   (struct text){ 0 });
	if (batch_join(c, nonce, is_json, now_ns) != OK)
		return well_known_no_evidence(c);
	return ERR_AGAIN;
}

// The very bytes whose hash is in the evidence.
static enum err answer_policy(struct http_client *c, uint64_t now_ns)
{
	const struct exchange_header headers[] = {
		{ TEXT("Content-Type"), TEXT(CBOR) },
		{ TEXT("Cache-Control"), TEXT("no-store") },
	};
	const struct package *p = package();

	(void)now_ns;
	return http_answer(
		c, 200, headers, ARRAY_COUNT(headers),
		(struct text){ (const char *)p->policy, p->policy_bytes });
}

static const struct {
	const char *path; // below the root
	enum err (*answer)(struct http_client *c, uint64_t now_ns);
} places[] = {
	{ "", answer_root },
	{ "/", answer_root },
	{ "/evidence", answer_evidence },
	{ "/policy", answer_policy },
};

enum err well_known_answer(struct http_client *c, uint64_t now_ns)
{
	const struct exchange *x = c->x;
	struct text path = { x->target.path.at + root.length,
			     x->target.path.length - root.length };

	if (!x->is_head && !text_equal(x->head.method, TEXT("GET")))
		return answer_page(c, &page_method);
	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		if (text_equal(path, text_of(places[i].path)))
			return places[i].answer(c, now_ns);
	return answer_page(c, &page_none);
}

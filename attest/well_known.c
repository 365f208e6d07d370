// SPDX-License-Identifier: Apache-2.0
// The paths under /.well-known/anchorhold/. Without SEV-SNP there is no
// evidence and no policy; each says so in a form that a program can tell from
// a broken server.
#include "attest/well_known.h"

#include "attest/http_answer.h"
#include "base/num.h"

static const struct text root = { "/.well-known/anchorhold", 23 };

#define JSON "application/json"

struct page {
	const char *path; // below the root
	unsigned int status;
	const char *type;
	const char *body;
};

static const struct page page_root = {
	"/", 200, "text/plain; charset=utf-8",
	"This is an Anchorhold endpoint: one freestanding program that serves\n"
	"one app over TLS 1.3, made to run as a confidential guest.\n"
	"\n"
	"no evidence: this is not running under SEV-SNP\n"
	"\n"
	"/.well-known/anchorhold/evidence?nonce=N  evidence (N: 32 bytes,\n"
	"                                          base64url)\n"
	"/.well-known/anchorhold/policy            the policy in force\n"
};

static const struct page pages[] = {
	{ "/evidence", 501, JSON,
	  "{\"error\":\"unsupported\",\"message\":"
	  "\"no evidence: this is not running under SEV-SNP\"}\n" },
	{ "/policy", 501, JSON,
	  "{\"error\":\"unsupported\",\"message\":"
	  "\"this image carries no policy\"}\n" },
};

static const struct page page_bad_nonce = {
	"/evidence", 400, JSON,
	"{\"error\":\"bad-nonce\",\"message\":"
	"\"nonce must be exactly 32 bytes in base64url, without padding\"}\n"
};

static const struct page page_none = { "", 404, JSON,
				       "{\"error\":\"not-found\",\"message\":"
				       "\"nothing is at this path\"}\n" };

static const struct page page_method = {
	"", 405, JSON,
	"{\"error\":\"method-not-allowed\",\"message\":"
	"\"only GET and HEAD are answered here\"}\n"
};

bool well_known_owns(struct text path)
{
	return text_starts_with(path, root) &&
	       (path.length == root.length || path.at[root.length] == '/');
}

static int base64url_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

bool well_known_nonce_is_valid(struct text query)
{
	const struct text name = TEXT("nonce=");

	if (!text_starts_with(query, name) || query.length != name.length + 43)
		return false;
	for (size_t i = name.length; i < query.length; i++)
		if (base64url_value(query.at[i]) < 0)
			return false;
	return (base64url_value(query.at[query.length - 1]) & 3) == 0;
}

static const struct page *page_of(const struct exchange *x)
{
	struct text path = x->target.path;
	bool is_get = text_equal(x->head.method, TEXT("GET"));

	path = (struct text){ path.at + root.length,
			      path.length - root.length };
	if (!is_get && !x->is_head)
		return &page_method;
	if (path.length == 0 || text_equal(path, TEXT("/")))
		return &page_root;
	if (text_equal(path, TEXT("/evidence")) &&
	    !well_known_nonce_is_valid(x->target.query))
		return &page_bad_nonce;
	for (size_t i = 0; i < ARRAY_COUNT(pages); i++)
		if (text_equal(path, text_of(pages[i].path)))
			return &pages[i];
	return &page_none;
}

enum err well_known_answer(struct http_client *c)
{
	const struct page *page = page_of(c->x);
	const struct exchange_header headers[] = {
		{ TEXT("Content-Type"), text_of(page->type) },
		{ TEXT("Cache-Control"), TEXT("no-store") },
		{ TEXT("Allow"), TEXT("GET, HEAD") },
	};
	// RFC 9110 15.5.6: only 405 must name what is allowed.
	size_t count = page->status == 405 ? 3 : 2;

	return http_answer(c, page->status, headers, count,
			   text_of(page->body));
}

// SPDX-License-Identifier: Apache-2.0
// The head of a request. Every byte is looked at against a class; what no rule
// of RFC 9112 allows is refused, also what its leniencies (bare LF, obs-fold,
// other whitespace) would let a server repair: repairs are how two parsers
// come to disagree.
#include "attest/http_head.h"

#include <string.h>

#include "attest/http_chars.h"

enum err http_head_scan(struct http_scan *scan, const char *bytes, size_t count,
			size_t *head_bytes)
{
	while (scan->at < count) {
		const char *lf =
			memchr(bytes + scan->at, '\n', count - scan->at);
		if (!lf) {
			scan->at = count;
			return ERR_AGAIN;
		}
		size_t end = (size_t)(lf - bytes);
		if (end == scan->line || bytes[end - 1] != '\r')
			return ERR_BAD_INPUT;
		bool empty = end - 1 == scan->line;
		if (empty && scan->has_request_line) {
			*head_bytes = end + 1;
			return OK;
		}
		if (empty && scan->start)
			return ERR_BAD_INPUT;
		scan->line = scan->at = end + 1;
		if (empty)
			scan->start = end + 1;
		else
			scan->has_request_line = true;
	}
	return ERR_AGAIN;
}

// The bytes from `at` that are of `class`. A head ends in CR LF, and CR is in
// no class, so no run leaves the head.
static struct text run_of(const char *at, uint8_t class)
{
	size_t length = 0;

	while (http_char_is(at[length], class))
		length++;
	return (struct text){ at, length };
}

static bool is_line_end(const char *at)
{
	return at[0] == '\r' && at[1] == '\n';
}

// HTTP-version (RFC 9112 2.3), up to the end of the line. 505 for a version
// that is well-formed: an HTTP/2 preface ends here.
static enum http_refusal parse_version(struct text rest, unsigned int *minor)
{
	const char *v = rest.at;

	if (rest.length != 8 || memcmp(v, "HTTP/", 5) != 0 ||
	    !http_char_is(v[5], HTTP_CHAR_DIGIT) || v[6] != '.' ||
	    !http_char_is(v[7], HTTP_CHAR_DIGIT))
		return HTTP_BAD_REQUEST;
	if (v[5] != '1' || v[7] > '1')
		return HTTP_VERSION_UNSUPPORTED;
	*minor = (unsigned int)(v[7] - '0');
	return HTTP_NOT_REFUSED;
}

// request-line = method SP request-target SP HTTP-version (RFC 9112 3)
static enum http_refusal parse_request_line(struct text line,
					    struct http_head *out)
{
	struct text after_method;
	struct text version;

	if (line.length > HTTP_LINE_LIMIT)
		return HTTP_URI_TOO_LONG;
	out->method = run_of(line.at, HTTP_CHAR_TOKEN);
	if (out->method.length == 0 ||
	    text_cut(line, ' ', &line, &after_method) != OK ||
	    line.length != out->method.length ||
	    text_cut(after_method, ' ', &out->target, &version) != OK ||
	    out->target.length == 0)
		return HTTP_BAD_REQUEST;
	for (size_t i = 0; i < out->target.length; i++)
		if (out->target.at[i] <= ' ' || out->target.at[i] > '~')
			return HTTP_BAD_REQUEST;
	return parse_version(version, &out->minor);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct text trimmed(struct text t)
{
	while (t.length && is_blank(t.at[0])) {
		t.at++;
		t.length--;
	}
	while (t.length && is_blank(t.at[t.length - 1]))
		t.length--;
	return t;
}

struct text http_head_part(struct text *rest, char separator)
{
	struct text part = *rest;

	if (text_cut(*rest, separator, &part, rest) != OK)
		*rest = TEXT("");
	return trimmed(part);
}

// field-line = field-name ":" OWS field-value OWS (RFC 9112 5). A line that
// begins with a blank (obs-fold) has an empty name, a blank before the colon
// ends the name early: both are refused by that.
static enum http_refusal parse_field(const char **at,
				     struct exchange_header *out)
{
	const char *p = *at;

	out->name = run_of(p, HTTP_CHAR_TOKEN);
	p += out->name.length;
	if (out->name.length == 0 || *p != ':')
		return HTTP_BAD_REQUEST;
	p++;
	out->value = run_of(p, HTTP_CHAR_VALUE);
	p += out->value.length;
	if (!is_line_end(p))
		return HTTP_BAD_REQUEST;
	out->value = trimmed(out->value);
	*at = p + 2;
	return HTTP_NOT_REFUSED;
}

enum http_refusal http_head_parse(struct text head, struct http_head *out)
{
	struct text line;
	struct text rest;
	enum http_refusal refusal;

	// What run_of() and is_line_end() rely on.
	if (head.length < 4 ||
	    memcmp(head.at + head.length - 4, "\r\n\r\n", 4) != 0)
		return HTTP_BAD_REQUEST;
	if (text_cut(head, '\r', &line, &rest) != OK || rest.at[0] != '\n')
		return HTTP_BAD_REQUEST;
	refusal = parse_request_line(line, out);
	if (refusal)
		return refusal;

	const char *at = rest.at + 1;
	const char *end = head.at + head.length - 2;
	out->field_count = 0;
	while (at < end) {
		if (out->field_count == EXCHANGE_HEADER_LIMIT)
			return HTTP_HEAD_TOO_LARGE;
		refusal = parse_field(&at, &out->fields[out->field_count]);
		if (refusal)
			return refusal;
		out->field_count++;
	}
	return HTTP_NOT_REFUSED;
}

// SPDX-License-Identifier: Apache-2.0
// What the fields say about body, connection and host. Where RFC 9112 6.3 lets
// a server choose between repairing and refusing, this one refuses: two
// lengths, a length beside a coding, a coding in HTTP/1.0 are what request
// smuggling is made of.
#include "attest/http_framing.h"

#include "attest/http_chars.h"
#include "base/num.h"

struct judgement {
	struct http_framing *framing;
	unsigned int minor;
	bool says_close;
	bool says_keep_alive;
	bool has_expectation;
};

static enum http_refusal judge_length(struct judgement *j, struct text value)
{
	uint64_t length = 0;
	enum err e = text_to_u64(value, HTTP_BODY_LIMIT, &length);

	// Two fields are refused even when equal, as is a list (RFC 9110 8.6
	// would let a recipient take one of equal values).
	if (j->framing->has_length || (e != OK && e != ERR_TOO_BIG))
		return HTTP_BAD_REQUEST;
	if (e == ERR_TOO_BIG)
		return HTTP_CONTENT_TOO_LARGE;
	j->framing->has_length = true;
	j->framing->length = length;
	return HTTP_NOT_REFUSED;
}

static enum http_refusal judge_coding(struct judgement *j, struct text value)
{
	// RFC 9112 6.1: a coding in an HTTP/1.0 message has faulty framing.
	if (j->framing->is_chunked || j->minor == 0 || value.length == 0)
		return HTTP_BAD_REQUEST;
	if (!text_equal_nocase(value, TEXT("chunked"))) {
		struct text head = value;
		struct text rest;

		// `chunked` that isn't last, or twice, is malformed; what is
		// left are codings that nobody here knows.
		if (text_cut(value, ',', &head, &rest) == OK &&
		    text_equal_nocase(head, TEXT("chunked")))
			return HTTP_BAD_REQUEST;
		for (size_t i = 0; i < head.length; i++)
			if (!http_char_is(head.at[i], HTTP_CHAR_TOKEN))
				return HTTP_BAD_REQUEST;
		return HTTP_NOT_IMPLEMENTED;
	}
	j->framing->is_chunked = true;
	return HTTP_NOT_REFUSED;
}

static enum http_refusal judge_host(struct judgement *j, struct text value)
{
	if (j->framing->has_host || !http_host_is_valid(value))
		return HTTP_BAD_REQUEST;
	j->framing->has_host = true;
	j->framing->host = value;
	return HTTP_NOT_REFUSED;
}

// Connection = #connection-option (RFC 9110 7.6.1)
static enum http_refusal judge_connection(struct judgement *j,
					  struct text value)
{
	while (value.length) {
		struct text option = http_head_part(&value, ',');

		for (size_t i = 0; i < option.length; i++)
			if (!http_char_is(option.at[i], HTTP_CHAR_TOKEN))
				return HTTP_BAD_REQUEST;
		if (text_equal_nocase(option, TEXT("close")))
			j->says_close = true;
		if (text_equal_nocase(option, TEXT("keep-alive")))
			j->says_keep_alive = true;
	}
	return HTTP_NOT_REFUSED;
}

static enum http_refusal judge_expectation(struct judgement *j,
					   struct text value)
{
	// RFC 9110 10.1.1: a server ignores it in an HTTP/1.0 request.
	if (j->minor == 0)
		return HTTP_NOT_REFUSED;
	if (j->has_expectation ||
	    !text_equal_nocase(value, TEXT("100-continue")))
		return HTTP_EXPECTATION_FAILED;
	j->has_expectation = true;
	return HTTP_NOT_REFUSED;
}

static enum http_refusal judge_nothing(struct judgement *j, struct text value)
{
	(void)j;
	(void)value;
	return HTTP_NOT_REFUSED;
}

static const struct rule {
	const char *name;
	enum http_refusal (*judge)(struct judgement *j, struct text value);
	bool is_for_app;
} rules[] = {
	{ "host", judge_host, true },
	{ "connection", judge_connection, false },
	{ "content-length", judge_length, false },
	{ "transfer-encoding", judge_coding, false },
	{ "expect", judge_expectation, false },
	// Nothing of these is offered: no upgrade, no trailers.
	{ "keep-alive", judge_nothing, false },
	{ "proxy-connection", judge_nothing, false },
	{ "te", judge_nothing, false },
	{ "trailer", judge_nothing, false },
	{ "upgrade", judge_nothing, false },
	{ "http2-settings", judge_nothing, false },
};

// The rules' first letters, one bit each.
#define LETTER(c) (1u << ((c)&31))
#define FIRST_LETTERS                                                          \
	(LETTER('c') | LETTER('e') | LETTER('h') | LETTER('k') | LETTER('p') | \
	 LETTER('t') | LETTER('u'))

static const struct rule *rule_of(struct text name)
{
	// Most names end here.
	if (!(FIRST_LETTERS & LETTER(name.at[0])))
		return NULL;
	for (size_t i = 0; i < ARRAY_COUNT(rules); i++)
		if ((name.at[0] | 0x20) == rules[i].name[0] &&
		    text_equal_nocase(name, text_of(rules[i].name)))
			return &rules[i];
	return NULL;
}

static enum http_refusal judge_fields(struct http_head *head,
				      struct judgement *j)
{
	size_t kept = 0;

	for (size_t i = 0; i < head->field_count; i++) {
		const struct exchange_header *field = &head->fields[i];
		const struct rule *rule = rule_of(field->name);

		if (rule) {
			enum http_refusal refusal =
				rule->judge(j, field->value);
			if (refusal)
				return refusal;
		}
		if (!rule || rule->is_for_app)
			head->fields[kept++] = *field;
	}
	head->field_count = kept;
	return HTTP_NOT_REFUSED;
}

enum http_refusal http_framing_judge(struct http_head *head,
				     struct http_framing *out)
{
	*out = (struct http_framing){ 0 };
	struct judgement j = { .framing = out, .minor = head->minor };
	enum http_refusal refusal = judge_fields(head, &j);

	if (refusal)
		return refusal;
	if (out->is_chunked && out->has_length)
		return HTTP_BAD_REQUEST;
	if (head->minor == 1 && !out->has_host)
		return HTTP_BAD_REQUEST;
	// RFC 9112 9.3
	out->keep_alive = !j.says_close &&
			  (head->minor == 1 || j.says_keep_alive);
	out->expects_continue = j.has_expectation &&
				(out->is_chunked || out->length > 0);
	return HTTP_NOT_REFUSED;
}

static bool all_are(struct text t, uint8_t classes)
{
	for (size_t i = 0; i < t.length; i++)
		if (!http_char_is(t.at[i], classes))
			return false;
	return true;
}

// IPv6address in brackets, by its alphabet: the server compares it, and
// resolves nothing. The zone of RFC 6874 isn't let in.
static bool is_ip_literal(struct text t)
{
	size_t colons = 0;

	for (size_t i = 0; i < t.length; i++) {
		if (t.at[i] == ':')
			colons++;
		else if (t.at[i] != '.' &&
			 !http_char_is(t.at[i], HTTP_CHAR_HEX))
			return false;
	}
	return colons >= 2 && t.length <= 45;
}

// What follows the host: nothing, or ":" and a port.
static bool is_port_part(struct text rest)
{
	uint64_t port;

	if (rest.length == 0)
		return true;
	return rest.at[0] == ':' && rest.length <= 6 &&
	       text_to_u64((struct text){ rest.at + 1, rest.length - 1 }, 65535,
			   &port) == OK;
}

bool http_host_is_valid(struct text host)
{
	struct text name;
	struct text rest;

	if (host.length && host.at[0] == '[') {
		host.at++;
		host.length--;
		return text_cut(host, ']', &name, &rest) == OK &&
		       is_ip_literal(name) && is_port_part(rest);
	}
	if (text_cut(host, ':', &name, &rest) == OK) {
		rest = (struct text){ rest.at - 1, rest.length + 1 };
	} else {
		name = host;
		rest = (struct text){ 0 };
	}
	return name.length > 0 && name.length <= 255 &&
	       all_are(name, HTTP_CHAR_HOST) && is_port_part(rest);
}

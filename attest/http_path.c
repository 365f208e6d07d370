// SPDX-License-Identifier: Apache-2.0
// The target and the canonical path. Nothing is rewritten here: a path is
// taken as it stands or refused.
#include "attest/http_path.h"

#include "attest/http_chars.h"

// One byte of `path` from *at on, decoded if it is encoded as it must be.
// Fails without moving.
static bool next_byte(struct text path, size_t *at, uint8_t *byte,
		      bool *is_encoded)
{
	const char *p = path.at + *at;

	if (http_char_is(*p, HTTP_CHAR_PATH) || *p == '/') {
		*byte = (uint8_t)*p;
		*is_encoded = false;
		*at += 1;
		return true;
	}
	if (*p != '%' || path.length - *at < 3 ||
	    !http_char_is(p[1], HTTP_CHAR_UPPER_HEX) ||
	    !http_char_is(p[2], HTTP_CHAR_UPPER_HEX))
		return false;
	*byte = (uint8_t)(http_hex_value(p[1]) << 4 | http_hex_value(p[2]));
	*is_encoded = true;
	*at += 3;
	return true;
}

// Whether an encoded ASCII byte has to be encoded, and may be there at all.
static bool is_encodable(struct text path, size_t after, uint8_t byte)
{
	if (byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\')
		return false;
	if (byte == '%')
		return path.length - after < 2 ||
		       !http_char_is(path.at[after], HTTP_CHAR_HEX) ||
		       !http_char_is(path.at[after + 1], HTTP_CHAR_HEX);
	return !http_char_is((char)byte, HTTP_CHAR_PATH);
}

// The rest of a UTF-8 sequence that begins with `lead`, all of it encoded
// (RFC 3629 4: no overlong form, no surrogate, nothing above U+10FFFF).
static bool skip_utf8_tail(struct text path, size_t *at, uint8_t lead)
{
	unsigned int tail = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
	uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	if (lead < 0xc2 || lead > 0xf4)
		return false;
	for (; tail; tail--) {
		uint8_t byte;
		bool is_encoded;

		if (*at == path.length ||
		    !next_byte(path, at, &byte, &is_encoded) || !is_encoded ||
		    byte < low || byte > high)
			return false;
		low = 0x80;
		high = 0xbf;
	}
	return true;
}

// A segment, whose text is path[start..end), that steers instead of naming.
static bool is_dot_segment(struct text path, size_t start, size_t end)
{
	size_t dots = 0;

	while (start + dots < end && path.at[start + dots] == '.')
		dots++;
	return (dots == 1 || dots == 2) &&
	       (start + dots == end || path.at[start + dots] == ';');
}

bool http_path_is_canonical(struct text path)
{
	size_t at = 1;
	size_t segment = 1;

	if (path.length == 0 || path.at[0] != '/')
		return false;
	while (at < path.length) {
		uint8_t byte;
		bool is_encoded;

		if (!next_byte(path, &at, &byte, &is_encoded))
			return false;
		if (is_encoded) {
			if (byte < 0x80 ? !is_encodable(path, at, byte)
					: !skip_utf8_tail(path, &at, byte))
				return false;
		} else if (byte == '/') {
			size_t end = at - 1;
			if (end == segment ||
			    is_dot_segment(path, segment, end))
				return false;
			segment = at;
		}
	}
	return !is_dot_segment(path, segment, path.length);
}

bool http_query_is_valid(struct text query)
{
	for (size_t i = 0; i < query.length; i++) {
		char c = query.at[i];

		if (http_char_is(c, HTTP_CHAR_PATH) || c == '/' || c == '?')
			continue;
		if (c != '%' || query.length - i < 3 ||
		    !http_char_is(query.at[i + 1], HTTP_CHAR_HEX) ||
		    !http_char_is(query.at[i + 2], HTTP_CHAR_HEX))
			return false;
		i += 2;
	}
	return true;
}

// origin-form = absolute-path [ "?" query ]
static enum http_refusal parse_origin_form(struct text target,
					   struct http_target *out)
{
	struct http_target parsed = { .path = target };

	if (text_cut(target, '?', &parsed.path, &parsed.query) != OK)
		parsed.query = (struct text){ "", 0 };
	if (!http_path_is_canonical(parsed.path) ||
	    !http_query_is_valid(parsed.query))
		return HTTP_BAD_REQUEST;
	*out = parsed;
	return HTTP_NOT_REFUSED;
}

// absolute-form, for https and for the host of the Host field only: this
// server is nobody's proxy. RFC 9112 3.2.2 would have the target's authority
// override the field; where the two differ, someone is being fooled.
static enum http_refusal parse_absolute_form(struct text target,
					     struct text host,
					     struct http_target *out)
{
	const struct text scheme = TEXT("https://");

	if (target.length < scheme.length ||
	    !text_equal_nocase((struct text){ target.at, scheme.length },
			       scheme))
		return HTTP_BAD_REQUEST;
	target.at += scheme.length;
	target.length -= scheme.length;
	if (host.length == 0 || target.length <= host.length ||
	    !text_equal_nocase((struct text){ target.at, host.length }, host))
		return HTTP_BAD_REQUEST;
	target.at += host.length;
	target.length -= host.length;
	return parse_origin_form(target, out);
}

enum http_refusal http_target_parse(const struct http_head *head,
				    struct text host, struct http_target *out)
{
	struct text target = head->target;

	// authority-form is CONNECT's alone (RFC 9112 3.2.3), and CONNECT isn't
	// implemented for any resource (RFC 9110 15.6.2).
	if (text_equal(head->method, TEXT("CONNECT")))
		return HTTP_NOT_IMPLEMENTED;
	if (target.at[0] == '/')
		return parse_origin_form(target, out);
	if (text_equal(target, TEXT("*"))) {
		if (!text_equal(head->method, TEXT("OPTIONS")))
			return HTTP_BAD_REQUEST;
		*out = (struct http_target){ .is_asterisk = true };
		return HTTP_NOT_REFUSED;
	}
	return parse_absolute_form(target, host, out);
}

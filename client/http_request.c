// SPDX-License-Identifier: Apache-2.0
#include "client/http_request.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"

// What says where a request ends and what becomes of the connection.
static const char *const own_fields[] = {
	"Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect",
	"TE",   "Trailer",        "Upgrade",
};

// RFC 9110, 5.6.2
static bool is_token(const char *text)
{
	return *text &&
	       text[strspn(text, "!#$%&'*+-.^_`|~0123456789"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

static bool is_value(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') ||
		    *text == 0x7f)
			return false;
	return true;
}

static bool is_target(const char *text)
{
	if (*text != '/')
		return false;
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f)
			return false;
	return true;
}

static bool is_own(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(own_fields); i++)
		if (text_equal_nocase(text_of(name), text_of(own_fields[i])))
			return true;
	return false;
}

static const char *complaint(const struct anchorhold_request *request)
{
	if (!is_token(request->method))
		return "the method can't stand in HTTP";
	if (!is_target(request->target))
		return "the path can't stand in HTTP";
	for (size_t i = 0; i < request->field_count; i++) {
		const struct anchorhold_field *field = &request->fields[i];

		if (!is_token(field->name) || !is_value(field->value))
			return "a header can't stand in HTTP";
		if (is_own(field->name))
			return "a header is given that isn't for the caller to "
			       "write";
	}
	return NULL;
}

static enum err write_field(struct writer *w, const char *name,
			    const char *value)
{
	TRY(write_text(w, name));
	TRY(write_text(w, ": "));
	TRY(write_text(w, value));
	return write_text(w, "\r\n");
}

enum err http_request_write(struct writer *w, const char *authority,
			    const struct anchorhold_request *request,
			    const char **why)
{
	*why = complaint(request);
	if (*why)
		return ERR_BAD_INPUT;
	*why = "the request's head is too big";
	TRY(write_text(w, request->method));
	TRY(write_text(w, " "));
	TRY(write_text(w, request->target));
	TRY(write_text(w, " HTTP/1.1\r\n"));
	TRY(write_field(w, "Host", authority));
	for (size_t i = 0; i < request->field_count; i++)
		TRY(write_field(w, request->fields[i].name,
				request->fields[i].value));
	if (request->has_body) {
		TRY(write_text(w, "Content-Length: "));
		TRY(write_decimal(w, request->body.count));
		TRY(write_text(w, "\r\n"));
	}
	return write_text(w, "\r\n");
}

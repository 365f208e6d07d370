// SPDX-License-Identifier: Apache-2.0
// The head of a reply. Neither Date (no clock) nor Server (nothing to tell) is
// sent.
#include "attest/http_reply.h"

#include "attest/http_chars.h"
#include "attest/http_status.h"
#include "base/num.h"

// Framing and connection are made here alone; the app has no clock for Date.
static const char *const refused_names[] = {
	"connection",        "content-length",   "date", "http2-settings",
	"keep-alive",        "proxy-connection", "te",   "trailer",
	"transfer-encoding", "upgrade",
};

static bool is_refused_name(struct text name)
{
	for (size_t i = 0; i < ARRAY_COUNT(refused_names); i++)
		if ((name.at[0] | 0x20) == refused_names[i][0] &&
		    text_equal_nocase(name, text_of(refused_names[i])))
			return true;
	return false;
}

static bool all_are(struct text t, uint8_t classes)
{
	for (size_t i = 0; i < t.length; i++)
		if (!http_char_is(t.at[i], classes))
			return false;
	return true;
}

static bool has_no_body(unsigned int status)
{
	return status == 204 || status == 205 || status == 304;
}

enum err http_reply_check(unsigned int status,
			  const struct exchange_header *headers, size_t count,
			  uint64_t length)
{
	if (status < 200 || status > 599 ||
	    count > EXCHANGE_REPLY_HEADER_LIMIT ||
	    (has_no_body(status) && length != 0))
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < count; i++)
		if (headers[i].name.length == 0 ||
		    !all_are(headers[i].name, HTTP_CHAR_TOKEN) ||
		    !all_are(headers[i].value, HTTP_CHAR_VALUE) ||
		    is_refused_name(headers[i].name))
			return ERR_BAD_INPUT;
	return OK;
}

static enum err write_view(struct writer *w, struct text t)
{
	return write_bytes(w, t.at, t.length);
}

static enum err write_framing(struct writer *w, const struct http_reply *reply)
{
	switch (reply->framing) {
	case HTTP_REPLY_LENGTH:
		TRY(write_view(w, TEXT("Content-Length: ")));
		TRY(write_decimal(w, reply->length));
		return write_view(w, TEXT("\r\n"));
	case HTTP_REPLY_CHUNKED:
		return write_view(w, TEXT("Transfer-Encoding: chunked\r\n"));
	case HTTP_REPLY_BARE:
	case HTTP_REPLY_UNTIL_CLOSE:
		break;
	}
	return OK;
}

static enum err write_connection(struct writer *w,
				 const struct http_reply *reply)
{
	switch (reply->connection) {
	case HTTP_REPLY_CLOSE:
		return write_view(w, TEXT("Connection: close\r\n"));
	case HTTP_REPLY_KEEP_ALIVE:
		return write_view(w, TEXT("Connection: keep-alive\r\n"));
	case HTTP_REPLY_PERSISTS:
		break;
	}
	return OK;
}

enum err http_reply_write(struct writer *w, const struct http_reply *reply)
{
	TRY(write_view(w, TEXT("HTTP/1.1 ")));
	TRY(write_decimal(w, reply->status));
	TRY(write_view(w, TEXT(" ")));
	TRY(write_text(w, http_status_phrase(reply->status)));
	TRY(write_view(w, TEXT("\r\n")));
	for (size_t i = 0; i < reply->header_count; i++) {
		TRY(write_view(w, reply->headers[i].name));
		TRY(write_view(w, TEXT(": ")));
		TRY(write_view(w, reply->headers[i].value));
		TRY(write_view(w, TEXT("\r\n")));
	}
	TRY(write_framing(w, reply));
	TRY(write_connection(w, reply));
	return write_view(w, TEXT("\r\n"));
}

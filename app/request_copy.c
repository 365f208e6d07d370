// SPDX-License-Identifier: Apache-2.0
// A request's head, copied into the app's own memory.
#include "app/request_copy.h"

#include "attest/http_head.h"
#include "base/bytes.h"
#include "base/num.h"

// Each string of a head is followed by at least one byte of the head that
// becomes its NUL, but for the query; so this much is always enough.
_Static_assert(APP_REQUEST_BYTES >= HTTP_HEAD_LIMIT + 1 +
					    EXCHANGE_HEADER_LIMIT *
						    sizeof(struct app_header) +
					    _Alignof(struct app_header),
	       "any head fits");

static enum err copy_text(struct writer *w, struct text t, const char **out)
{
	const char *at = (const char *)w->start + w->used;

	TRY(write_bytes(w, t.at, t.length));
	TRY(write_bytes(w, "", 1));
	*out = at;
	return OK;
}

// The headers' table stands first, aligned.
static enum err copy_headers(struct writer *w,
			     const struct exchange_request *request,
			     const struct app_header **out)
{
	uintptr_t start = (uintptr_t)w->start;
	size_t skip =
		(size_t)(align_up(start, _Alignof(struct app_header)) - start);
	size_t bytes = request->header_count * sizeof(struct app_header);

	if (skip > w->capacity || bytes > w->capacity - skip)
		return ERR_TOO_BIG;
	struct app_header *table = (void *)(w->start + skip);
	w->used = skip + bytes;
	for (size_t i = 0; i < request->header_count; i++) {
		const struct exchange_header *header = &request->headers[i];
		struct app_header copy = { 0 };

		TRY(copy_text(w, header->name, &copy.name));
		TRY(copy_text(w, header->value, &copy.value));
		table[i] = copy;
	}
	*out = table;
	return OK;
}

enum err request_copy(const struct exchange_request *request, void *buffer,
		      size_t capacity, struct app_request *out)
{
	struct writer w = writer_of(buffer, capacity);
	struct app_request copy = {
		.header_count = request->header_count,
		.body_length = request->body_length_known ? request->body_length
							  : APP_LENGTH_UNKNOWN,
	};

	TRY(copy_headers(&w, request, &copy.headers));
	TRY(copy_text(&w, request->method, &copy.method));
	TRY(copy_text(&w, request->path, &copy.path));
	TRY(copy_text(&w, request->query, &copy.query));
	*out = copy;
	return OK;
}

// SPDX-License-Identifier: Apache-2.0
// Bytes to one client.
#include "attest/http_output.h"

#include <stdlib.h>
#include <string.h>

static enum err keep(struct http_output *o, const uint8_t *bytes, size_t count)
{
	uint8_t *grown = realloc(o->pending, o->end + count);

	if (!grown)
		return ERR_NO_MEMORY;
	memcpy(grown + o->end, bytes, count);
	o->pending = grown;
	o->end += count;
	return OK;
}

// Writes until all is gone or there is no room; *left is what remains.
static enum err write_some(struct tls_session *s, const uint8_t *bytes,
			   size_t *left)
{
	while (*left) {
		size_t count = 0;
		enum err e = tls_write(s, bytes, *left, &count);
		if (e == ERR_AGAIN)
			return OK;
		TRY(e);
		bytes += count;
		*left -= count;
	}
	return OK;
}

enum err http_output_push(struct http_output *o, struct tls_session *s,
			  const void *bytes, size_t count)
{
	const uint8_t *p = bytes;
	size_t left = count;

	if (!o->pending)
		TRY(write_some(s, p, &left));
	return left ? keep(o, p + count - left, left) : OK;
}

enum err http_output_drain(struct http_output *o, struct tls_session *s)
{
	size_t left = o->end - o->at;

	if (!o->pending)
		return OK;
	TRY(write_some(s, o->pending + o->at, &left));
	o->at = o->end - left;
	if (left)
		return ERR_AGAIN;
	http_output_free(o);
	return OK;
}

enum err http_output_flush(struct http_output *o, struct tls_session *s)
{
	TRY(http_output_drain(o, s));
	return tls_flush(s);
}

void http_output_free(struct http_output *o)
{
	free(o->pending);
	*o = (struct http_output){ 0 };
}

// SPDX-License-Identifier: Apache-2.0
// The app's side of each SDK call: words in, one word out. In ring 3 the same
// words go into registers.
#include "app/sdk/anchorhold.h"

#include "app/call.h"

static uint64_t word_of(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static int64_t call(struct app_call c)
{
	runtime_call(&c);
	return c.result;
}

int app_next_request(struct app_request *request, void *buffer, size_t capacity)
{
	return (int)call((struct app_call){
		APP_CALL_NEXT_REQUEST,
		{ word_of(request), word_of(buffer), capacity },
		0 });
}

int64_t app_read_body(void *out, size_t capacity)
{
	return call((struct app_call){
		APP_CALL_READ_BODY, { word_of(out), capacity }, 0 });
}

int app_reply(unsigned int status, const struct app_header *headers,
	      size_t header_count, const void *body, size_t body_bytes)
{
	return (int)call(
		(struct app_call){ APP_CALL_REPLY,
				   { status, word_of(headers), header_count,
				     word_of(body), body_bytes },
				   0 });
}

int app_reply_begin(unsigned int status, const struct app_header *headers,
		    size_t header_count, uint64_t length)
{
	return (int)call((struct app_call){
		APP_CALL_REPLY_BEGIN,
		{ status, word_of(headers), header_count, length },
		0 });
}

int app_reply_write(const void *bytes, size_t count)
{
	return (int)call((struct app_call){
		APP_CALL_REPLY_WRITE, { word_of(bytes), count }, 0 });
}

int app_reply_end(void)
{
	return (int)call((struct app_call){ APP_CALL_REPLY_END, { 0 }, 0 });
}

int app_random(void *out, size_t count)
{
	return (int)call((struct app_call){
		APP_CALL_RANDOM, { word_of(out), count }, 0 });
}

uint64_t app_time_ns(void)
{
	return (uint64_t)call((struct app_call){ APP_CALL_TIME, { 0 }, 0 });
}

int app_seal(const void *context, size_t context_bytes, const void *plain,
	     size_t count, void *sealed, size_t *sealed_bytes)
{
	return (int)call((struct app_call){
		APP_CALL_SEAL,
		{ word_of(context), context_bytes, word_of(plain), count,
		  word_of(sealed), word_of(sealed_bytes) },
		0 });
}

int app_unseal(const void *context, size_t context_bytes, const void *sealed,
	       size_t count, void *plain, size_t *plain_bytes)
{
	return (int)call((struct app_call){
		APP_CALL_UNSEAL,
		{ word_of(context), context_bytes, word_of(sealed), count,
		  word_of(plain), word_of(plain_bytes) },
		0 });
}

int app_log(const char *line)
{
	return (int)call(
		(struct app_call){ APP_CALL_LOG, { word_of(line) }, 0 });
}

int app_connect(const char *peer)
{
	return (int)call(
		(struct app_call){ APP_CALL_CONNECT, { word_of(peer) }, 0 });
}

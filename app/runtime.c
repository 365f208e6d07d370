// SPDX-License-Identifier: Apache-2.0
// The app's runtime. The app leaves with a call; the loop performs it as far
// as it goes, and enters the app again once it is done. What the app passes is
// judged here, each time, as if it came from ring 3.
#include "app/runtime.h"

#include <string.h>

#include "app/call.h"
#include "app/loader.h"
#include "app/log_call.h"
#include "app/request_copy.h"
#include "app/sdk/anchorhold.h"
#include "app/seal_call.h"
#include "attest/exchange.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/cpu/coroutine.h"
#include "kernel/halt.h"
#include "kernel/time/clock.h"
#include "tls/key.h"

// Requests ended in one turn of the loop, before the network has its own; and
// calls, since an app may call for ever without ending a request.
#define REQUESTS_PER_TURN 16
#define CALLS_PER_TURN 1024
// Bytes sealed, opened or made at random in one turn; one call may go past it.
#define CRYPTO_BYTES_PER_TURN (1u * MIB)
// Longer than any name or value that still fits into a reply's head.
#define HEADER_TEXT_LIMIT (8u * KIB)

static struct {
	struct coroutine flow;
	struct app_call *call; // what the app waits for
	bool is_blocked;       // it was tried, and the client has to act first
	struct exchange *x;    // the request being answered
	bool has_reply;        // its reply was begun
	size_t written;        // bytes of the present call that are done
	unsigned int ended;    // requests, this turn
	size_t crypto_left;    // bytes, this turn
} app;

static int64_t result_of(enum err e)
{
	switch (e) {
	case OK:
		return APP_OK;
	case ERR_BAD_INPUT:
		return APP_BAD_ARGUMENT;
	case ERR_TOO_BIG:
		return APP_TOO_BIG;
	case ERR_NO_MEMORY:
		return APP_NO_MEMORY;
	default:
		return APP_CLIENT_GONE;
	}
}

// By exchange_end, or by exchange_leave where the app didn't say so.
static void end_request(void (*end)(struct exchange *x))
{
	struct exchange *x = app.x;

	if (!x)
		return;
	app.x = NULL;
	app.has_reply = false;
	app.ended++;
	end(x);
}

// Each of these performs one call: ERR_AGAIN if it must be tried again, else
// OK with the result set.

static enum err next_request(struct app_call *call)
{
	struct app_request *request = call_pointer(call->word[0]);
	void *buffer = call_pointer(call->word[1]);
	enum err e;

	if (!request || !buffer) {
		call->result = APP_BAD_ARGUMENT;
		return OK;
	}
	end_request(exchange_leave);
	TRY(exchange_next(&app.x));
	e = request_copy(exchange_request(app.x), buffer, (size_t)call->word[2],
			 request);
	if (e != OK)
		end_request(exchange_leave);
	call->result = result_of(e);
	return OK;
}

static enum err read_body(struct app_call *call)
{
	uint8_t *out = call_pointer(call->word[0]);
	size_t capacity = (size_t)call->word[1];
	size_t count = 0;
	enum err e;

	if (!app.x || !out || capacity == 0) {
		call->result = app.x ? APP_BAD_ARGUMENT : APP_NO_REQUEST;
		return OK;
	}
	e = exchange_read(app.x, out, capacity, &count);
	if (e == ERR_AGAIN)
		return e;
	if (e == ERR_CLOSED)
		e = OK;
	call->result = e == OK ? (int64_t)count : result_of(e);
	return OK;
}

// A string of the app's, of bounded length.
static enum err view_string(const char *string, struct text *out)
{
	size_t length;

	if (!string)
		return ERR_BAD_INPUT;
	length = strnlen(string, HEADER_TEXT_LIMIT);
	if (length == HEADER_TEXT_LIMIT)
		return ERR_TOO_BIG;
	*out = (struct text){ string, length };
	return OK;
}

static enum err begin_reply(const struct app_call *call, uint64_t length)
{
	struct exchange_header views[APP_REPLY_HEADER_LIMIT];
	const struct app_header *headers = call_pointer(call->word[1]);
	uint64_t count = call->word[2];
	enum err e;

	_Static_assert(APP_REPLY_HEADER_LIMIT == EXCHANGE_REPLY_HEADER_LIMIT &&
			       APP_LENGTH_UNKNOWN == EXCHANGE_CHUNKED,
		       "one limit, one mark");
	if (count > ARRAY_COUNT(views) || (count && !headers) ||
	    call->word[0] > 599)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < count; i++) {
		struct app_header header = headers[i];

		TRY(view_string(header.name, &views[i].name));
		TRY(view_string(header.value, &views[i].value));
	}
	e = exchange_reply(app.x, (unsigned int)call->word[0], views,
			   (size_t)count, length);
	app.has_reply = e == OK || e == ERR_RESET;
	return e;
}

// Whether the call may begin a reply now; if not, its result says why.
static bool may_begin(struct app_call *call)
{
	call->result = !app.x          ? APP_NO_REQUEST
		       : app.has_reply ? APP_WRONG_STATE
				       : APP_OK;
	return call->result == APP_OK;
}

static enum err reply_begin(struct app_call *call)
{
	if (may_begin(call))
		call->result = result_of(begin_reply(call, call->word[3]));
	return OK;
}

// Writes on from where the last try of the same call came to.
static enum err write_all(const uint8_t *bytes, size_t count)
{
	if (count && !bytes)
		return ERR_BAD_INPUT;
	while (app.written < count) {
		size_t n = 0;

		TRY(exchange_write(app.x, bytes + app.written,
				   count - app.written, &n));
		app.written += n;
	}
	return OK;
}

static enum err reply_write(struct app_call *call)
{
	enum err e;

	if (!app.x || !app.has_reply) {
		call->result = app.x ? APP_WRONG_STATE : APP_NO_REQUEST;
		return OK;
	}
	e = write_all(call_pointer(call->word[0]), (size_t)call->word[1]);
	call->result = result_of(e);
	return e == ERR_AGAIN ? e : OK;
}

static enum err reply_end(struct app_call *call)
{
	if (!app.x || !app.has_reply) {
		call->result = app.x ? APP_WRONG_STATE : APP_NO_REQUEST;
		return OK;
	}
	end_request(exchange_end);
	call->result = APP_OK;
	return OK;
}

static enum err reply(struct app_call *call)
{
	const uint8_t *body = call_pointer(call->word[3]);
	size_t count = (size_t)call->word[4];
	enum err e = OK;

	// A call that waits has begun its own reply already.
	if (!app.is_blocked) {
		if (!may_begin(call))
			return OK;
		e = count && !body ? ERR_BAD_INPUT : begin_reply(call, count);
	}
	if (e == OK)
		e = write_all(body, count);
	if (e == ERR_AGAIN)
		return e;
	if (e == OK)
		end_request(exchange_end);
	call->result = result_of(e);
	return OK;
}

static void spend(size_t bytes)
{
	app.crypto_left -= min_size(bytes, app.crypto_left);
}

// As far as this turn goes.
static enum err random_bytes(struct app_call *call)
{
	uint8_t *out = call_pointer(call->word[0]);
	size_t left = (size_t)call->word[1] - app.written;
	size_t count = min_size(left, app.crypto_left);

	if (!out) {
		call->result = APP_BAD_ARGUMENT;
		return OK;
	}
	if (tls_random(out + app.written, count) != OK)
		// An app that overlooks the result would use what is there.
		halt(HALT_NO_ENTROPY, "no random bytes for the app");
	app.written += count;
	spend(count);
	call->result = APP_OK;
	return count < left ? ERR_AGAIN : OK;
}

static enum err seal_bytes(struct app_call *call)
{
	spend((size_t)call->word[3]);
	return seal_call_seal(call);
}

static enum err unseal_bytes(struct app_call *call)
{
	spend((size_t)call->word[3]);
	return seal_call_unseal(call);
}

static enum err time_now(struct app_call *call)
{
	call->result = (int64_t)clock_now_ns();
	return OK;
}

static enum err unsupported(struct app_call *call)
{
	call->result = APP_UNSUPPORTED;
	return OK;
}

static enum err (*const calls[APP_CALL_COUNT])(struct app_call *) = {
	[0] = unsupported,
	[APP_CALL_NEXT_REQUEST] = next_request,
	[APP_CALL_READ_BODY] = read_body,
	[APP_CALL_REPLY] = reply,
	[APP_CALL_REPLY_BEGIN] = reply_begin,
	[APP_CALL_REPLY_WRITE] = reply_write,
	[APP_CALL_REPLY_END] = reply_end,
	[APP_CALL_RANDOM] = random_bytes,
	[APP_CALL_TIME] = time_now,
	[APP_CALL_SEAL] = seal_bytes,
	[APP_CALL_UNSEAL] = unseal_bytes,
	[APP_CALL_LOG] = log_call,
	[APP_CALL_CONNECT] = unsupported,
};

void runtime_call(struct app_call *call)
{
	app.call = call;
	coroutine_leave(&app.flow);
}

static void run_app(void)
{
	(void)app_entry();
	halt(HALT_APP, "the app's main() returned");
}

enum err runtime_init(void)
{
	return coroutine_init(&app.flow, RUNTIME_STACK_BYTES, run_app);
}

// Whether trying the app's call may lead to anything.
static bool is_worth_trying(void)
{
	return !app.is_blocked || !app.x || exchange_is_ready(app.x);
}

// Whether the app's call is done.
static bool perform_call(void)
{
	struct app_call *call = app.call;
	uint64_t number = call->number < APP_CALL_COUNT ? call->number : 0;

	if (calls[number](call) == ERR_AGAIN) {
		// Else the turn alone has ended.
		app.is_blocked = app.crypto_left > 0;
		return false;
	}
	app.is_blocked = false;
	app.call = NULL;
	app.written = 0;
	return true;
}

bool runtime_poll(void)
{
	bool has_run = false;

	app.ended = 0;
	app.crypto_left = CRYPTO_BYTES_PER_TURN;
	for (unsigned int tries = 0; tries < CALLS_PER_TURN; tries++) {
		if (app.ended >= REQUESTS_PER_TURN || app.crypto_left == 0)
			break;
		if (app.call && !is_worth_trying())
			break;
		if (app.call && !perform_call()) {
			// The try may have set a deadline, which the caller
			// must hear of before it sleeps.
			has_run = has_run || app.x || !app.is_blocked;
			break;
		}
		coroutine_enter(&app.flow);
		CHECK(app.call);
		has_run = true;
	}
	return has_run;
}

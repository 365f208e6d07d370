// SPDX-License-Identifier: Apache-2.0
// One client: its connection, and the request on it that is being read,
// answered or waited for. Requests of one connection are taken one at a time
// and answered in order (RFC 9112 9.3.2); what is pipelined waits in the
// buffers below, and when these are full, in the client.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attest/exchange.h"
#include "attest/http_body.h"
#include "attest/http_framing.h"
#include "attest/http_head.h"
#include "attest/http_intake.h"
#include "attest/http_output.h"
#include "attest/http_pace.h"
#include "attest/http_path.h"
#include "attest/http_status.h"
#include "attest/server.h"
#include "base/evidence_form.h"
#include "base/num.h"
#include "tls/session.h"

// A head must be complete this long after its first byte, and the first one
// after the handshake.
#define HTTP_HEAD_NS (10 * NS_PER_SECOND)
// Between requests; the second figure while clients are many.
#define HTTP_IDLE_NS (60 * NS_PER_SECOND)
#define HTTP_IDLE_CROWDED_NS (5 * NS_PER_SECOND)
#define HTTP_CROWD 192 // clients, of CONN_LIMIT
// Waiting for a share of the body budget, then 503.
#define HTTP_ADMIT_NS (10 * NS_PER_SECOND)
// Pace of a body until the app may see the request.
#define HTTP_GATHER_GRACE_NS (10 * NS_PER_SECOND)
#define HTTP_GATHER_TOTAL_NS (30 * NS_PER_SECOND)
// Waiting for the app, then 503.
#define HTTP_QUEUE_NS (60 * NS_PER_SECOND)
// Pace while the app itself waits for the client, reading or writing. The
// third figure is for the waiting that falls into times when others are queued
// for the app: so a client holds them up for that long at most, whatever its
// pace, and however long it had the app to itself before.
#define HTTP_APP_GRACE_NS (2 * NS_PER_SECOND)
#define HTTP_APP_TOTAL_NS (120 * NS_PER_SECOND)
#define HTTP_APP_CONTENDED_NS (10 * NS_PER_SECOND)
// Sending the rest of an answer, and reading over the rest of a body.
#define HTTP_FINISH_NS (10 * NS_PER_SECOND)
#define HTTP_DISCARD_LIMIT (64u * KIB) // bytes of such a rest
// After an answer that ends the connection while the client may still be
// sending: its bytes are read over, so that the answer isn't lost to a reset
// (RFC 9112 9.6).
#define HTTP_LINGER_NS (1 * NS_PER_SECOND)
#define HTTP_LINGER_LIMIT (256u * KIB)

enum http_client_state {
	HTTP_CLIENT_HEAD,     // between requests, or a head is coming
	HTTP_CLIENT_ADMIT,    // the body waits for a share of the budget
	HTTP_CLIENT_BODY,     // the body is gathered
	HTTP_CLIENT_QUEUED,   // the request waits for the app
	HTTP_CLIENT_APP,      // the app has it
	HTTP_CLIENT_EVIDENCE, // a report is awaited (attest/batch.h)
	HTTP_CLIENT_FINISH, // the answer goes out, the rest of the body is read
	HTTP_CLIENT_LINGER, // the last answer goes out
};

struct http_client;

// A line of clients, oldest first. A client stands in one at most.
struct http_line {
	struct http_client *first, *last;
};

struct http_client {
	struct tls_session *session;
	struct exchange *x; // NULL while idle
	struct http_output out;
	struct http_line *line;
	struct http_client *older, *newer;
	uint64_t deadline_ns;
	uint64_t idle_since_ns;
	uint32_t discarded; // bytes read over since the answer
	enum http_client_state state;
	bool head_begun;
	bool keep_alive;  // the connection may outlive this request
	bool peer_closed; // the client sends no more
	bool is_flushed;  // lingering: the answer went out
};

// One request, from the first byte of its head until it is answered. `client`
// becomes NULL when the client is gone or was given up while the app has it.
struct exchange {
	struct exchange_request request;
	struct http_client *client;
	struct http_framing framing;
	struct http_target target;
	struct http_intake intake;
	struct http_body body;
	uint64_t body_total; // bytes that came
	struct http_pace pace;
	uint64_t reply_left; // bytes that may follow; UINT64_MAX: any number
	uint64_t chunk_left; // bytes missing in the chunk that was begun
	struct evidence_hash leaf; // while evidence is awaited
	uint32_t leaf_index;
	bool wants_json; // evidence as JSON
	bool is_head;    // the answer's body is not sent
	bool has_reply;  // its head was written
	bool reply_is_chunked;
	bool is_ready;         // something changed since the last ERR_AGAIN
	struct http_head head; // last, since it is large and needn't be zeroed
};

enum http_step {
	HTTP_STEP_ON,   // the state changed: go on
	HTTP_STEP_WAIT, // until something changes or the deadline comes
	HTTP_STEP_GONE, // the client was freed
};

extern struct server_figures http_counts; // body bytes are kept elsewhere
// http_queue waits for the app; http_served are those whose request it has.
extern struct http_line http_idle, http_waiting, http_queue, http_served;

// tls_handler's two functions.
void *http_client_opened(struct tls_session *s);
void http_client_ready(void *owner);

// Goes on with `c` from the state that it was put in.
void http_client_run(struct http_client *c, uint64_t now_ns);
// Has http_client_run() called at `deadline_ns` at the latest.
void http_client_wait(struct http_client *c, uint64_t deadline_ns);
// Ends the connection: in order, or broken so that the client can't take a
// part of an answer for the whole. An exchange that the app has lives on.
enum http_step http_client_close(struct http_client *c);
enum http_step http_client_abort(struct http_client *c);
// Answers with an error and ends the connection; an answer that has begun is
// broken off instead.
enum http_step http_client_refuse(struct http_client *c,
				  enum http_refusal refusal, uint64_t now_ns);
// The answer is complete: send it, and go on with the next request.
enum http_step http_client_finish(struct http_client *c, uint64_t now_ns);

// A head is complete: judges it and finds who answers.
enum http_step http_request_begin(struct http_client *c, struct text head,
				  uint64_t now_ns);
enum http_step http_request_admit(struct http_client *c, uint64_t now_ns);
enum http_step http_request_body(struct http_client *c, uint64_t now_ns);
enum http_step http_request_queued(struct http_client *c, uint64_t now_ns);
enum http_step http_request_app(struct http_client *c, uint64_t now_ns);
enum http_step http_request_evidence(struct http_client *c, uint64_t now_ns);
// Moves body bytes from the client into the window. OK: the body is complete.
// ERR_AGAIN: the window is full, or no byte is there.
enum err http_request_gather(struct exchange *x, uint64_t now_ns);

// The exchange's memory. NULL without memory.
struct exchange *exchange_new(struct http_client *c);
void exchange_free(struct exchange *x);
// Makes it the next request's: what came of that stays in the intake.
void exchange_reuse(struct exchange *x);
// Takes the body's memory back and lets the next one in.
void exchange_drop_body(struct exchange *x);

void http_line_join(struct http_line *line, struct http_client *c);
void http_line_leave(struct http_client *c);

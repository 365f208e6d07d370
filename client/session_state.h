// SPDX-License-Identifier: Apache-2.0
// What the files of a session share.
#pragma once

#include "client/http_body.h"
#include "client/net_stream.h"
#include "client/session.h"
#include "client/tls_stream.h"

struct anchorhold_session {
	struct net_stream net;
	struct tls_stream *tls;
	char authority[280];
	unsigned int idle_ms;
	// While evidence and policy are asked for, one deadline holds for all
	// of it; later each read and write has its own.
	bool is_opening;
	char why[160];
	// Bytes that came and weren't taken yet: in[taken..count).
	uint8_t in[HTTP_HEAD_LIMIT];
	size_t taken, count;
	bool is_in_exchange; // a body isn't read to its end
	bool is_last;        // the server closes after this answer
	struct http_body body;
	char head[HTTP_HEAD_LIMIT]; // what an answer's views lie in
};

// Notes why, and hands `code` back.
__attribute__((format(printf, 3, 4))) enum anchorhold_code
session_fail(struct anchorhold_session *s, enum anchorhold_code code,
	     const char *format, ...);
// A code for a failure of the stream below, with a few words.
enum anchorhold_code session_fail_stream(struct anchorhold_session *s,
					 enum err e, const char *doing);

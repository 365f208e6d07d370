// SPDX-License-Identifier: Apache-2.0
// One request in a verified session, from arguments to output: get and post.
#pragma once

#include "client/session.h"
#include "client/session_words.h"

#define TRANSFER_FIELD_LIMIT 64u
// Of an answer's body, unless --max-body says otherwise.
#define TRANSFER_BODY_LIMIT (1024ull * 1024 * 1024)

struct transfer {
	struct session_words words;
	const char *url, *output, *max_body;
	const char *headers[TRANSFER_FIELD_LIMIT];
	size_t header_count;
	bool include_head; // -i
	const char *method;
	bool has_body;
	struct anchorhold_bytes body;
	const char *content_type; // unless a header says otherwise
};

// All of `transfer` but the body is from the command line. Returns the exit
// status.
int transfer_run(const struct transfer *transfer);

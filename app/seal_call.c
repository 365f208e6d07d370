// SPDX-License-Identifier: Apache-2.0
#include "app/seal_call.h"

#include <stdbool.h>
#include <stddef.h>

#include "abi/seal.h"
#include "app/sdk/anchorhold.h"
#include "attest/seal.h"
#include "base/num.h"
#include "kernel/halt.h"

_Static_assert(APP_SEAL_ADDS == SEAL_OVERHEAD_BYTES &&
		       APP_SEAL_CONTEXT_BYTES == SEAL_CONTEXT_LIMIT &&
		       APP_SEAL_TEXT_BYTES == SEAL_TEXT_LIMIT,
	       "one limit, one number");

static int64_t result_of(enum err e)
{
	switch (e) {
	case OK:
		return APP_OK;
	case ERR_UNSUPPORTED:
		return APP_UNSUPPORTED;
	case ERR_TOO_BIG:
		return APP_TOO_BIG;
	case ERR_NO_MEMORY:
		return APP_NO_MEMORY;
	case ERR_BAD_INPUT:
		return APP_BAD_ARGUMENT;
	default:
		halt(HALT_CRYPTO, "the crypto library fails at sealing");
	}
}

// Null is for nothing alone.
static bool is_missing(const void *bytes, size_t count)
{
	return count > 0 && !bytes;
}

struct span {
	const void *at;
	size_t bytes;
};

// Distances wrap round, as a span at the end of all addresses may.
static bool is_overlap(struct span a, struct span b)
{
	uintptr_t a_at = (uintptr_t)a.at, b_at = (uintptr_t)b.at;

	return a.bytes > 0 && b.bytes > 0 &&
	       (a_at - b_at < b.bytes || b_at - a_at < a.bytes);
}

// What is written while it is read is neither sealed nor judged.
static bool has_overlap(const struct seal_call *s, const size_t *count)
{
	const struct span spans[] = {
		{ s->context, s->context_bytes },
		{ s->in, s->in_bytes },
		{ s->out, s->capacity },
		{ count, sizeof(*count) },
	};

	for (size_t i = 0; i < ARRAY_COUNT(spans); i++) {
		for (size_t j = 0; j < i; j++) {
			if (is_overlap(spans[i], spans[j]))
				return true;
		}
	}
	return false;
}

static enum err perform(struct app_call *call,
			enum err (*act)(const struct seal_call *, size_t *))
{
	size_t *count = call_pointer(call->word[5]);
	struct seal_call s = {
		.context = call_pointer(call->word[0]),
		.context_bytes = (size_t)call->word[1],
		.in = call_pointer(call->word[2]),
		.in_bytes = (size_t)call->word[3],
		.out = call_pointer(call->word[4]),
	};

	call->result = APP_BAD_ARGUMENT;
	if (!count || is_missing(s.context, s.context_bytes) ||
	    is_missing(s.in, s.in_bytes))
		return OK;
	s.capacity = *count;
	if (!is_missing(s.out, s.capacity) && !has_overlap(&s, count))
		call->result = result_of(act(&s, count));
	return OK;
}

enum err seal_call_seal(struct app_call *call)
{
	return perform(call, seal_make);
}

enum err seal_call_unseal(struct app_call *call)
{
	return perform(call, seal_open);
}

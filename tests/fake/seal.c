// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/seal.h"

struct seal_call fake_seal_last;
unsigned int fake_seal_calls;

static enum err answer = ERR_UNSUPPORTED;

void fake_seal_answer(enum err e)
{
	answer = e;
}

enum err seal_make(const struct seal_call *call, size_t *count)
{
	fake_seal_last = *call;
	fake_seal_calls++;
	if (answer == OK)
		*count = call->in_bytes;
	return answer;
}

enum err seal_open(const struct seal_call *call, size_t *count)
{
	return seal_make(call, count);
}

// SPDX-License-Identifier: Apache-2.0
// How an SDK call crosses to the runtime: a number, up to six words, one word
// back, as a system call has it. Pointers are words: the runtime takes each
// for what the call's number says.
#pragma once

#include <stdint.h>

enum app_call_number {
	APP_CALL_NEXT_REQUEST = 1, // request, buffer, capacity
	APP_CALL_READ_BODY = 2,    // out, capacity
	APP_CALL_REPLY = 3,        // status, headers, count, body, bytes
	APP_CALL_REPLY_BEGIN = 4,  // status, headers, count, length
	APP_CALL_REPLY_WRITE = 5,  // bytes, count
	APP_CALL_REPLY_END = 6,
	APP_CALL_RANDOM = 7, // out, count
	APP_CALL_TIME = 8,
	APP_CALL_SEAL = 9,     // context, bytes, plain, bytes, sealed, bytes
	APP_CALL_UNSEAL = 10,  // context, bytes, sealed, bytes, plain, bytes
	APP_CALL_LOG = 11,     // line
	APP_CALL_CONNECT = 12, // peer
	APP_CALL_COUNT = 13,
};

struct app_call {
	uint64_t number;
	uint64_t word[6];
	int64_t result;
};

static inline void *call_pointer(uint64_t word)
{
	return (void *)(uintptr_t)word;
}

// Leaves the app until the call is done; its result is set then.
typedef void app_gate(struct app_call *call);
// The gate by name: the runtime's own in the kernel; in an app, app/start.c's,
// which goes through the one that the kernel handed over.
void runtime_call(struct app_call *call);

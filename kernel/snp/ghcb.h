// SPDX-License-Identifier: Apache-2.0
// The GHCB page and the calls that go through it (AMD 56421, chapter 4). One
// page, one CPU, one call at a time: a call within a call halts. The page is
// the host's to change: it is written whole before a call, each answer is read
// once into private memory after it, and judged there.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/mem/page_pool.h"
#include "kernel/mem/shared_pool.h"

// Takes the page into use: shared with the host, registered, mapped at
// `page.at`. Call once.
void ghcb_init(struct shared page, struct phys gpa);
// Whether calls can be made: the page is there, no call is under way, and
// nobody has closed it.
bool ghcb_is_ready(void);
// Whether a call is under way: then this is an exception in the midst of it.
bool ghcb_is_calling(void);
// No more calls: what comes now is the end, by the MSR protocol alone.
void ghcb_close(void);

// What goes out with an event, and what came back. `gives` says which registers
// the guest gives, `wants` which the host must have set.
#define GHCB_RAX 1u
#define GHCB_RBX 2u
#define GHCB_RCX 4u
#define GHCB_RDX 8u
struct ghcb_call {
	uint64_t exit_code, info_1, info_2;
	unsigned int gives, wants; // GHCB_RAX | ...
	uint64_t rax, rbx, rcx, rdx;
	// Bytes for the shared buffer, copied in before; and room for what is
	// copied out after. NULL for none. At most GHCB_SHARED_BUFFER_BYTES.
	// Either of them names the buffer to the host as the scratch area.
	const void *send;
	size_t send_bytes;
	void *receive;
	size_t receive_bytes;
};

// Makes one call. On OK the registers in `wants`, `info_2` and `receive` are
// the host's answer. ERR_UNSUPPORTED when the host answers with an exception
// (#UD or #GP) for the instruction that the event stands for; ERR_DEVICE for
// everything else that isn't a well-formed success.
enum err ghcb_call(struct ghcb_call *call);

// SPDX-License-Identifier: Apache-2.0
// kernel/snp/guest_request.h over the emulated secure processor: the host
// between the kernel and it, honest until a test tells it to lie. It keeps
// every request it was handed, and ends the test when one IV was used for two
// different messages.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/psp.h"
#include "kernel/snp/guest_request.h"
#include "tests/fake/psp_guest.h"

struct psp_host {
	struct psp psp;
	unsigned int sends;      // requests handed over since the start
	struct psp_page request; // the last one
	uint64_t data_pages;     // and what it offered

	// Lies, each about every request from now on.
	bool swallows;                      // the answer stays with the host
	bool keeps_table;                   // certificates aren't written
	enum err sent;                      // what the event comes to
	struct guest_request_answer answer; // if not zeros: this is said
	// Called on an honest answer before it is handed over.
	void (*change)(struct psp_page *response);
	// Likewise, on the header and payload of it; sealed again with the key.
	void (*rewrite)(struct guest_message_header *header, uint8_t *payload);
};

extern struct psp_host psp_host;

// Launches a guest anew, forgets all
// lies and all that was sent, and starts the guest's messages with its key.
void psp_host_start(void);
// Likewise with these, as psp_guest_launch takes them.
void psp_host_start_with(const struct psp_platform *platform,
			 const struct psp_guest *guest);

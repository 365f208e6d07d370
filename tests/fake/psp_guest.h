// SPDX-License-Identifier: Apache-2.0
// A guest for the emulated secure processor: a launched context, and guest
// messages by OpenSSL, so that emu/crypto.c isn't its own judge.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/psp.h"

struct psp_page {
	_Alignas(8) uint8_t bytes[GUEST_MESSAGE_PAGE_BYTES];
};

// A Milan with a VCEK alone and report version 3.
struct psp_platform psp_guest_platform(void);
struct psp_guest psp_guest_settings(void);
// Launches these on one measured page; fails the test where that fails.
void psp_guest_launch(struct psp *p, const struct psp_platform *platform,
		      const struct psp_guest *guest);
void psp_guest_launch_plain(struct psp *p);

// A header as a request of this type and version has it.
struct guest_message_header psp_guest_header(unsigned int vmpck,
					     uint64_t sequence, uint8_t type,
					     size_t payload_bytes);
// Encrypts a payload behind `header`, which it completes with the tag.
void psp_guest_seal(const uint8_t key[VMPCK_BYTES],
		    const struct guest_message_header *header,
		    const void *payload, struct psp_page *page);
// Whether the page is an authentic message; its header and payload.
bool psp_guest_open(const uint8_t key[VMPCK_BYTES], const struct psp_page *page,
		    struct guest_message_header *header,
		    uint8_t payload[GUEST_MESSAGE_PAYLOAD_LIMIT]);

// One whole exchange with the key's next number. Fails the test unless it is
// answered with a message of the next type and of `answer_bytes`.
void psp_guest_ask(struct psp *p, unsigned int vmpck, uint8_t type,
		   uint8_t version, const void *payload, size_t payload_bytes,
		   void *answer, size_t answer_bytes);

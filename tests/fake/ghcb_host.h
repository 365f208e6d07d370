// SPDX-License-Identifier: Apache-2.0
// The host behind the GHCB page: kernel/snp/ghcb_exit.h, and those functions of
// kernel/mem/shared_pool.h that ghcb.c uses. It counts every read of its page,
// and each byte is another one after it was read: what is read twice is a lie
// the second time.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/ghcb.h"
#include "kernel/snp/ghcb.h"

#define FAKE_GHCB_GPA 0x12345000ull

struct fake_ghcb_host {
	struct ghcb page;
	struct ghcb request; // the page as the last call found it
	unsigned int calls;
	uint8_t reads[sizeof(struct ghcb)]; // of each byte since the last call
	// Answers; NULL: says that all went well. May do anything to the page.
	void (*answer)(struct ghcb *page);
};

extern struct fake_ghcb_host fake_ghcb_host;

// A host with no answers of its own, and a page full of noise that ghcb.c has
// just taken into use.
void fake_ghcb_host_start(void);
// Sets a field's valid bit: the field's offset.
void fake_ghcb_set_valid(struct ghcb *page, size_t offset);
bool fake_ghcb_is_valid(const struct ghcb *page, size_t offset);
// An answer with both result fields valid.
void fake_ghcb_result(struct ghcb *page, uint64_t info_1, uint64_t info_2);
// Whether no byte was read twice since the last call.
bool fake_ghcb_reads_once(void);

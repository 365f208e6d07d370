// SPDX-License-Identifier: Apache-2.0
// Received bytes of one connection that nobody has read yet, in the frames
// they came in.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct pbuf;

struct inbox {
	struct pbuf *first, *last;
	size_t offset; // bytes of `first` that were read
	size_t bytes;  // unread in all
};

// Takes the chain `p` over. Small segments are packed into the room behind the
// last one, so that a client can't hold a whole frame with each byte.
void inbox_add(struct inbox *in, struct pbuf *p);
// Copies up to `capacity` bytes out and lets go of them; says how many.
size_t inbox_read(struct inbox *in, uint8_t *out, size_t capacity);
void inbox_clear(struct inbox *in);

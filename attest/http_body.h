// SPDX-License-Identifier: Apache-2.0
// Bytes of a request's body between client and app: a queue of pieces that are
// allocated as bytes come and freed as they are taken. What all bodies
// together may hold is a budget; a body reserves its share before its first
// byte, so that every body that was begun can be gathered to its end.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define HTTP_BODY_WINDOW (64u * 1024u)        // bytes held of one body
#define HTTP_BODY_BUDGET (4u * 1024u * 1024u) // bytes held of all

struct http_piece;

// Starts as all zeros.
struct http_body {
	struct http_piece *first, *last;
	uint32_t held;     // bytes
	uint32_t reserved; // bytes of the budget
};

// Takes a share of the budget, for a body of `length` bytes (UINT64_MAX:
// unknown). ERR_NO_MEMORY: nothing is left now.
enum err http_body_reserve(struct http_body *body, uint64_t length);
// The place where the next bytes go: at most *capacity, at least one.
// ERR_AGAIN: the window is full. ERR_NO_MEMORY.
enum err http_body_room(struct http_body *body, uint8_t **at, size_t *capacity);
// `count` bytes were put where http_body_room() said.
void http_body_added(struct http_body *body, size_t count);
// Moves up to `capacity` bytes out, oldest first; returns how many.
size_t http_body_take(struct http_body *body, uint8_t *out, size_t capacity);
// Frees what is held and gives the share back.
void http_body_free(struct http_body *body);

struct http_body_figures {
	uint64_t held, held_peak; // bytes, of all bodies
	uint64_t reserved;
};
struct http_body_figures http_body_figures(void);

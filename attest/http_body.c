// SPDX-License-Identifier: Apache-2.0
// Body pieces and their budget.
#include "attest/http_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"

// A piece fills one block of the heap.
#define PIECE_BLOCK 4096

struct http_piece {
	struct http_piece *next;
	uint32_t start, end; // of the bytes that wait
	uint8_t bytes[PIECE_BLOCK - 16];
};
_Static_assert(sizeof(struct http_piece) == PIECE_BLOCK, "one block");

static struct http_body_figures figures;

enum err http_body_reserve(struct http_body *body, uint64_t length)
{
	uint32_t share = (uint32_t)min_u64(length, HTTP_BODY_WINDOW);

	CHECK(body->reserved == 0);
	if (share > HTTP_BODY_BUDGET - figures.reserved)
		return ERR_NO_MEMORY;
	body->reserved = share;
	figures.reserved += share;
	return OK;
}

enum err http_body_room(struct http_body *body, uint8_t **at, size_t *capacity)
{
	struct http_piece *piece = body->last;
	size_t window = HTTP_BODY_WINDOW - body->held;

	if (window == 0)
		return ERR_AGAIN;
	if (!piece || piece->end == sizeof(piece->bytes)) {
		piece = malloc(sizeof(*piece));
		if (!piece)
			return ERR_NO_MEMORY;
		piece->next = NULL;
		piece->start = piece->end = 0;
		if (body->last)
			body->last->next = piece;
		else
			body->first = piece;
		body->last = piece;
	}
	*at = piece->bytes + piece->end;
	*capacity = min_size(window, sizeof(piece->bytes) - piece->end);
	return OK;
}

void http_body_added(struct http_body *body, size_t count)
{
	CHECK(body->last &&
	      count <= sizeof(body->last->bytes) - body->last->end);
	body->last->end += (uint32_t)count;
	body->held += (uint32_t)count;
	figures.held += count;
	figures.held_peak = max_u64(figures.held, figures.held_peak);
}

static void drop_first(struct http_body *body)
{
	struct http_piece *piece = body->first;

	body->first = piece->next;
	if (!body->first)
		body->last = NULL;
	free(piece);
}

size_t http_body_take(struct http_body *body, uint8_t *out, size_t capacity)
{
	size_t taken = 0;

	while (taken < capacity && body->held) {
		struct http_piece *piece = body->first;
		size_t n =
			min_size(capacity - taken, piece->end - piece->start);

		memcpy(out + taken, piece->bytes + piece->start, n);
		taken += n;
		piece->start += (uint32_t)n;
		body->held -= (uint32_t)n;
		figures.held -= n;
		if (piece->start == piece->end)
			drop_first(body);
	}
	return taken;
}

void http_body_free(struct http_body *body)
{
	figures.held -= body->held;
	figures.reserved -= body->reserved;
	while (body->first)
		drop_first(body);
	*body = (struct http_body){ 0 };
}

struct http_body_figures http_body_figures(void)
{
	return figures;
}

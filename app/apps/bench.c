// SPDX-License-Identifier: Apache-2.0
// What the measurements fetch: /1k is 1024 bytes, /big is 32 MiB, sent from one
// piece again and again.
#include <string.h>

#include "app/sdk/anchorhold.h"

#define SMALL_BYTES 1024u
#define PIECE_BYTES 16384u
#define BIG_BYTES (32u * 1024u * 1024u)

static const struct app_header text[] = {
	{ "Content-Type", "text/plain" },
	{ "Allow", "GET, HEAD" },
};
static const struct app_header bytes = { "Content-Type",
					 "application/octet-stream" };
static char piece[PIECE_BYTES];

static void answer(unsigned int status, size_t header_count, const char *body)
{
	app_reply(status, text, header_count, body, strlen(body));
}

static void send_big(int is_head)
{
	uint32_t left = is_head ? 0 : BIG_BYTES;

	if (app_reply_begin(200, &bytes, 1, BIG_BYTES) != APP_OK)
		return;
	for (; left; left -= PIECE_BYTES)
		if (app_reply_write(piece, PIECE_BYTES) != APP_OK)
			return;
	app_reply_end();
}

int main(void)
{
	static char buffer[APP_REQUEST_BYTES];
	struct app_request request;

	for (size_t i = 0; i < sizeof(piece); i++)
		piece[i] = i % 64 == 63 ? '\n' : (char)('0' + i % 64);
	for (;;) {
		if (app_next_request(&request, buffer, sizeof(buffer)))
			continue;
		int is_head = strcmp(request.method, "HEAD") == 0;
		if (!is_head && strcmp(request.method, "GET") != 0)
			answer(405, 2, "only GET and HEAD\n");
		else if (strcmp(request.path, "/1k") == 0)
			app_reply(200, &bytes, 1, piece, SMALL_BYTES);
		else if (strcmp(request.path, "/big") == 0)
			send_big(is_head);
		else
			answer(404, 1, "there is /1k and /big\n");
	}
}

// SPDX-License-Identifier: Apache-2.0
// Sends the body of each POST or PUT back while it comes, at any length. A
// client of a long one must read while it sends.
#include <string.h>

#include "app/sdk/anchorhold.h"

static const struct app_header text[] = {
	{ "Content-Type", "text/plain" },
	{ "Allow", "GET, HEAD, POST, PUT" },
};

static void answer(unsigned int status, size_t header_count, const char *body)
{
	app_reply(status, text, header_count, body, strlen(body));
}

static int is_same_letter(char a, char b)
{
	if (a >= 'A' && a <= 'Z')
		a = (char)(a | 0x20);
	return a == b;
}

// The request's content type, or one that promises nothing.
static const char *content_type(const struct app_request *request)
{
	static const char name[] = "content-type";

	for (size_t i = 0; i < request->header_count; i++) {
		const char *sent = request->headers[i].name;
		size_t at = 0;

		while (at < sizeof(name) - 1 &&
		       is_same_letter(sent[at], name[at]))
			at++;
		if (at == sizeof(name) - 1 && sent[at] == '\0')
			return request->headers[i].value;
	}
	return "application/octet-stream";
}

static void echo(const struct app_request *request)
{
	static char piece[16384];
	const struct app_header type = { "Content-Type",
					 content_type(request) };
	int64_t count;

	if (app_reply_begin(200, &type, 1, request->body_length) != APP_OK)
		return;
	while ((count = app_read_body(piece, sizeof(piece))) > 0)
		if (app_reply_write(piece, (size_t)count) != APP_OK)
			return;
	if (count == 0)
		app_reply_end();
}

int main(void)
{
	static char buffer[APP_REQUEST_BYTES];
	struct app_request request;

	for (;;) {
		if (app_next_request(&request, buffer, sizeof(buffer)))
			continue;
		if (strcmp(request.method, "POST") == 0 ||
		    strcmp(request.method, "PUT") == 0)
			echo(&request);
		else if (strcmp(request.method, "GET") == 0 ||
			 strcmp(request.method, "HEAD") == 0)
			answer(200, 1, "POST or PUT a body: it comes back\n");
		else
			answer(405, 2, "only GET, HEAD, POST and PUT\n");
	}
}

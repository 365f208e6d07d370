// SPDX-License-Identifier: Apache-2.0
// Seals what is posted to /seal and opens what is posted to /unseal, each under
// the context that the query names. What is sealed here opens after a reboot of
// the same image on the same chip, and nowhere else.
#include <string.h>

#include "app/sdk/anchorhold.h"

#define TEXT_LIMIT 32768
#define BLOB_LIMIT (TEXT_LIMIT + APP_SEAL_ADDS)

typedef int transform(const void *context, size_t context_bytes, const void *in,
		      size_t count, void *out, size_t *out_bytes);

// One byte more shows a body that is too long.
static char in[BLOB_LIMIT + 1], out[BLOB_LIMIT];

static void answer(unsigned int status, const char *line)
{
	static const struct app_header text = { "Content-Type", "text/plain" };

	app_reply(status, &text, 1, line, strlen(line));
}

// The whole body in `in`: its length; -1 once it is too long or the client is
// gone.
static int64_t read_body(size_t limit)
{
	size_t used = 0;

	for (;;) {
		int64_t n = app_read_body(in + used, sizeof(in) - used);

		if (n <= 0)
			return n == 0 ? (int64_t)used : -1;
		used += (size_t)n;
		if (used > limit)
			return -1;
	}
}

static void serve(const struct app_request *request, transform *act,
		  size_t limit)
{
	static const struct app_header type = { "Content-Type",
						"application/octet-stream" };
	size_t count = sizeof(out);
	int64_t body_bytes = read_body(limit);

	if (body_bytes < 0) {
		answer(413, "The body is too long.\n");
		return;
	}
	switch (act(request->query, strlen(request->query), in,
		    (size_t)body_bytes, out, &count)) {
	case APP_OK:
		app_reply(200, &type, 1, out, count);
		break;
	case APP_UNSUPPORTED:
		answer(501, "This machine can't seal.\n");
		break;
	case APP_BAD_ARGUMENT:
		answer(403, "This isn't a blob of mine.\n");
		break;
	default:
		answer(500, "That didn't work.\n");
		break;
	}
}

int main(void)
{
	static char buffer[APP_REQUEST_BYTES];
	struct app_request request;

	for (;;) {
		if (app_next_request(&request, buffer, sizeof(buffer)))
			continue;
		if (strcmp(request.method, "POST") != 0)
			answer(405, "POST to /seal or /unseal.\n");
		else if (strcmp(request.path, "/seal") == 0)
			serve(&request, app_seal, TEXT_LIMIT);
		else if (strcmp(request.path, "/unseal") == 0)
			serve(&request, app_unseal, BLOB_LIMIT);
		else
			answer(404, "There are /seal and /unseal.\n");
	}
}

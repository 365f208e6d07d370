// SPDX-License-Identifier: Apache-2.0
// The smallest app: one page.
#include <string.h>

#include "app/sdk/anchorhold.h"

static const struct app_header text[] = {
	{ "Content-Type", "text/plain" },
	{ "Allow", "GET, HEAD" },
};

static void answer(unsigned int status, size_t header_count, const char *body)
{
	app_reply(status, text, header_count, body, strlen(body));
}

int main(void)
{
	static char buffer[APP_REQUEST_BYTES];
	struct app_request request;

	for (;;) {
		if (app_next_request(&request, buffer, sizeof(buffer)))
			continue;
		if (strcmp(request.path, "/") != 0)
			answer(404, 1, "nothing here\n");
		else if (strcmp(request.method, "GET") != 0 &&
			 strcmp(request.method, "HEAD") != 0)
			answer(405, 2, "only GET and HEAD\n");
		else
			answer(200, 1, "hello from anchorhold\n");
	}
}

// SPDX-License-Identifier: Apache-2.0
// The URLs that the program takes: https only. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define HTTP_HOST_LIMIT 256u
#define HTTP_TARGET_LIMIT 4096u

struct http_url {
	char host[HTTP_HOST_LIMIT];          // without the brackets of IPv6
	char authority[HTTP_HOST_LIMIT + 8]; // for the Host field
	bool is_address; // a literal, which has no server name
	uint16_t port;
	char target[HTTP_TARGET_LIMIT]; // path and query; at least "/"
};

// ERR_UNSUPPORTED: another scheme than https; ERR_BAD_INPUT: no URL, or one
// with a user's name in it; ERR_TOO_BIG. A fragment is left out.
enum err http_url_parse(const char *url, struct http_url *out);

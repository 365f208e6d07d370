// SPDX-License-Identifier: Apache-2.0
#include "client/http_url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define HTTPS "https://"
#define HTTPS_PORT 443u

// A name, or an IPv4 address: letters, digits, '-', '.' and '_'.
static bool is_name(struct text host)
{
	if (host.length == 0)
		return false;
	for (size_t i = 0; i < host.length; i++) {
		char c = host.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		      c == '_'))
			return false;
	}
	return true;
}

static bool is_address(const char *host)
{
	uint8_t address[16];

	return inet_pton(AF_INET, host, address) == 1 ||
	       inet_pton(AF_INET6, host, address) == 1;
}

static enum err take_port(struct text digits, uint16_t *port)
{
	uint64_t number;

	if (text_to_u64(digits, UINT16_MAX, &number) != OK || number == 0)
		return ERR_BAD_INPUT;
	*port = (uint16_t)number;
	return OK;
}

// "[address]" and what follows it.
static enum err cut_brackets(struct text authority, struct text *host,
			     struct text *rest)
{
	authority.at++;
	authority.length--;
	return text_cut(authority, ']', host, rest) == OK ? OK : ERR_BAD_INPUT;
}

static enum err take_authority(struct text authority, struct http_url *url)
{
	bool is_bracketed = authority.length > 0 && authority.at[0] == '[';
	struct text host = authority, rest = { "", 0 };
	size_t colon = 0;

	if (authority.length >= HTTP_HOST_LIMIT)
		return ERR_TOO_BIG;
	if (is_bracketed) {
		TRY(cut_brackets(authority, &host, &rest));
	} else {
		while (colon < host.length && host.at[colon] != ':')
			colon++;
		rest = (struct text){ host.at + colon, host.length - colon };
		host.length = colon;
	}
	url->port = HTTPS_PORT;
	if (rest.length > 0 && rest.at[0] != ':')
		return ERR_BAD_INPUT;
	if (rest.length > 0)
		TRY(take_port((struct text){ rest.at + 1, rest.length - 1 },
			      &url->port));
	snprintf(url->host, sizeof(url->host), "%.*s", (int)host.length,
		 host.at);
	snprintf(url->authority, sizeof(url->authority), "%.*s",
		 (int)authority.length, authority.at);
	url->is_address = is_address(url->host);
	if (is_bracketed)
		return url->is_address && strchr(url->host, ':')
			       ? OK
			       : ERR_BAD_INPUT;
	return is_name(host) ? OK : ERR_BAD_INPUT;
}

static enum err take_target(struct text target, struct http_url *url)
{
	const char *slash = target.length > 0 && target.at[0] == '/' ? "" : "/";

	if (target.length + 2 > HTTP_TARGET_LIMIT)
		return ERR_TOO_BIG;
	for (size_t i = 0; i < target.length; i++)
		if ((unsigned char)target.at[i] <= ' ' ||
		    (unsigned char)target.at[i] >= 0x7f)
			return ERR_BAD_INPUT;
	snprintf(url->target, sizeof(url->target), "%s%.*s", slash,
		 (int)target.length, target.at);
	return OK;
}

enum err http_url_parse(const char *text, struct http_url *out)
{
	size_t scheme = strlen(HTTPS), end, authority;
	struct http_url url = { 0 };

	if (strncasecmp(text, HTTPS, scheme) != 0)
		return strstr(text, "://") ? ERR_UNSUPPORTED : ERR_BAD_INPUT;
	text += scheme;
	end = strcspn(text, "#");
	authority = strcspn(text, "/?#");
	TRY(take_authority((struct text){ text, authority }, &url));
	TRY(take_target((struct text){ text + authority, end - authority },
			&url));
	*out = url;
	return OK;
}

// SPDX-License-Identifier: Apache-2.0
// The command line: decoded strictly, then cut into words.
#include "boot/command_line.h"

#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

enum err command_line_decode(const void *utf16, size_t count, char *out,
			     size_t capacity)
{
	const uint8_t *from = utf16;
	size_t units = count / 2;

	if (count % 2 != 0)
		return ERR_BAD_INPUT;
	if (units > 0 && load_le16(from + 2 * (units - 1)) == 0)
		units--;
	if (units >= capacity)
		return ERR_TOO_BIG;
	for (size_t i = 0; i < units; i++) {
		uint16_t c = load_le16(from + 2 * i);
		if (c < ' ' || c > '~')
			return ERR_BAD_INPUT;
	}
	for (size_t i = 0; i < units; i++)
		out[i] = (char)load_le16(from + 2 * i);
	out[units] = '\0';
	return OK;
}

static enum err ip_parse(struct text value, struct command_line *out)
{
	if (out->has_ip)
		return ERR_BAD_INPUT;
	out->has_ip = true;
	out->ip = value;
	return OK;
}

static enum err figures_parse(struct text value, struct command_line *out)
{
	uint64_t seconds;

	if (out->figures_s != 0)
		return ERR_BAD_INPUT;
	TRY(text_to_u64(value, FIGURES_PERIOD_LIMIT, &seconds));
	if (seconds == 0)
		return ERR_BAD_INPUT;
	out->figures_s = seconds;
	return OK;
}

static enum err word_parse(struct text word, struct command_line *out)
{
	struct text key, value;

	if (text_cut(word, '=', &key, &value) != OK || value.length == 0)
		return ERR_BAD_INPUT;
	if (text_equal(key, TEXT("ip")))
		return ip_parse(value, out);
	if (text_equal(key, TEXT("figures")))
		return figures_parse(value, out);
	return ERR_BAD_INPUT;
}

enum err command_line_parse(struct text line, struct command_line *out,
			    struct text *culprit)
{
	struct command_line parsed = { 0 };

	while (line.length > 0) {
		struct text word = line, rest = { line.at, 0 };

		if (text_cut(line, ' ', &word, &rest) != OK)
			rest.length = 0;
		line = rest;
		if (word.length == 0)
			continue;
		if (word_parse(word, &parsed) != OK) {
			*culprit = word;
			return ERR_BAD_INPUT;
		}
	}
	*out = parsed;
	return OK;
}

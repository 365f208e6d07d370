// SPDX-License-Identifier: Apache-2.0
#include "client/http_answer.h"

#include <string.h>

#define LENGTH_LIMIT (UINT64_MAX >> 1)

size_t http_head_bytes(const void *bytes, size_t count)
{
	const uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);

	return end ? (size_t)(end - (const uint8_t *)bytes) + 4 : 0;
}

// RFC 9110, 5.6.2
static bool is_token(struct text text)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	if (text.length == 0)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || (c && strchr(marks, c))))
			return false;
	}
	return true;
}

// RFC 9110, 5.5: no control characters but the tab.
static bool is_value(struct text text)
{
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static struct text trim(struct text text)
{
	while (text.length > 0 && (*text.at == ' ' || *text.at == '\t')) {
		text.at++;
		text.length--;
	}
	while (text.length > 0 && (text.at[text.length - 1] == ' ' ||
				   text.at[text.length - 1] == '\t'))
		text.length--;
	return text;
}

// Cuts the next line off; it ends in CR LF.
static enum err take_line(struct text *rest, struct text *line)
{
	const char *end = memmem(rest->at, rest->length, "\r\n", 2);

	if (!end)
		return ERR_BAD_INPUT;
	line->at = rest->at;
	line->length = (size_t)(end - rest->at);
	rest->at += line->length + 2;
	rest->length -= line->length + 2;
	return OK;
}

// "HTTP/1.1 200 OK"; the reason may be missing. HTTP/1.0 isn't spoken.
static enum err parse_status(struct text line, unsigned int *status)
{
	const struct text version = TEXT("HTTP/1.1 ");
	uint64_t number;

	if (!text_starts_with(line, version) || !is_value(line))
		return ERR_BAD_INPUT;
	line.at += version.length;
	line.length -= version.length;
	if (line.length < 3 || (line.length > 3 && line.at[3] != ' ') ||
	    text_to_u64((struct text){ line.at, 3 }, 599, &number) != OK ||
	    number < 100)
		return ERR_BAD_INPUT;
	*status = (unsigned int)number;
	return OK;
}

// No blank before the colon, and no line that continues another.
static enum err parse_field(struct text line, struct http_field *field)
{
	if (text_cut(line, ':', &field->name, &field->value) != OK ||
	    !is_token(field->name) || !is_value(field->value))
		return ERR_BAD_INPUT;
	field->value = trim(field->value);
	return OK;
}

enum err http_answer_field(const struct http_answer *answer, const char *name,
			   struct text *value)
{
	const struct http_field *found = NULL;

	for (size_t i = 0; i < answer->field_count; i++) {
		if (!text_equal_nocase(answer->fields[i].name, text_of(name)))
			continue;
		if (found)
			return ERR_BAD_INPUT;
		found = &answer->fields[i];
	}
	if (!found)
		return ERR_NOT_FOUND;
	*value = found->value;
	return OK;
}

// Where the body ends. A length beside chunks, two lengths and any coding but
// plain chunks are refused: that is how answers are smuggled.
static enum err judge_framing(struct http_answer *answer, bool is_head)
{
	struct text coding, length;
	enum err has_coding =
		http_answer_field(answer, "transfer-encoding", &coding);
	enum err has_length =
		http_answer_field(answer, "content-length", &length);
	uint64_t bytes = 0;

	if (has_coding == ERR_BAD_INPUT || has_length == ERR_BAD_INPUT ||
	    (has_coding == OK && has_length == OK))
		return ERR_BAD_INPUT;
	if (has_coding == OK && !text_equal_nocase(coding, TEXT("chunked")))
		return ERR_BAD_INPUT;
	if (has_length == OK && text_to_u64(length, LENGTH_LIMIT, &bytes) != OK)
		return ERR_BAD_INPUT;
	answer->framing = HTTP_LENGTH;
	if (is_head || answer->status < 200 || answer->status == 204 ||
	    answer->status == 304)
		return OK;
	answer->length = bytes;
	if (has_coding == OK)
		answer->framing = HTTP_CHUNKED;
	else if (has_length != OK)
		answer->framing = HTTP_UNTIL_END;
	return OK;
}

enum err http_answer_parse(struct text head, bool is_head,
			   struct http_answer *out)
{
	struct http_answer answer = { 0 };
	struct text line, connection;

	TRY(take_line(&head, &line));
	TRY(parse_status(line, &answer.status));
	for (;;) {
		TRY(take_line(&head, &line));
		if (line.length == 0)
			break;
		if (answer.field_count == HTTP_FIELD_LIMIT)
			return ERR_TOO_BIG;
		TRY(parse_field(line, &answer.fields[answer.field_count++]));
	}
	if (head.length > 0)
		return ERR_BAD_INPUT;
	TRY(judge_framing(&answer, is_head));
	answer.is_last =
		answer.framing == HTTP_UNTIL_END ||
		(http_answer_field(&answer, "connection", &connection) == OK &&
		 text_equal_nocase(connection, TEXT("close")));
	*out = answer;
	return OK;
}

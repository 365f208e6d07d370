// SPDX-License-Identifier: Apache-2.0
#include "client/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "client/say.h"

// Room for the fields of a request, which are cut in a copy of the arguments.
struct fields {
	struct anchorhold_field at[TRANSFER_FIELD_LIMIT + 1];
	size_t count;
	char *copies[TRANSFER_FIELD_LIMIT];
	size_t copy_count;
};

// "Name: value"
static enum err add_header(struct fields *fields, const char *header)
{
	char *copy = strdup(header), *colon;

	if (!copy) {
		say_error("no memory");
		return ERR_NO_MEMORY;
	}
	fields->copies[fields->copy_count++] = copy;
	colon = strchr(copy, ':');
	if (!colon) {
		say_error("-H: not like \"Name: value\": %s", header);
		return ERR_BAD_INPUT;
	}
	*colon++ = '\0';
	colon += strspn(colon, " \t");
	fields->at[fields->count++] = (struct anchorhold_field){ copy, colon };
	return OK;
}

static bool has_field(const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->count; i++)
		if (text_equal_nocase(text_of(fields->at[i].name),
				      text_of(name)))
			return true;
	return false;
}

static enum err make_fields(const struct transfer *t, struct fields *fields)
{
	for (size_t i = 0; i < t->header_count; i++)
		TRY(add_header(fields, t->headers[i]));
	if (t->content_type && !has_field(fields, "Content-Type"))
		fields->at[fields->count++] =
			(struct anchorhold_field){ "Content-Type",
						   t->content_type };
	return OK;
}

static void free_fields(struct fields *fields)
{
	for (size_t i = 0; i < fields->copy_count; i++)
		free(fields->copies[i]);
}

static enum anchorhold_code fail_output(const struct transfer *t)
{
	say_error("%s: %s", t->output ? t->output : "the output",
		  strerror(errno));
	return ANCHORHOLD_IO;
}

static enum anchorhold_code copy_body(const struct transfer *t,
				      struct anchorhold_session *session,
				      FILE *out, unsigned long long limit)
{
	static char bytes[65536];
	unsigned long long total = 0;
	enum anchorhold_code code;
	size_t n = 1;

	while (n > 0) {
		code = anchorhold_session_read(session, bytes, sizeof(bytes),
					       &n);
		if (code != ANCHORHOLD_PASS) {
			say_error("%s", anchorhold_session_why(session));
			return code;
		}
		total += n;
		if (total > limit) {
			say_error("the answer is over %llu bytes (--max-body)",
				  limit);
			return ANCHORHOLD_IO;
		}
		if (n > 0 && fwrite(bytes, 1, n, out) != n)
			return fail_output(t);
	}
	return ANCHORHOLD_PASS;
}

static void print_head(const struct http_answer *answer, FILE *out)
{
	fprintf(out, "HTTP/1.1 %u\r\n", answer->status);
	for (size_t i = 0; i < answer->field_count; i++)
		fprintf(out, "%.*s: %.*s\r\n",
			(int)answer->fields[i].name.length,
			answer->fields[i].name.at,
			(int)answer->fields[i].value.length,
			answer->fields[i].value.at);
	fputs("\r\n", out);
}

static enum anchorhold_code exchange(const struct transfer *t,
				     const struct anchorhold_request *request,
				     struct anchorhold_session *session,
				     FILE *out, unsigned long long limit)
{
	struct http_answer answer;
	enum anchorhold_code code =
		anchorhold_session_request(session, request, &answer);

	if (code != ANCHORHOLD_PASS) {
		say_error("%s", anchorhold_session_why(session));
		return code;
	}
	if (t->include_head)
		print_head(&answer, out);
	code = copy_body(t, session, out, limit);
	if (code == ANCHORHOLD_PASS && answer.status >= 300)
		say_error("the answer's status is %u", answer.status);
	return code;
}

// An output file is there whole, or not at all.
static enum anchorhold_code to_file(const struct transfer *t,
				    const struct anchorhold_request *request,
				    struct anchorhold_session *session,
				    unsigned long long limit)
{
	FILE *out = fopen(t->output, "wb");
	enum anchorhold_code code;

	if (!out)
		return fail_output(t);
	code = exchange(t, request, session, out, limit);
	if (fclose(out) != 0 && code == ANCHORHOLD_PASS)
		code = fail_output(t);
	if (code != ANCHORHOLD_PASS)
		file_discard(t->output);
	return code;
}

static enum anchorhold_code run_open(const struct transfer *t,
				     const struct session_inputs *in,
				     const struct http_url *url,
				     const struct fields *fields,
				     unsigned long long limit)
{
	const struct anchorhold_request request = {
		.method = t->method,
		.target = url->target,
		.fields = fields->at,
		.field_count = fields->count,
		.has_body = t->has_body,
		.body = t->body,
	};
	struct anchorhold_verdict verdict;
	enum anchorhold_code code;
	struct anchorhold_session *session =
		session_words_open(&t->words, in, url, &verdict, &code);

	if (!session)
		return code;
	code = t->output ? to_file(t, &request, session, limit)
			 : exchange(t, &request, session, stdout, limit);
	anchorhold_session_close(session);
	return code;
}

static int status_of(enum err e)
{
	return e == ERR_BAD_INPUT ? ANCHORHOLD_USAGE : ANCHORHOLD_IO;
}

static enum err judge_words(const struct transfer *t, struct http_url *url,
			    unsigned long long *limit)
{
	if (!t->url || !t->words.expect == !t->words.insecure_no_evidence) {
		say_error("needs URL, and one of --expect and "
			  "--insecure-no-evidence; --help says more");
		return ERR_BAD_INPUT;
	}
	if (t->max_body)
		TRY(option_number("--max-body", t->max_body, INT64_MAX, limit));
	return session_url(t->url, url);
}

int transfer_run(const struct transfer *t)
{
	static struct session_inputs in;
	static struct http_url url;
	struct fields fields = { 0 };
	unsigned long long limit = TRANSFER_BODY_LIMIT;
	int status;
	enum err e;

	e = judge_words(t, &url, &limit);
	if (e == OK)
		e = make_fields(t, &fields);
	if (e == OK)
		e = session_words_read(&t->words, &in);
	status = e == OK ? (int)run_open(t, &in, &url, &fields, limit)
			 : status_of(e);
	session_inputs_free(&in);
	free_fields(&fields);
	return status;
}

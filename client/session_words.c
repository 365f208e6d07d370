// SPDX-License-Identifier: Apache-2.0
#include "client/session_words.h"

#include <stdio.h>
#include <time.h>

#include "base/num.h"
#include "client/say.h"

static enum err read_bytes(const char *name, struct file *file,
			   struct anchorhold_bytes *out)
{
	if (!name)
		return OK;
	TRY(file_read(name, file));
	if (file->count == 0) {
		say_error("%s: is empty", name);
		return ERR_BAD_INPUT;
	}
	*out = (struct anchorhold_bytes){ file->bytes, file->count };
	return OK;
}

static enum err read_expectation(const char *name, struct expectation *out)
{
	char why[EXPECTATION_WHY_LIMIT];
	struct file file = { 0 };
	enum err e;

	if (!name)
		return OK;
	TRY(file_read(name, &file));
	e = expectation_read((const char *)file.bytes, file.count, out, why);
	file_free(&file);
	if (e != OK)
		say_error("%s: %s", name, why);
	return e;
}

enum err session_words_read(const struct session_words *words,
			    struct session_inputs *in)
{
	struct anchorhold_demands *d = &in->expectation.demands;
	long long at = (long long)time(NULL);

	TRY(read_expectation(words->expect, &in->expectation));
	if (words->at)
		TRY(option_time("--at", words->at, &at));
	d->at = at;
	d->allow_no_crl = words->no_crl;
	d->allow_stale_crl = words->stale_crl;
	TRY(read_bytes(words->insecure_root, &in->insecure_root,
		       &d->insecure_root));
	TRY(read_bytes(words->vek, &in->vek, &in->material.vek));
	TRY(read_bytes(words->ca, &in->ca, &in->material.ca));
	TRY(read_bytes(words->root, &in->root, &in->material.root));
	return read_bytes(words->crl, &in->crl, &in->material.crl);
}

void session_inputs_free(struct session_inputs *in)
{
	struct file *files[] = { &in->insecure_root, &in->vek, &in->ca,
				 &in->root, &in->crl };

	for (size_t i = 0; i < ARRAY_COUNT(files); i++)
		file_free(files[i]);
}

enum err session_url(const char *text, struct http_url *url)
{
	switch (http_url_parse(text, url)) {
	case OK:
		return OK;
	case ERR_UNSUPPORTED:
		say_error("%s: only https:// is spoken", text);
		return ERR_BAD_INPUT;
	case ERR_TOO_BIG:
		say_error("the URL is too long");
		return ERR_BAD_INPUT;
	default:
		say_error("%s: not a URL like https://host:port/path", text);
		return ERR_BAD_INPUT;
	}
}

struct anchorhold_session *
session_words_open(const struct session_words *words,
		   const struct session_inputs *in, const struct http_url *url,
		   struct anchorhold_verdict *verdict,
		   enum anchorhold_code *code)
{
	const struct anchorhold_options options = {
		.host = url->host,
		.authority = url->authority,
		.port = url->port,
		.is_address = url->is_address,
		.material = in->material,
		.insecure_no_evidence = words->insecure_no_evidence,
	};
	struct anchorhold_session *session = NULL;

	anchorhold_session_open(&options, &in->expectation.demands, &session,
				verdict, NULL);
	*code = verdict->code;
	if (words->insecure_no_evidence && session)
		fputs("note:      NOTHING WAS PROVEN (--insecure-no-evidence): "
		      "anybody may be at the other end\n",
		      stderr);
	else
		session_say(verdict, words->json);
	return session;
}

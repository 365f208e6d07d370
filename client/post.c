// SPDX-License-Identifier: Apache-2.0
// anchorhold post: verifies an enclave, then sends it something.
#include <string.h>

#include "base/num.h"
#include "client/say.h"
#include "client/transfer.h"
#include "client/verbs.h"

struct data {
	const char *text, *binary;
	struct file file;
};

static enum err read_data(struct data *data, struct transfer *t)
{
	const char *value = data->text ? data->text : data->binary;

	if (!data->text == !data->binary) {
		say_error("needs one of --data and --data-binary; --help says "
			  "more");
		return ERR_BAD_INPUT;
	}
	t->has_body = true;
	t->content_type = data->text ? "application/x-www-form-urlencoded"
				     : "application/octet-stream";
	t->body = (struct anchorhold_bytes){ (const uint8_t *)value,
					     strlen(value) };
	if (data->text || value[0] != '@')
		return OK;
	TRY(file_read(value + 1, &data->file));
	t->body =
		(struct anchorhold_bytes){ data->file.bytes, data->file.count };
	return OK;
}

static int run(int argc, char **argv)
{
	struct transfer t = { .method = "POST" };
	struct data data = { 0 };
	const struct option options[] = {
		{ "", &t.url, NULL },
		{ "--data", &data.text, NULL },
		{ "--data-binary", &data.binary, NULL },
		{ "-o", &t.output, NULL },
		{ "--max-body", &t.max_body, NULL },
		{ "-i", NULL, &t.include_head },
		{ "--insecure-no-evidence", NULL,
		  &t.words.insecure_no_evidence },
		SESSION_WORDS_OPTIONS(&t.words),
	};
	int status;
	enum err e;

	if (options_take_list("-H", &argc, argv, t.headers,
			      TRANSFER_FIELD_LIMIT, &t.header_count) != OK ||
	    options_read(argc, argv, options, ARRAY_COUNT(options)) != OK)
		return ANCHORHOLD_USAGE;
	e = read_data(&data, &t);
	if (e != OK)
		return e == ERR_BAD_INPUT ? ANCHORHOLD_USAGE : ANCHORHOLD_IO;
	status = transfer_run(&t);
	file_free(&data.file);
	return status;
}

const struct verb verb_post = {
	.name = "post",
	.summary = "verify an enclave, then POST to it",
	.help = "Usage: anchorhold post URL --data TEXT --expect FILE "
		"[OPTION...]\n"
		"\n"
		"As get, with a body.\n"
		"\n"
		"  --data TEXT          a form, as it is\n"
		"  --data-binary TEXT   bytes, as they are; @FILE: a file's\n"
		"  -H 'Name: value'     a header of the request; as often as "
		"needed\n"
		"  -o FILE              the answer's body goes there, not to "
		"stdout\n"
		"  -i                   the answer's head, too\n"
		"  --max-body BYTES     refuse a longer answer (1 GiB)\n"
		"  --json               the verdict as a line of JSON on "
		"stderr\n" SESSION_WORDS_HELP
		"  --insecure-no-evidence  check nothing, talk to anybody\n"
		"\n"
		"Example:\n"
		"  anchorhold post https://127.0.0.1:8443/ --data-binary "
		"@secret.bin \\\n"
		"    -H 'Content-Type: text/plain' --expect echo.expect.json\n"
		"\n"
		"Exit status: as get's.\n",
	.run = run,
};

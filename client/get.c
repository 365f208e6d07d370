// SPDX-License-Identifier: Apache-2.0
// anchorhold get: verifies an enclave, then asks it for something.
#include "base/num.h"
#include "client/transfer.h"
#include "client/verbs.h"

static int run(int argc, char **argv)
{
	struct transfer t = { .method = "GET" };
	const struct option options[] = {
		{ "", &t.url, NULL },
		{ "-o", &t.output, NULL },
		{ "--max-body", &t.max_body, NULL },
		{ "-i", NULL, &t.include_head },
		{ "--insecure-no-evidence", NULL,
		  &t.words.insecure_no_evidence },
		SESSION_WORDS_OPTIONS(&t.words),
	};

	if (options_take_list("-H", &argc, argv, t.headers,
			      TRANSFER_FIELD_LIMIT, &t.header_count) != OK ||
	    options_read(argc, argv, options, ARRAY_COUNT(options)) != OK)
		return ANCHORHOLD_USAGE;
	return transfer_run(&t);
}

const struct verb verb_get = {
	.name = "get",
	.summary = "verify an enclave, then GET from it",
	.help = "Usage: anchorhold get URL --expect FILE [OPTION...]\n"
		"\n"
		"Proves hardware, code and isolation, says so on stderr, and "
		"only then\n"
		"sends the request. Redirects aren't followed.\n"
		"\n"
		"  URL                  https://host:port/path\n"
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
		"  anchorhold get https://127.0.0.1:8443/ --expect "
		"hello.expect.json\n"
		"\n"
		"Exit status: 0 an answer came, whatever its status, 1 usage, "
		"2 network or\n"
		"file, 10 NotAnEnclave, 11 InvalidEnclaveCode, 12 "
		"NotIsolatedEnclave.\n",
	.run = run,
};

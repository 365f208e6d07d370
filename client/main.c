// SPDX-License-Identifier: Apache-2.0
// The `anchorhold` program: finds the verb and runs it.
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "client/anchorhold.h"
#include "client/options.h"
#include "client/say.h"
#include "client/verbs.h"

static const struct verb *const verbs[] = {
	&verb_get,     &verb_post, &verb_verify,
	&verb_measure, &verb_pack, &verb_publish,
};

static void usage(FILE *out)
{
	fputs("Usage: anchorhold VERB [OPTION...]\n\n", out);
	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++)
		fprintf(out, "  %-10s%s\n", verbs[i]->name, verbs[i]->summary);
	fputs("\nVERB --help says more.\n", out);
}

static int run(const struct verb *verb, int argc, char **argv)
{
	int status;

	say_set_verb(verb->name);
	status = verb->run(argc, argv);
	if (options_ask_for_help()) {
		fputs(verb->help, stdout);
		status = ANCHORHOLD_PASS;
	}
	// What can't be printed wasn't done.
	if (fflush(stdout) != 0 && status == ANCHORHOLD_PASS) {
		say_error("the output can't be written");
		return ANCHORHOLD_IO;
	}
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return ANCHORHOLD_USAGE;
	}
	if (options_is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return ANCHORHOLD_PASS;
	}
	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++)
		if (strcmp(argv[1], verbs[i]->name) == 0)
			return run(verbs[i], argc - 2, argv + 2);
	say_error("no such verb: %s; --help names them", argv[1]);
	return ANCHORHOLD_USAGE;
}

// SPDX-License-Identifier: Apache-2.0
// anchorhold pack: one kernel, one app, one policy, one file.
#include <stdlib.h>

#include "abi/policy.h"
#include "base/num.h"
#include "client/anchorhold.h"
#include "client/file.h"
#include "client/options.h"
#include "client/policy_json.h"
#include "client/say.h"
#include "client/verbs.h"
#include "image/pack.h"

struct names {
	const char *kernel, *app, *policy, *output;
};

struct inputs {
	struct file kernel, app, json;
	uint8_t policy[POLICY_BYTES_LIMIT];
	size_t policy_bytes;
};

static enum err read_policy(const char *name, struct inputs *in)
{
	struct writer w = writer_of(in->policy, sizeof(in->policy));
	char why[POLICY_JSON_WHY_LIMIT];

	if (policy_json_encode((const char *)in->json.bytes, in->json.count, &w,
			       why) != OK) {
		say_error("%s: %s", name, why);
		return ERR_BAD_INPUT;
	}
	in->policy_bytes = w.used;
	return OK;
}

static enum err read_inputs(const struct names *names, struct inputs *in)
{
	TRY(file_read(names->kernel, &in->kernel));
	TRY(file_read(names->app, &in->app));
	TRY(file_read(names->policy, &in->json));
	return read_policy(names->policy, in);
}

static enum err write_output(const struct names *names, const struct inputs *in)
{
	const struct pack_input input = {
		.kernel = in->kernel.bytes,
		.kernel_bytes = in->kernel.count,
		.app = in->app.bytes,
		.app_bytes = in->app.count,
		.policy = in->policy,
		.policy_bytes = in->policy_bytes,
	};
	struct pack_refusal refusal = { 0 };
	const char *culprit;
	size_t count;
	uint8_t *out;
	enum err e;

	if (pack_measure(&input, &count, &refusal) != OK) {
		culprit = refusal.of == PACK_KERNEL ? names->kernel
			  : refusal.of == PACK_APP  ? names->app
						    : names->policy;
		say_error("%s: %s", culprit, refusal.why);
		return ERR_BAD_INPUT;
	}
	out = malloc(count);
	if (!out) {
		say_error("no memory");
		return ERR_NO_MEMORY;
	}
	pack_write(&input, out);
	e = file_write(names->output, out, count);
	free(out);
	return e;
}

static enum err pack(const struct names *names)
{
	static struct inputs in;
	enum err e = read_inputs(names, &in);

	if (e == OK)
		e = write_output(names, &in);
	file_free(&in.kernel);
	file_free(&in.app);
	file_free(&in.json);
	return e;
}

static int run(int argc, char **argv)
{
	struct names names = { 0 };
	const struct option options[] = {
		{ "", &names.kernel, NULL },
		{ "--app", &names.app, NULL },
		{ "--policy", &names.policy, NULL },
		{ "-o", &names.output, NULL },
	};

	if (options_read(argc, argv, options, ARRAY_COUNT(options)) != OK)
		return ANCHORHOLD_USAGE;
	if (!names.kernel || !names.app || !names.policy || !names.output) {
		say_error("needs KERNEL, --app, --policy and -o; --help says "
			  "more");
		return ANCHORHOLD_USAGE;
	}
	if (file_is_same(names.output, names.kernel) ||
	    file_is_same(names.output, names.app) ||
	    file_is_same(names.output, names.policy)) {
		say_error("-o: %s is read, too", names.output);
		return ANCHORHOLD_USAGE;
	}
	return verb_status(pack(&names));
}

const struct verb verb_pack = {
	.name = "pack",
	.summary = "put an app and a policy into a kernel image",
	.help = "Usage: anchorhold pack KERNEL --app ELF --policy JSON -o OUT\n"
		"\n"
		"Makes the one file that a guest starts from. Equal inputs "
		"make\n"
		"equal bytes. docs/policy.md says what a policy can ask for.\n"
		"\n"
		"  KERNEL         build/image/anchorhold-kernel.efi\n"
		"  --app ELF      the app: a static ELF64, linked to 0x400000\n"
		"  --policy JSON  the policy\n"
		"  -o OUT         the image\n"
		"\n"
		"Example:\n"
		"  anchorhold pack anchorhold-kernel.efi --app hello.elf \\\n"
		"    --policy hello.json -o hello.efi\n"
		"\n"
		"Exit status: 0 done, 1 an argument or a file makes no sense,\n"
		"2 a file can't be read or written.\n",
	.run = run,
};

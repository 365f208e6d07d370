// SPDX-License-Identifier: Apache-2.0
// anchorhold measure: the launch digest, from what is launched.
#include "image/measure/launch.h"

#include <stdio.h>

#include "base/num.h"
#include "client/anchorhold.h"
#include "client/file.h"
#include "client/options.h"
#include "client/say.h"
#include "client/verbs.h"

struct words {
	const char *firmware, *kernel, *initrd, *append;
	const char *vcpus, *vcpu_type, *features;
	bool json;
};

struct files {
	struct file firmware, kernel, initrd;
};

static enum err read_words(int argc, char **argv, struct words *words)
{
	const struct option options[] = {
		{ "--firmware", &words->firmware, NULL },
		{ "--kernel", &words->kernel, NULL },
		{ "--initrd", &words->initrd, NULL },
		{ "--append", &words->append, NULL },
		{ "--vcpus", &words->vcpus, NULL },
		{ "--vcpu-type", &words->vcpu_type, NULL },
		{ "--features", &words->features, NULL },
		{ "--json", NULL, &words->json },
	};

	TRY(options_read(argc, argv, options, ARRAY_COUNT(options)));
	if (!words->firmware || !words->vcpus || !words->vcpu_type ||
	    !words->features) {
		say_error("needs --firmware, --vcpus, --vcpu-type and "
			  "--features; --help says more");
		return ERR_BAD_INPUT;
	}
	if (!words->kernel && (words->initrd || words->append)) {
		say_error("--initrd and --append are measured with --kernel "
			  "only");
		return ERR_BAD_INPUT;
	}
	return OK;
}

static void say_types(const char *type)
{
	fprintf(stderr,
		"anchorhold measure: unknown --vcpu-type %s; known:", type);
	for (size_t i = 0; launch_vcpu_type(i); i++)
		fprintf(stderr, " %s", launch_vcpu_type(i));
	fputc('\n', stderr);
}

static enum err judge_words(const struct words *words,
			    struct launch_input *input)
{
	unsigned long long vcpus, features;

	TRY(option_number("--vcpus", words->vcpus, LAUNCH_VCPU_LIMIT, &vcpus));
	TRY(option_number("--features", words->features, UINT64_MAX,
			  &features));
	if (vcpus == 0) {
		say_error("--vcpus: at least 1");
		return ERR_BAD_INPUT;
	}
	if (launch_vcpu_signature(words->vcpu_type, &input->vcpu_signature) !=
	    OK) {
		say_types(words->vcpu_type);
		return ERR_BAD_INPUT;
	}
	input->vcpu_count = (uint32_t)vcpus;
	input->sev_features = features;
	input->has_kernel = words->kernel != NULL;
	input->command_line = words->append;
	return OK;
}

static struct launch_blob blob_of(const struct file *file)
{
	return (struct launch_blob){ file->bytes, file->count };
}

static enum err read_files(const struct words *words, struct files *files)
{
	TRY(file_read(words->firmware, &files->firmware));
	if (words->kernel)
		TRY(file_read(words->kernel, &files->kernel));
	return words->initrd ? file_read(words->initrd, &files->initrd) : OK;
}

static enum err digest(const struct words *words, struct launch_input *input,
		       const struct files *files,
		       uint8_t out[LAUNCH_DIGEST_BYTES])
{
	enum err e;

	input->firmware = blob_of(&files->firmware);
	input->kernel = blob_of(&files->kernel);
	input->initrd = blob_of(&files->initrd);
	e = launch_digest(input, out);
	if (e == ERR_UNSUPPORTED)
		say_error("%s: no firmware that can launch this under SEV-SNP",
			  words->firmware);
	else if (e != OK)
		say_error("%s: the firmware's tables are malformed",
			  words->firmware);
	return e == OK ? OK : ERR_BAD_INPUT;
}

static void print(const struct words *words, const struct launch_input *input,
		  const uint8_t bytes[LAUNCH_DIGEST_BYTES])
{
	if (words->json)
		printf("{\"vcpus\":%u,\"vcpu_type\":\"%s\","
		       "\"features\":\"0x%llx\",\"measurement\":\"",
		       input->vcpu_count, words->vcpu_type,
		       (unsigned long long)input->sev_features);
	for (size_t i = 0; i < LAUNCH_DIGEST_BYTES; i++)
		printf("%02x", bytes[i]);
	puts(words->json ? "\"}" : "");
}

static enum err measure(const struct words *words)
{
	uint8_t bytes[LAUNCH_DIGEST_BYTES];
	struct launch_input input = { 0 };
	struct files files = { 0 };
	enum err e;

	TRY(judge_words(words, &input));
	e = read_files(words, &files);
	if (e == OK)
		e = digest(words, &input, &files, bytes);
	if (e == OK)
		print(words, &input, bytes);
	file_free(&files.firmware);
	file_free(&files.kernel);
	file_free(&files.initrd);
	return e;
}

static int run(int argc, char **argv)
{
	struct words words = { 0 };

	if (read_words(argc, argv, &words) != OK)
		return ANCHORHOLD_USAGE;
	return verb_status(measure(&words));
}

const struct verb verb_measure = {
	.name = "measure",
	.summary = "compute the launch digest of a guest",
	.help = "Usage: anchorhold measure --firmware F [--kernel K "
		"[--initrd I] [--append S]]\n"
		"         --vcpus N --vcpu-type T --features 0x1 [--json]\n"
		"\n"
		"Computes what the secure processor will say of a guest that\n"
		"QEMU launches so. The digest, in hex, is the last line.\n"
		"\n"
		"  --firmware F   the firmware's file\n"
		"  --kernel K     what -kernel gets, with kernel-hashes=on\n"
		"  --initrd I     what -initrd gets\n"
		"  --append S     the command line; empty without\n"
		"  --vcpus N      how many vCPUs are launched\n"
		"  --vcpu-type T  QEMU's CPU type: EPYC-v4, EPYC-Milan,\n"
		"                 EPYC-Genoa, EPYC-Turin, ...\n"
		"  --features X   SEV_FEATURES: 0x1, or 0x21 with debug swap\n"
		"  --json         one line of JSON\n"
		"\n"
		"Example:\n"
		"  anchorhold measure --firmware anchorhold.fd \\\n"
		"    --kernel anchorhold-hello.efi --vcpus 1 "
		"--vcpu-type EPYC-v4 \\\n"
		"    --features 0x1\n"
		"\n"
		"Exit status: 0 done, 1 an argument or a file makes no sense,\n"
		"2 a file can't be read.\n",
	.run = run,
};

// SPDX-License-Identifier: Apache-2.0
// anchorhold publish: writes an expectation file for a build.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "client/chain_product.h"
#include "client/expectation.h"
#include "client/file.h"
#include "client/floor_table.h"
#include "client/options.h"
#include "client/say.h"
#include "client/verbs.h"
#include "image/measure/launch.h"

struct words {
	const char *firmware, *kernel, *append, *name, *features, *output;
	const char *vcpus, *vcpu_type;
	bool development;
};

struct publication {
	struct file firmware, kernel;
	struct launch_input input;
	json_t *measurements;
};

static json_t *hex(const uint8_t *bytes, size_t count)
{
	char digits[2 * LAUNCH_DIGEST_BYTES + 1] = "";

	for (size_t i = 0; i < count; i++)
		snprintf(digits + 2 * i, 3, "%02x", bytes[i]);
	return json_string(digits);
}

static bool is_published(const json_t *measurements, const json_t *digest)
{
	size_t i;
	json_t *item;

	json_array_foreach((json_t *)(uintptr_t)measurements, i,
			   item) if (json_equal(json_object_get(item, "digest"),
						digest)) return true;
	return false;
}

// One CPU type's digest; types that share a signature share it.
static enum err add_type(const struct words *words, struct publication *p,
			 const char *type)
{
	uint8_t bytes[LAUNCH_DIGEST_BYTES];
	char name[64];
	json_t *digest;
	enum err e;

	if (launch_vcpu_signature(type, &p->input.vcpu_signature) != OK) {
		say_error("--vcpu-type: unknown: %s", type);
		return ERR_BAD_INPUT;
	}
	e = launch_digest(&p->input, bytes);
	if (e != OK) {
		say_error("%s: no firmware that can launch this under SEV-SNP",
			  words->firmware);
		return ERR_BAD_INPUT;
	}
	snprintf(name, sizeof(name), "%.24s%s%s, %u vCPU%s",
		 words->name ? words->name : "", words->name ? ", " : "", type,
		 p->input.vcpu_count, p->input.vcpu_count == 1 ? "" : "s");
	digest = hex(bytes, sizeof(bytes));
	if (is_published(p->measurements, digest)) {
		json_decref(digest);
		return OK;
	}
	return json_array_append_new(p->measurements,
				     json_pack("{s:o,s:s}", "digest", digest,
					       "name", name)) == 0
		       ? OK
		       : ERR_NO_MEMORY;
}

static enum err add_types(const struct words *words, struct publication *p)
{
	const char *type;

	if (words->vcpu_type)
		return add_type(words, p, words->vcpu_type);
	for (size_t i = 0; (type = launch_vcpu_type(i)) != NULL; i++)
		TRY(add_type(words, p, type));
	return OK;
}

static json_t *floors(void)
{
	struct anchorhold_floor floor[ANCHORHOLD_PRODUCTS];
	json_t *all = json_object();

	floor_table_fill(floor);
	for (int i = 0; i < ANCHORHOLD_PRODUCTS; i++) {
		enum anchorhold_product product = (enum anchorhold_product)i;
		json_t *levels;

		if (!floor[i].is_set)
			continue;
		levels = json_object();
		for (size_t byte = 0; byte < sizeof(floor[i].tcb); byte++)
			if (expectation_level(product, byte))
				json_object_set_new(
					levels,
					expectation_level(product, byte),
					json_integer(floor[i].tcb[byte]));
		json_object_set_new(all, product_name(product), levels);
	}
	return all;
}

static json_t *comment(void)
{
	char text[256] = "TCB floors of " FLOOR_TABLE_DATE;
	size_t used = strlen(text);

	for (int i = 0; i < ANCHORHOLD_PRODUCTS; i++) {
		enum anchorhold_product product = (enum anchorhold_product)i;
		const char *source = floor_table_source(product);

		if (source)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "; %s: %s",
				product_name(product), source);
	}
	return json_string(text);
}

static enum err write_file(const struct words *words, json_t *measurements)
{
	json_t *root =
		json_pack("{s:o,s:i,s:s,s:o,s:O}", "comment", comment(),
			  "version", (int)EXPECTATION_VERSION, "profile",
			  words->development ? "development" : "production",
			  "tcb_floor", floors(), "measurements", measurements);
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	char *line = text ? realloc(text, strlen(text) + 2) : NULL;
	enum err e = ERR_NO_MEMORY;

	if (line) {
		strcat(line, "\n");
		e = file_write(words->output, (const uint8_t *)line,
			       strlen(line));
	}
	free(line);
	json_decref(root);
	return e;
}

static enum err judge_words(const struct words *words,
			    struct launch_input *input)
{
	unsigned long long vcpus = 1, features = 1;

	if (!words->firmware || !words->kernel || !words->output) {
		say_error("needs --firmware, --kernel and -o; --help says "
			  "more");
		return ERR_BAD_INPUT;
	}
	if (words->vcpus)
		TRY(option_number("--vcpus", words->vcpus, LAUNCH_VCPU_LIMIT,
				  &vcpus));
	if (words->features)
		TRY(option_number("--features", words->features, UINT64_MAX,
				  &features));
	if (vcpus == 0) {
		say_error("--vcpus: at least 1");
		return ERR_BAD_INPUT;
	}
	*input = (struct launch_input){
		.has_kernel = true,
		.command_line = words->append,
		.vcpu_count = (uint32_t)vcpus,
		.sev_features = features,
	};
	return OK;
}

static enum err publish(const struct words *words, struct publication *p)
{
	TRY(judge_words(words, &p->input));
	TRY(file_read(words->firmware, &p->firmware));
	TRY(file_read(words->kernel, &p->kernel));
	p->input.firmware =
		(struct launch_blob){ p->firmware.bytes, p->firmware.count };
	p->input.kernel =
		(struct launch_blob){ p->kernel.bytes, p->kernel.count };
	p->measurements = json_array();
	TRY(add_types(words, p));
	return write_file(words, p->measurements);
}

static int run(int argc, char **argv)
{
	struct publication p = { 0 };
	struct words words = { 0 };
	const struct option options[] = {
		{ "--firmware", &words.firmware, NULL },
		{ "--kernel", &words.kernel, NULL },
		{ "--append", &words.append, NULL },
		{ "--vcpus", &words.vcpus, NULL },
		{ "--vcpu-type", &words.vcpu_type, NULL },
		{ "--features", &words.features, NULL },
		{ "--name", &words.name, NULL },
		{ "-o", &words.output, NULL },
		{ "--development", NULL, &words.development },
	};
	enum err e = options_read(argc, argv, options, ARRAY_COUNT(options));

	if (e == OK)
		e = publish(&words, &p);
	file_free(&p.firmware);
	file_free(&p.kernel);
	json_decref(p.measurements);
	if (e == OK)
		return ANCHORHOLD_PASS;
	return e == ERR_BAD_INPUT ? ANCHORHOLD_USAGE : ANCHORHOLD_IO;
}

const struct verb verb_publish = {
	.name = "publish",
	.summary = "write an expectation file for a build",
	.help = "Usage: anchorhold publish --firmware F --kernel K -o OUT "
		"[OPTION...]\n"
		"\n"
		"Computes the launch digests of an image and writes what a "
		"client demands\n"
		"(docs/expectation.md), with the TCB floors "
		"of " FLOOR_TABLE_DATE ".\n"
		"\n"
		"  --firmware F     the firmware's file\n"
		"  --kernel K       the image\n"
		"  --append S       the command line; empty without\n"
		"  --vcpus N        how many vCPUs are launched (1)\n"
		"  --vcpu-type T    this CPU type alone, not all known ones\n"
		"  --features X     SEV_FEATURES (0x1)\n"
		"  --name TEXT      goes before each measurement's name\n"
		"  --development    accept a development image, whose console "
		"the host reads\n"
		"  -o OUT           the file\n"
		"\n"
		"Example:\n"
		"  anchorhold publish --firmware anchorhold.fd \\\n"
		"    --kernel anchorhold-hello-production.efi --name 0.1.0 \\\n"
		"    -o hello.expect.json\n"
		"\n"
		"Exit status: 0 done, 1 an argument or a file makes no sense,\n"
		"2 a file can't be read or written.\n",
	.run = run,
};

// SPDX-License-Identifier: Apache-2.0
// launch-digest FIRMWARE KERNEL COMMAND_LINE VCPUS TYPE FEATURES: prints what
// image/measure says of such a launch.
#include <stdio.h>
#include <stdlib.h>

#include "image/measure/launch.h"

#define FILE_LIMIT (16u * 1024u * 1024u)

static int complain(const char *what)
{
	fprintf(stderr, "launch-digest: %s\n", what);
	return EXIT_FAILURE;
}

// The whole file, kept until the end.
static struct launch_blob blob_read(const char *name)
{
	FILE *file = fopen(name, "rb");
	uint8_t *bytes = malloc(FILE_LIMIT);

	if (!file || !bytes)
		abort();
	size_t count = fread(bytes, 1, FILE_LIMIT, file);
	fclose(file);
	return (struct launch_blob){ bytes, count };
}

int main(int argc, char **argv)
{
	uint8_t digest[LAUNCH_DIGEST_BYTES];

	if (argc != 7)
		return complain("wrong usage");
	struct launch_input input = {
		.firmware = blob_read(argv[1]),
		.has_kernel = true,
		.kernel = blob_read(argv[2]),
		.command_line = argv[3],
		.vcpu_count = (uint32_t)strtoul(argv[4], NULL, 0),
		.sev_features = strtoull(argv[6], NULL, 0),
	};
	if (launch_vcpu_signature(argv[5], &input.vcpu_signature) != OK)
		return complain("no such CPU type");
	if (launch_digest(&input, digest) != OK)
		return complain("not a launch");
	for (size_t i = 0; i < sizeof(digest); i++)
		printf("%02x", digest[i]);
	printf("\n");
	return EXIT_SUCCESS;
}

// SPDX-License-Identifier: Apache-2.0
#include "tls/client_hello.h"

#include "base/bytes.h"

#define VERSION_BYTES 2
#define RANDOM_BYTES 32

static enum err skip_vector(struct reader *r, size_t prefix_bytes)
{
	const uint8_t *prefix;
	size_t length = 0;

	TRY(read_view(r, prefix_bytes, &prefix));
	for (size_t i = 0; i < prefix_bytes; i++)
		length = length << 8 | prefix[i];
	return read_skip(r, length);
}

enum err client_hello_check_end(const uint8_t *body, size_t count)
{
	struct reader r = reader_of(body, count);

	TRY(read_skip(&r, VERSION_BYTES + RANDOM_BYTES));
	TRY(skip_vector(&r, 1)); // legacy_session_id
	TRY(skip_vector(&r, 2)); // cipher_suites
	TRY(skip_vector(&r, 1)); // legacy_compression_methods
	TRY(skip_vector(&r, 2)); // extensions
	return r.left == 0 ? OK : ERR_BAD_INPUT;
}

// SPDX-License-Identifier: Apache-2.0
// Fuzzes everything that HTTP's bytes reach: the parsers by themselves, and the
// whole server over sessions in memory, with an app that echoes. The first byte
// of an input says which, and how the bytes are cut.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attest/exchange.h"
#include "attest/http_chunk.h"
#include "attest/http_framing.h"
#include "attest/http_head.h"
#include "attest/http_path.h"
#include "attest/http_reply.h"
#include "attest/server.h"
#include "base/check.h"
#include "base/num.h"
#include "tests/fake/clock.h"
#include "tests/fake/tls_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

// A request that is let through keeps every promise that the app relies on.
static void fuzz_head(const char *bytes, size_t count)
{
	static struct http_head head;
	struct http_scan scan = { 0 };
	struct http_framing framing;
	struct http_target target;
	size_t end = 0;

	if (http_head_scan(&scan, bytes, count, &end) != OK)
		return;
	CHECK(end <= count && scan.start < end);
	if (http_head_parse(
		    (struct text){ bytes + scan.start, end - scan.start },
		    &head) ||
	    http_framing_judge(&head, &framing) ||
	    http_target_parse(&head, framing.host, &target))
		return;
	CHECK(!(framing.is_chunked && framing.has_length));
	CHECK(framing.length <= HTTP_BODY_LIMIT);
	CHECK(head.minor == 0 || framing.has_host);
	CHECK(target.is_asterisk || http_path_is_canonical(target.path));
	for (size_t i = 0; i < target.path.length; i++)
		CHECK(target.path.at[i] > ' ' && target.path.at[i] < 0x7f &&
		      target.path.at[i] != '\\');
	for (size_t i = 0; i < head.field_count; i++) {
		struct text value = head.fields[i].value;

		CHECK(head.fields[i].name.length > 0);
		CHECK(!memchr(value.at, '\n', value.length) &&
		      !memchr(value.at, '\r', value.length) &&
		      !memchr(value.at, '\0', value.length));
	}
}

struct decoded {
	uint8_t bytes[4096];
	size_t count, used;
	enum err e;
};

static void decode(const char *in, size_t count, size_t step, struct decoded *d)
{
	struct http_chunk chunk = { 0 };
	size_t end = 0;

	*d = (struct decoded){ 0 };
	while (d->e == OK && d->count < sizeof(d->bytes)) {
		size_t used = 0;
		size_t n = 0;

		if (d->used == end)
			end = min_size(count, end + step);
		if (d->used == end)
			break;
		d->e = http_chunk_decode(&chunk, in + d->used, end - d->used,
					 &used, d->bytes + d->count,
					 sizeof(d->bytes) - d->count, &n);
		d->used += used;
		d->count += n;
	}
}

// However the bytes are cut, the same comes out.
static void fuzz_chunk(const char *bytes, size_t count, size_t step)
{
	static struct decoded whole, cut;

	decode(bytes, count, SIZE_MAX / 2, &whole);
	decode(bytes, count, step, &cut);
	if (whole.count == sizeof(whole.bytes))
		return;
	CHECK(whole.e == cut.e && whole.used == cut.used &&
	      whole.count == cut.count);
	CHECK(memcmp(whole.bytes, cut.bytes, whole.count) == 0);
}

static void fuzz_reply(const char *bytes, size_t count)
{
	static uint8_t out[HTTP_REPLY_HEAD_LIMIT];
	struct writer w = writer_of(out, sizeof(out));
	struct exchange_header header;
	struct http_reply reply = { .status = 200,
				    .headers = &header,
				    .header_count = 1 };

	if (text_cut((struct text){ bytes, count }, ':', &header.name,
		     &header.value) != OK ||
	    http_reply_check(200, &header, 1, 0) != OK ||
	    http_reply_write(&w, &reply) != OK)
		return;
	// Status line, one field, the end: no more lines than that.
	size_t lines = 0;
	for (size_t i = 0; i < w.used; i++)
		lines += out[i] == '\n';
	CHECK(lines == 3);
}

// Echoes one request as far as it goes now; ends it when nothing more comes.
static void echo(struct exchange **x)
{
	const struct exchange_request *r;
	uint8_t body[512];
	size_t count = 0;
	enum err e;

	if (!*x) {
		if (exchange_next(x) != OK) {
			*x = NULL;
			return;
		}
		r = exchange_request(*x);
		CHECK(r->path.length && r->path.at[0] == '/');
		if (exchange_reply(*x, 200, NULL, 0, EXCHANGE_CHUNKED) != OK) {
			exchange_end(*x);
			*x = NULL;
			return;
		}
	}
	while ((e = exchange_read(*x, body, sizeof(body), &count)) == OK) {
		size_t written = 0;

		while (written < count && e == OK) {
			size_t n = 0;

			e = exchange_write(*x, body + written, count - written,
					   &n);
			written += n;
		}
	}
	if (e != ERR_AGAIN) {
		exchange_end(*x);
		*x = NULL;
	}
}

static void fuzz_server(const char *bytes, size_t count, size_t step)
{
	struct tls_session *s = fake_tls_open();
	struct exchange *x = NULL;

	CHECK(s);
	fake_tls_set_read_limit(s, step);
	for (size_t at = 0; at < count && !fake_tls_is_closed(s); at += step) {
		fake_tls_send(s, bytes + at, min_size(step, count - at));
		while (fake_tls_turn())
			echo(&x);
	}
	for (int i = 0; i < 300 && !fake_tls_is_closed(s); i++) {
		fake_clock_add_ns(NS_PER_SECOND);
		fake_tls_turn();
		echo(&x);
	}
	CHECK(fake_tls_is_closed(s));
	if (x)
		exchange_end(x);
	fake_tls_free(s);
	CHECK(server_figures().clients == 0);
	CHECK(server_figures().body_bytes_held == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static bool is_started;
	char *bytes;
	size_t step;

	if (!is_started && server_init(443) != OK)
		abort();
	is_started = true;
	if (count == 0)
		return 0;
	// A block of exactly this size, so that one byte too far is seen.
	bytes = malloc(count == 1 ? 1 : count - 1);
	CHECK(bytes);
	memcpy(bytes, data + 1, count - 1);
	step = (size_t)(data[0] >> 2) + 1;
	switch (data[0] & 3) {
	case 0:
		fuzz_head(bytes, count - 1);
		break;
	case 1:
		fuzz_chunk(bytes, count - 1, step);
		break;
	case 2:
		fuzz_reply(bytes, count - 1);
		break;
	default:
		fuzz_server(bytes, count - 1, step);
	}
	free(bytes);
	return 0;
}

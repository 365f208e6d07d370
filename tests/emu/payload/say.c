// SPDX-License-Identifier: Apache-2.0
#include "tests/emu/payload/say.h"

#include "abi/svm.h"
#include "base/bytes.h"
#include "base/check.h"
#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/libc.h"

#define SERIAL_PORT 0x3f8
#define LINE_BYTES 256
#define HEX_BYTES_PER_CALL 64

static uint8_t line[LINE_BYTES];

// The string form of OUT, out of the shared buffer.
static void send(const uint8_t *bytes, size_t count)
{
	struct ghcb_call c = {
		.code = SVM_EXIT_IOIO,
		.info1 = (uint64_t)SERIAL_PORT << GHCB_IO_PORT_SHIFT |
			 1ull << GHCB_IO_SIZE_SHIFT | GHCB_IO_STRING |
			 GHCB_IO_REP,
		.info2 = count,
		.scratch = ghcb_buffer_gpa(),
		.give = GIVE_SCRATCH,
	};
	for (size_t i = 0; i < count; i++)
		ghcb_page()->shared_buffer[i] = bytes[i];
	ghcb_ask(&c);
}

static void put(struct writer *w, const char *text)
{
	CHECK(write_text(w, text) == OK);
}

static void put_fact(struct writer *w, struct fact f)
{
	if (f.key == NULL)
		return;
	put(w, " ");
	put(w, f.key);
	put(w, "=");
	CHECK(write_hex(w, f.value, 1) == OK);
}

void say(const char *what, struct fact a, struct fact b, struct fact c,
	 struct fact d)
{
	struct writer w = writer_of(line, sizeof(line));
	put(&w, what);
	put(&w, ":");
	put_fact(&w, a);
	put_fact(&w, b);
	put_fact(&w, c);
	put_fact(&w, d);
	put(&w, "\n");
	send(line, w.used);
}

void say_text(const char *text)
{
	struct writer w = writer_of(line, sizeof(line));
	put(&w, text);
	put(&w, "\n");
	send(line, w.used);
}

void say_bytes(const char *what, const uint8_t *bytes, size_t count)
{
	struct writer w = writer_of(line, sizeof(line));
	put(&w, what);
	put(&w, ": ");
	send(line, w.used);
	for (size_t i = 0; i < count; i++) {
		if (i % HEX_BYTES_PER_CALL == 0)
			w = writer_of(line, sizeof(line));
		CHECK(write_hex(&w, bytes[i], 2) == OK);
		if (i % HEX_BYTES_PER_CALL == HEX_BYTES_PER_CALL - 1 ||
		    i == count - 1)
			send(line, w.used);
	}
	send((const uint8_t *)"\n", 1);
}

void give_up(const char *why)
{
	if (ghcb_gpa() != 0)
		say_text(why);
	ghcb_terminate(0, 0);
}

void check_failed(const char *file, int at, const char *condition)
{
	(void)file;
	(void)at;
	give_up(condition);
}

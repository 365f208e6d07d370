// SPDX-License-Identifier: Apache-2.0
// Sessions against clients that are broken or hostile: each is told why by the
// right alert, counted, and leaves nothing behind.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "kernel/mem/heap.h"
#include "tests/fake/conn_pipe.h"
#include "tests/fake/tls_client.h"

#define ALERT_UNEXPECTED_MESSAGE 10
#define ALERT_BAD_RECORD_MAC 20
#define ALERT_RECORD_OVERFLOW 22
#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_ILLEGAL_PARAMETER 47
#define ALERT_DECODE_ERROR 50
#define ALERT_PROTOCOL_VERSION 70

static uint8_t hello[2048];
static size_t hello_bytes;

static int start(void **state)
{
	(void)state;
	tls_play_start();
	hello_bytes = tls_client_hello(hello, sizeof(hello));
	return hello_bytes > 100 ? 0 : -1;
}

static int clean(void **state)
{
	(void)state;
	SSL_CTX_set_max_proto_version(tls_client_context, 0);
	SSL_CTX_set1_groups_list(tls_client_context, "X25519:P-256");
	tls_owners_free();
	tls_play();
	return tls_figures().sessions == 0 && tls_figures().records_held == 0
		       ? 0
		       : -1;
}

// The description of the plain alert record that came last; 0: none came.
static int plain_alert(struct conn *c)
{
	uint8_t bytes[8192];
	size_t n = pipe_receive(c, bytes, sizeof(bytes));

	if (n < 7 || memcmp(bytes + n - 7, "\x15\x03\x03\x00\x02\x02", 6) != 0)
		return 0;
	return bytes[n - 1];
}

// What the server answers to these first bytes of a connection.
static int answer_to(const void *bytes, size_t count)
{
	struct conn *c = pipe_connect();
	int alert;

	pipe_send(c, bytes, count);
	tls_play();
	alert = plain_alert(c);
	tls_play_drop(c);
	return alert;
}

static void test_old_versions_are_told(void **state)
{
	struct tls_client *c;
	uint64_t failures = tls_figures().handshake_failures;
	uint64_t alerts = tls_figures().alerts_sent;

	(void)state;
	SSL_CTX_set_max_proto_version(tls_client_context, TLS1_2_VERSION);
	c = tls_client_connected();
	assert_int_equal(tls_client_alert(c), ALERT_PROTOCOL_VERSION);
	assert_int_equal(pipe_end(c->conn), PIPE_CLOSED);
	assert_int_equal(tls_figures().handshake_failures, failures + 1);
	assert_int_equal(tls_figures().alerts_sent, alerts + 1);
	tls_client_free(c);
}

static void test_nothing_in_common(void **state)
{
	struct tls_client *c;

	(void)state;
	SSL_CTX_set1_groups_list(tls_client_context, "P-521");
	c = tls_client_connected();
	assert_int_equal(tls_client_alert(c), ALERT_HANDSHAKE_FAILURE);
	tls_client_free(c);
}

static void test_first_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t count;
		int alert;
	} cases[] = {
		{ "GET / HTTP/1.1\r\n", 16, ALERT_UNEXPECTED_MESSAGE },
		{ "\x80\x2e\x01\x03\x01", 5, ALERT_UNEXPECTED_MESSAGE },
		{ "\0\0\0\0\0", 5, ALERT_UNEXPECTED_MESSAGE },
		{ "\xff\xff\xff\xff\xff", 5, ALERT_UNEXPECTED_MESSAGE },
		{ "\x16\x02\x01\x00\x05", 5, ALERT_DECODE_ERROR },
		{ "\x16\x03\x01\x40\x01", 5, ALERT_RECORD_OVERFLOW },
		{ "\x14\x03\x03\x40\x01", 5, ALERT_RECORD_OVERFLOW },
		{ "\x17\x03\x03\x40\x21", 5, ALERT_RECORD_OVERFLOW },
		{ "\x16\x03\x01\xff\xff", 5, ALERT_RECORD_OVERFLOW },
		// An alert of the client's gets none back.
		{ "\x15\x03\x01\x00\x02\x02\x28", 7, 0 },
		{ "\x17\x03\x03\x00\x01x", 6, ALERT_UNEXPECTED_MESSAGE },
		// RFC 8446 5: a change_cipher_spec is the byte 1.
		{ "\x14\x03\x03\x00\x01\x02", 6, ALERT_UNEXPECTED_MESSAGE },
		{ "\x14\x03\x03\x00\x00", 5, ALERT_UNEXPECTED_MESSAGE },
		// A handshake message that is no ClientHello; a huge one.
		{ "\x16\x03\x01\x00\x05\x02\x00\x00\x01x", 10,
		  ALERT_UNEXPECTED_MESSAGE },
		{ "\x16\x03\x01\x00\x05\x01\xff\xff\xffx", 10,
		  ALERT_ILLEGAL_PARAMETER },
		{ "\x16\x03\x01\x00\x05\x01\x00\x3f\xfdx", 10,
		  ALERT_ILLEGAL_PARAMETER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_int_equal(answer_to(cases[i].bytes, cases[i].count),
				 cases[i].alert);
}

// RFC 8446 6: an alert ends the session whatever its level.
static void test_alert_instead_of_a_hello(void **state)
{
	struct conn *c = pipe_connect();

	(void)state;
	pipe_send(c, "\x15\x03\x01\x00\x02\x01\x28", 7);
	tls_play();
	assert_int_equal(pipe_end(c), PIPE_CLOSED);
	assert_int_equal(pipe_pending(c), 0);
	tls_play_drop(c);
}

// What the server says when `count` bytes of the only key share, from byte
// `offset`, are `value`; before these are the group and the share's length.
static int answer_to_share(const char *groups, int offset, uint8_t value,
			   size_t count)
{
	uint8_t bad[sizeof(hello)];
	// The key_share extension: type, lengths, group.
	const char *start = *groups == 'X' ? "\0\x33\0\x26\0\x24\0\x1d"
					   : "\0\x33\0\x47\0\x45\0\x17";
	char list[16];
	uint8_t *at;
	size_t n;

	// The macro wants to be able to write.
	(void)snprintf(list, sizeof(list), "%s", groups);
	SSL_CTX_set1_groups_list(tls_client_context, list);
	n = tls_client_hello(bad, sizeof(bad));
	at = memmem(bad, n, start, 8);
	assert_non_null(at);
	memset(at + 10 + offset, value, count);
	return answer_to(bad, n);
}

// RFC 8446 4.2.8.2 and 7.4.2.
static void test_key_shares(void **state)
{
	(void)state;
	// As they are; any 32 bytes are an X25519 share.
	assert_int_equal(answer_to_share("X25519", 0, 9, 1), 0);
	assert_int_equal(answer_to_share("P-256", 0, 4, 1), 0);
	// A point of low order.
	assert_int_equal(answer_to_share("X25519", 0, 0, 32),
			 ALERT_ILLEGAL_PARAMETER);
	// Of the wrong length: one group's share under the other's name.
	assert_int_equal(answer_to_share("X25519:P-256", -3, 0x17, 1),
			 ALERT_ILLEGAL_PARAMETER);
	assert_int_equal(answer_to_share("P-256:X25519", -3, 0x1d, 1),
			 ALERT_ILLEGAL_PARAMETER);
	// Off the curve; beyond the field; compressed; at infinity.
	assert_int_equal(answer_to_share("P-256", 1, 1, 64),
			 ALERT_ILLEGAL_PARAMETER);
	assert_int_equal(answer_to_share("P-256", 1, 0xff, 64),
			 ALERT_ILLEGAL_PARAMETER);
	assert_int_equal(answer_to_share("P-256", 0, 2, 1),
			 ALERT_ILLEGAL_PARAMETER);
	assert_int_equal(answer_to_share("P-256", 0, 0, 65),
			 ALERT_ILLEGAL_PARAMETER);
}

// Adds to `at`, a length of two bytes.
static void lengthen(uint8_t *at, size_t count)
{
	size_t length = ((size_t)at[0] << 8 | at[1]) + count;

	at[0] = (uint8_t)(length >> 8);
	at[1] = (uint8_t)length;
}

static void test_bytes_behind_a_hello(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 300; n = 3 * n + 1) {
		uint8_t bad[sizeof(hello) + 512] = { 0 };

		memcpy(bad, hello, hello_bytes);
		lengthen(bad + 3, n);
		lengthen(bad + 7, n);
		assert_int_equal(answer_to(bad, hello_bytes + n),
				 n > 0 ? ALERT_DECODE_ERROR : 0);
	}
}

static void test_every_truncation_of_a_hello(void **state)
{
	uint64_t used;

	(void)state;
	(void)answer_to(hello, hello_bytes);
	used = heap_figures().used_bytes;
	for (size_t n = 0; n < hello_bytes; n++) {
		struct conn *c = pipe_connect();

		pipe_send(c, hello, n);
		tls_play();
		assert_int_equal(pipe_end(c), PIPE_OPEN);
		assert_int_equal(pipe_pending(c), 0);
		pipe_fin(c);
		tls_play();
		assert_int_equal(pipe_end(c), PIPE_CLOSED);
		tls_play_drop(c);
	}
	assert_int_equal(heap_figures().used_bytes, used);
}

static void test_every_byte_of_a_hello_flipped(void **state)
{
	uint64_t used;

	(void)state;
	(void)answer_to(hello, hello_bytes);
	used = heap_figures().used_bytes;
	for (size_t i = 0; i < hello_bytes; i++) {
		uint8_t bad[sizeof(hello)];

		memcpy(bad, hello, hello_bytes);
		bad[i] ^= (uint8_t)(1u << i % 8);
		(void)answer_to(bad, hello_bytes);
		bad[i] ^= 0xff;
		(void)answer_to(bad, hello_bytes);
	}
	assert_int_equal(heap_figures().used_bytes, used);
	assert_int_equal(tls_figures().sessions, 0);
}

static void test_hello_byte_by_byte(void **state)
{
	struct conn *c = pipe_connect();

	(void)state;
	for (size_t i = 0; i < hello_bytes; i++) {
		pipe_send(c, hello + i, 1);
		tls_play();
	}
	assert_in_range(pipe_pending(c), 500, 4000);
	tls_play_drop(c);
}

// As fragments of `size` bytes, each in a record of its own.
static int answer_to_fragments(size_t size)
{
	uint8_t record[sizeof(hello)] = { 22, 3, 1 };
	struct conn *c = pipe_connect();
	size_t at = 5;
	int alert;

	while (at < hello_bytes) {
		size_t n = min_size(size, hello_bytes - at);

		record[3] = (uint8_t)(n >> 8);
		record[4] = (uint8_t)n;
		memcpy(record + 5, hello + at, n);
		pipe_send(c, record, n + 5);
		at += n;
	}
	tls_play();
	alert = pipe_end(c) == PIPE_OPEN ? 0 : plain_alert(c);
	tls_play_drop(c);
	return alert;
}

static void test_fragments_have_a_bound(void **state)
{
	(void)state;
	assert_int_equal(answer_to_fragments(100), 0);
	assert_int_equal(answer_to_fragments(10), 0);
	assert_int_equal(answer_to_fragments(4), ALERT_UNEXPECTED_MESSAGE);
}

static void test_floods_before_the_handshake(void **state)
{
	struct conn *c = pipe_connect();

	(void)state;
	for (unsigned int i = 0; i < 10000; i++)
		pipe_send(c, "\x14\x03\x03\x00\x01\x01", 6);
	tls_play();
	assert_int_not_equal(pipe_end(c), PIPE_OPEN);
	assert_int_equal(plain_alert(c), ALERT_UNEXPECTED_MESSAGE);
	tls_play_drop(c);
}

static void expect_end(struct tls_client *c, int alert)
{
	struct tls_owner *o = tls_newest;

	tls_play();
	assert_int_equal(o->ended, ERR_RESET);
	tls_owner_abort(o);
	// The alert isn't lost to a reset.
	assert_int_equal(pipe_end(c->conn), PIPE_CLOSED);
	tls_play();
	assert_int_equal(tls_client_alert(c), alert);
	tls_client_free(c);
}

static void test_plain_records_after_the_handshake(void **state)
{
	static const char *const records[] = {
		"\x14\x03\x03\x00\x01\x01",
		"\x15\x03\x03\x00\x02\x01\x5a",
		"\x16\x03\x03\x00\x01\x01",
		"GET / HTTP/1.1\r\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(records); i++) {
		struct tls_client *c = tls_client_kept();

		pipe_send(c->conn, records[i], 6);
		expect_end(c, ALERT_UNEXPECTED_MESSAGE);
	}
}

static void test_long_record_after_the_handshake(void **state)
{
	struct tls_client *c = tls_client_kept();

	(void)state;
	pipe_send(c->conn, "\x17\x03\x03\x40\x21", 5);
	expect_end(c, ALERT_RECORD_OVERFLOW);
}

static void test_forged_records(void **state)
{
	static const size_t lengths[] = { 0, 1, 16, 17, 100, 16401 };
	static uint8_t record[5 + 16401] = { 23, 3, 3 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(lengths); i++) {
		struct tls_client *c = tls_client_kept();
		size_t n = lengths[i];

		record[3] = (uint8_t)(n >> 8);
		record[4] = (uint8_t)n;
		pipe_send(c->conn, record, n + 5);
		expect_end(c,
			   n > 0 ? ALERT_BAD_RECORD_MAC : ALERT_DECODE_ERROR);
	}
}

static void test_every_byte_of_a_record_flipped(void **state)
{
	(void)state;
	for (size_t i = 3; i < 5 + 3 + 17; i++) {
		struct tls_client *c = tls_client_kept();
		uint8_t record[64];
		int n;

		SSL_write(c->ssl, "abc", 3);
		n = BIO_read(c->out, record, sizeof(record));
		assert_int_equal(n, 5 + 3 + 17);
		record[i] ^= 1;
		if (i == 3) // long, so the rest never comes
			record[3] = 0x50;
		if (i == 4) // shorter by one
			record[4] = (uint8_t)(n - 5 - 1);
		pipe_send(c->conn, record, (size_t)n);
		tls_play();
		assert_int_equal(tls_newest->count, 0);
		expect_end(c, i == 3 ? ALERT_RECORD_OVERFLOW
				     : ALERT_BAD_RECORD_MAC);
	}
}

static void test_replayed_record(void **state)
{
	struct tls_client *c = tls_client_kept();
	uint8_t record[64];
	int n;

	(void)state;
	SSL_write(c->ssl, "abc", 3);
	n = BIO_read(c->out, record, sizeof(record));
	pipe_send(c->conn, record, (size_t)n);
	pipe_send(c->conn, record, (size_t)n);
	tls_play();
	assert_int_equal(tls_newest->count, 3);
	expect_end(c, ALERT_BAD_RECORD_MAC);
}

// The library has none: the client must be told, not left to wait.
static void test_key_update_is_refused(void **state)
{
	struct tls_client *c = tls_client_kept();

	(void)state;
	assert_int_equal(SSL_key_update(c->ssl, SSL_KEY_UPDATE_REQUESTED), 1);
	SSL_write(c->ssl, "after", 5);
	expect_end(c, ALERT_UNEXPECTED_MESSAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_old_versions_are_told, clean),
		cmocka_unit_test_teardown(test_nothing_in_common, clean),
		cmocka_unit_test_teardown(test_first_bytes, clean),
		cmocka_unit_test_teardown(test_alert_instead_of_a_hello, clean),
		cmocka_unit_test_teardown(test_key_shares, clean),
		cmocka_unit_test_teardown(test_bytes_behind_a_hello, clean),
		cmocka_unit_test_teardown(test_every_truncation_of_a_hello,
					  clean),
		cmocka_unit_test_teardown(test_every_byte_of_a_hello_flipped,
					  clean),
		cmocka_unit_test_teardown(test_hello_byte_by_byte, clean),
		cmocka_unit_test_teardown(test_fragments_have_a_bound, clean),
		cmocka_unit_test_teardown(test_floods_before_the_handshake,
					  clean),
		cmocka_unit_test_teardown(
			test_plain_records_after_the_handshake, clean),
		cmocka_unit_test_teardown(test_long_record_after_the_handshake,
					  clean),
		cmocka_unit_test_teardown(test_forged_records, clean),
		cmocka_unit_test_teardown(test_every_byte_of_a_record_flipped,
					  clean),
		cmocka_unit_test_teardown(test_replayed_record, clean),
		cmocka_unit_test_teardown(test_key_update_is_refused, clean),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}

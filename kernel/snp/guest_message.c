// SPDX-License-Identifier: Apache-2.0
// The host carries each message and trusts nobody's word for it, nor do we: a
// message is encrypted in private memory and only its ciphertext is copied out;
// the answer is copied in once, and judged and opened there. What the host can
// do is delay, refuse, or end this channel for good.
#include "kernel/snp/guest_message.h"

#include <string.h>

#include "abi/ghcb.h"
#include "abi/layout.h"
#include "abi/report.h"
#include "base/bytes.h"
#include "base/check.h"
#include "kernel/mem/shared_pool.h"
#include "kernel/snp/aead.h"
#include "kernel/snp/guest_request.h"
#include "kernel/snp/message_form.h"

// As many as Linux offers. Three certificates of AMD's take two.
#define CERTIFICATE_PAGES 4u
#define CERTIFICATE_BYTES (CERTIFICATE_PAGES * GUEST_MESSAGE_PAGE_BYTES)
// A message in private memory: the library puts the tag behind the text.
#define MESSAGE_BYTES (GUEST_MESSAGE_PAGE_BYTES + AEAD_TAG_BYTES)

_Static_assert(AEAD_KEY_BYTES == VMPCK_BYTES);
_Static_assert(AEAD_IV_BYTES == GUEST_MESSAGE_IV_BYTES);
_Static_assert(AEAD_TAG_BYTES == GUEST_MESSAGE_TAG_BYTES);
_Static_assert(GUEST_MESSAGE_PAGE_BYTES == PAGE_SIZE);

// Invariant: a message is under way only while the key is there. While it is,
// `request` and its ciphertext in `sent` don't change.
static struct {
	struct aead_key key;
	bool has_key;
	bool is_open; // has the key and the pages
	bool is_under_way;
	bool wants_certificates;
	uint64_t last_sequence; // of the last answer; 0 before the first
	struct guest_message_header request;
	struct shared request_page, response_page, table_pages;
	size_t table_bytes; // that came with the last answer
} channel;

static _Alignas(8) uint8_t sent[MESSAGE_BYTES];
static _Alignas(8) uint8_t received[MESSAGE_BYTES];
static uint8_t opened[GUEST_MESSAGE_PAYLOAD_LIMIT];
static uint8_t table[CERTIFICATE_BYTES];

size_t guest_message_shared_bytes(void)
{
	return 2 * GUEST_MESSAGE_PAGE_BYTES + CERTIFICATE_BYTES;
}

static enum err take_pages(void)
{
	TRY(shared_pool_take(GUEST_MESSAGE_PAGE_BYTES, PAGE_SIZE,
			     &channel.request_page));
	TRY(shared_pool_take(GUEST_MESSAGE_PAGE_BYTES, PAGE_SIZE,
			     &channel.response_page));
	return shared_pool_take(CERTIFICATE_BYTES, PAGE_SIZE,
				&channel.table_pages);
}

// The only answer to a failure once there is a ciphertext: without the key, no
// number can serve two texts, whatever the host made of the first.
static enum err close_channel(void)
{
	aead_key_wipe(&channel.key);
	channel.has_key = false;
	channel.is_open = false;
	channel.is_under_way = false;
	channel.table_bytes = 0;
	wipe(opened, sizeof(opened));
	return ERR_CLOSED;
}

enum err guest_message_take_key(const uint8_t key[VMPCK_BYTES])
{
	CHECK(!channel.has_key);
	TRY(aead_init());
	TRY(aead_key_take(key, &channel.key));
	channel.has_key = true;
	return OK;
}

enum err guest_message_init(void)
{
	CHECK(channel.has_key && !channel.is_open);
	if (take_pages() != OK) {
		(void)close_channel();
		return ERR_NO_MEMORY;
	}
	channel.is_open = true;
	channel.is_under_way = false;
	channel.last_sequence = 0;
	channel.table_bytes = 0;
	return OK;
}

// The message in `sent`: header, text, and the tag where the header has it.
static enum err encrypt(const void *payload, size_t count)
{
	struct guest_message_header *h = &channel.request;
	uint8_t iv[GUEST_MESSAGE_IV_BYTES];
	const struct aead with = {
		.iv = iv,
		.aad = sent + GUEST_MESSAGE_AAD_OFFSET,
		.aad_bytes = GUEST_MESSAGE_AAD_BYTES,
	};

	message_iv(h->sequence, iv);
	memset(sent, 0, sizeof(sent));
	memcpy(sent, h, sizeof(*h));
	TRY(aead_seal(channel.key, &with, payload, count, sent + sizeof(*h)));
	memcpy(sent, sent + sizeof(*h) + count, AEAD_TAG_BYTES);
	memset(sent + sizeof(*h) + count, 0, AEAD_TAG_BYTES);
	return OK;
}

enum err guest_message_begin(enum guest_message_type type, const void *payload,
			     size_t count, bool wants_certificates)
{
	CHECK(!channel.is_under_way);
	if (!channel.is_open)
		return ERR_CLOSED;
	if (!message_sequence_is_left(channel.last_sequence))
		return close_channel();
	channel.request = message_request(channel.last_sequence + 1,
					  (uint8_t)type, count);
	channel.wants_certificates = wants_certificates;
	channel.table_bytes = 0;
	if (encrypt(payload, count) != OK)
		return close_channel();
	channel.is_under_way = true;
	return OK;
}

// An honest host that has no table may leave the pages as they are: they must
// then say so, and not what an earlier answer said.
static void clear_table(void)
{
	for (size_t at = 0; at < sizeof(struct certificate_entry); at += 8)
		shared_store64(channel.table_pages, at, 0);
}

// One event: the very same bytes each time.
static enum err hand_over(struct guest_request_answer *answer)
{
	const struct guest_request request = {
		.request = shared_phys(channel.request_page, 0),
		.response = shared_phys(channel.response_page, 0),
		.data = shared_phys(channel.table_pages, 0),
		.data_pages = channel.wants_certificates ? CERTIFICATE_PAGES
							 : 0,
	};

	shared_write(channel.request_page, 0, sent, GUEST_MESSAGE_PAGE_BYTES);
	if (channel.wants_certificates)
		clear_table();
	return guest_request_send(&request, answer);
}

// What the host says of the message itself (AMD 56421, 4.1.7 and 4.1.8). OK:
// there should be an answer. A mix of errors is none of the two that let the
// message go out again.
static enum err host_judge(const struct guest_request_answer *answer)
{
	if (answer->firmware_error != 0)
		return ERR_CLOSED;
	switch (answer->host_error) {
	case 0:
		return OK;
	case GUEST_REQUEST_BUSY:
		return ERR_AGAIN;
	case GUEST_REQUEST_BUFFER_TOO_SMALL:
		return channel.wants_certificates ? ERR_TOO_BIG : ERR_CLOSED;
	default:
		return ERR_CLOSED;
	}
}

// Sends until there is an answer, or a reason to stop. A table that doesn't
// fit is given up: the same ciphertext goes out as a plain request, once.
static enum err send_message(void)
{
	struct guest_request_answer answer = { 0 };
	enum err e;

	TRY(hand_over(&answer));
	e = host_judge(&answer);
	if (e != ERR_TOO_BIG)
		return e;
	channel.wants_certificates = false;
	TRY(hand_over(&answer));
	return host_judge(&answer);
}

// The answer as it came, judged and opened in private memory.
static enum err open_answer(size_t limit, size_t *count)
{
	struct guest_message_header h;
	uint8_t iv[GUEST_MESSAGE_IV_BYTES];
	const struct aead with = {
		.iv = iv,
		.aad = received + GUEST_MESSAGE_AAD_OFFSET,
		.aad_bytes = GUEST_MESSAGE_AAD_BYTES,
	};

	shared_read(channel.response_page, 0, received,
		    GUEST_MESSAGE_PAGE_BYTES);
	memcpy(&h, received, sizeof(h));
	TRY(message_answer_judge(&channel.request, &h, limit));
	message_iv(h.sequence, iv);
	memcpy(received + sizeof(h) + h.payload_size, h.tag, AEAD_TAG_BYTES);
	TRY(aead_open(channel.key, &with, received + sizeof(h), h.payload_size,
		      opened));
	*count = h.payload_size;
	return OK;
}

static void take_table(void)
{
	static const struct certificate_entry none;

	if (!channel.wants_certificates)
		return;
	shared_read(channel.table_pages, 0, table, sizeof(table));
	if (memcmp(table, &none, sizeof(none)) != 0)
		channel.table_bytes = sizeof(table);
}

enum err guest_message_poll(void *payload, size_t count)
{
	size_t got = 0;
	enum err e;

	CHECK(count <= sizeof(opened));
	if (!channel.is_open)
		return ERR_CLOSED;
	CHECK(channel.is_under_way);
	e = send_message();
	if (e == ERR_AGAIN)
		return e;
	if (e != OK || open_answer(count, &got) != OK)
		return close_channel();
	channel.last_sequence = channel.request.sequence + 1;
	channel.is_under_way = false;
	memset(payload, 0, count);
	memcpy(payload, opened, got);
	wipe(opened, sizeof(opened));
	take_table();
	return OK;
}

const uint8_t *guest_message_certificates(size_t *count)
{
	*count = channel.table_bytes;
	return table;
}

bool guest_message_is_open(void)
{
	return channel.is_open;
}

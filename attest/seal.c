// SPDX-License-Identifier: Apache-2.0
// Sealing. A blob is the host's until its tag is proven: its length and header
// are judged first, from a copy.
#include "attest/seal.h"

#include <string.h>

#include "abi/seal.h"
#include "attest/seal_key.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/snp/derived_key.h"
#include "kernel/time/clock.h"
#include "kernel/time/wait.h"
#include "tls/key.h"

// What makes a root of ours: who asks is in it by measurement and policy (which
// says, for one, whether the host may debug).
#define FIELDS (KEY_FIELD_MEASUREMENT | KEY_FIELD_POLICY | KEY_FIELD_TCB)
// A host that lets one message through in two seconds is met in the field.
#define BUSY_LIMIT_NS (60 * NS_PER_SECOND)
#define BUSY_PAUSE_NS (100 * NS_PER_MS)

_Static_assert(SEAL_TAG_BYTES == AEAD_TAG_BYTES);

static uint64_t tcb; // of the root

// The one wait of the boot: the loop doesn't run yet.
static enum err fetch_root(uint8_t root[KEY_BYTES])
{
	uint64_t end_ns = clock_now_ns() + BUSY_LIMIT_NS;

	TRY(derived_key_begin(FIELDS, tcb));
	for (;;) {
		enum err e = derived_key_poll(root);

		if (e != ERR_AGAIN)
			return e;
		if (clock_now_ns() >= end_ns)
			return ERR_TIMEOUT;
		wait_until(clock_now_ns() + BUSY_PAUSE_NS);
	}
}

enum err seal_init(uint64_t committed_tcb)
{
	uint8_t root[KEY_BYTES];
	enum err e;

	tcb = committed_tcb;
	TRY(fetch_root(root));
	e = seal_key_take_root(root);
	wipe(root, sizeof(root));
	return e;
}

static struct seal_header header_make(void)
{
	return (struct seal_header){
		.magic = SEAL_MAGIC,
		.version = SEAL_VERSION,
		.fields = FIELDS,
		.tcb = tcb,
	};
}

// What the tag proves besides the text.
struct proven {
	struct seal_header header;
	uint8_t context[SEAL_CONTEXT_LIMIT];
};

static struct aead with_of(const struct seal_call *call,
			   const struct seal_key *key, struct proven *proven)
{
	if (call->context_bytes > 0)
		memcpy(proven->context, call->context, call->context_bytes);
	return (struct aead){
		.iv = key->iv,
		.aad = proven,
		.aad_bytes = sizeof(proven->header) + call->context_bytes,
	};
}

enum err seal_make(const struct seal_call *call, size_t *count)
{
	static struct proven proven;
	struct seal_key key;
	uint8_t *out = call->out;
	enum err e;

	if (!seal_key_has_root())
		return ERR_UNSUPPORTED;
	if (call->context_bytes > SEAL_CONTEXT_LIMIT ||
	    call->in_bytes > SEAL_TEXT_LIMIT ||
	    call->capacity < call->in_bytes + SEAL_OVERHEAD_BYTES)
		return ERR_TOO_BIG;
	proven.header = header_make();
	TRY(tls_random(proven.header.salt, sizeof(proven.header.salt)));
	TRY(seal_key_make(proven.header.salt, &key));
	struct aead with = with_of(call, &key, &proven);
	memcpy(out, &proven.header, sizeof(proven.header));
	e = aead_seal(key.key, &with, call->in, call->in_bytes,
		      out + sizeof(proven.header));
	aead_key_wipe(&key.key);
	if (e == OK)
		*count = call->in_bytes + SEAL_OVERHEAD_BYTES;
	return e;
}

// Everything but the salt is as a blob of ours has it.
static bool is_ours(const struct seal_header *h)
{
	struct seal_header ours = header_make();

	memcpy(ours.salt, h->salt, sizeof(ours.salt));
	return memcmp(&ours, h, sizeof(ours)) == 0;
}

enum err seal_open(const struct seal_call *call, size_t *count)
{
	static struct proven proven;
	struct seal_key key;
	const uint8_t *in = call->in;
	size_t text_bytes;
	enum err e;

	if (!seal_key_has_root())
		return ERR_UNSUPPORTED;
	if (call->in_bytes < SEAL_OVERHEAD_BYTES)
		return ERR_BAD_INPUT;
	text_bytes = call->in_bytes - SEAL_OVERHEAD_BYTES;
	if (call->context_bytes > SEAL_CONTEXT_LIMIT ||
	    text_bytes > SEAL_TEXT_LIMIT || call->capacity < text_bytes)
		return ERR_TOO_BIG;
	memcpy(&proven.header, in, sizeof(proven.header));
	if (!is_ours(&proven.header))
		return ERR_BAD_INPUT;
	TRY(seal_key_make(proven.header.salt, &key));
	struct aead with = with_of(call, &key, &proven);
	e = aead_open(key.key, &with, in + sizeof(proven.header), text_bytes,
		      call->out);
	aead_key_wipe(&key.key);
	if (e == OK)
		*count = text_bytes;
	return e;
}

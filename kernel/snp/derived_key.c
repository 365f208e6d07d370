// SPDX-License-Identifier: Apache-2.0
#include "kernel/snp/derived_key.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "kernel/snp/guest_message.h"

#define FIELDS_KNOWN                                                   \
	(KEY_FIELD_POLICY | KEY_FIELD_IMAGE_ID | KEY_FIELD_FAMILY_ID | \
	 KEY_FIELD_MEASUREMENT | KEY_FIELD_TCB)

enum err derived_key_begin(uint64_t fields, uint64_t tcb)
{
	const struct key_request request = {
		.root_key_select = GUEST_KEY_VCEK << KEY_ROOT_SELECT_SHIFT,
		.guest_field_select = fields,
		.vmpl = 0,
		.guest_svn = 0,
		.tcb = tcb,
	};

	CHECK((fields & ~FIELDS_KNOWN) == 0);
	return guest_message_begin(GUEST_MESSAGE_KEY_REQ, &request,
				   KEY_REQUEST_V1_BYTES, false);
}

static enum err judge(const struct key_response *response)
{
	static const uint8_t zeros[KEY_BYTES];

	if (response->status == GUEST_MESSAGE_STATUS_INVALID_KEY)
		return ERR_UNSUPPORTED;
	// A status alone is followed by zeros, and zeros are no key.
	if (response->status != GUEST_MESSAGE_STATUS_OK ||
	    bytes_equal_ct(response->key, zeros, sizeof(zeros)))
		return ERR_DEVICE;
	return OK;
}

enum err derived_key_poll(uint8_t key[KEY_BYTES])
{
	struct key_response response;
	enum err e;

	TRY(guest_message_poll(&response, sizeof(response)));
	e = judge(&response);
	if (e == OK)
		memcpy(key, response.key, KEY_BYTES);
	wipe(&response, sizeof(response));
	return e;
}

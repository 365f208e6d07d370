// SPDX-License-Identifier: Apache-2.0
#include "attest/der.h"

#include <string.h>

const uint8_t *der_first(const struct der *d)
{
	return d->bytes + d->capacity - d->used;
}

void der_put(struct der *d, const void *bytes, size_t count)
{
	if (d->failed || count > d->capacity - d->used) {
		d->failed = true;
		return;
	}
	d->used += count;
	if (count > 0)
		memcpy(d->bytes + d->capacity - d->used, bytes, count);
}

// X.690, 8.1.3: short below 128, else a count of length bytes.
static void put_length(struct der *d, size_t length)
{
	uint8_t byte = (uint8_t)length;
	uint8_t count = 0;

	if (length < 0x80) {
		der_put(d, &byte, 1);
		return;
	}
	for (; length > 0; length >>= 8, count++) {
		byte = (uint8_t)length;
		der_put(d, &byte, 1);
	}
	byte = 0x80 | count;
	der_put(d, &byte, 1);
}

void der_wrap(struct der *d, uint8_t tag, size_t mark)
{
	put_length(d, d->used - mark);
	der_put(d, &tag, 1);
}

void der_element(struct der *d, uint8_t tag, const void *bytes, size_t count)
{
	size_t mark = d->used;

	der_put(d, bytes, count);
	der_wrap(d, tag, mark);
}

void der_unsigned(struct der *d, const uint8_t *bytes, size_t count)
{
	static const uint8_t zero = 0;
	size_t mark = d->used;

	// X.690, 8.3.2: the fewest bytes, and one more where the first would
	// read as a sign.
	while (count > 0 && bytes[0] == 0) {
		bytes++;
		count--;
	}
	der_put(d, bytes, count);
	if (count == 0 || bytes[0] >= 0x80)
		der_put(d, &zero, 1);
	der_wrap(d, DER_INTEGER, mark);
}

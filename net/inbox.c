// SPDX-License-Identifier: Apache-2.0
#include "net/inbox.h"

#include <stdbool.h>
#include <string.h>

#include "net/lwip/base.h"

#include "lwip/pbuf.h"

#include "base/num.h"

// Frames come in blocks of one size (link.c), with the buffer behind the head.
static size_t room_behind(const struct pbuf *p)
{
	const uint8_t *end = (const uint8_t *)p +
			     LWIP_MEM_ALIGN_SIZE(sizeof(*p)) +
			     LWIP_MEM_ALIGN_SIZE(PBUF_POOL_BUFSIZE);

	return (size_t)(end - ((const uint8_t *)p->payload + p->len));
}

static bool pack(struct pbuf *last, const struct pbuf *p)
{
	if (last == NULL || last->ref != 1 || p->len > room_behind(last))
		return false;
	memcpy((uint8_t *)last->payload + last->len, p->payload, p->len);
	last->len = (u16_t)(last->len + p->len);
	return true;
}

static void add_one(struct inbox *in, struct pbuf *p)
{
	in->bytes += p->len;
	if (p->len == 0 || pack(in->last, p)) {
		pbuf_free(p);
		return;
	}
	if (in->last == NULL)
		in->first = p;
	else
		in->last->next = p;
	in->last = p;
}

void inbox_add(struct inbox *in, struct pbuf *p)
{
	while (p != NULL) {
		struct pbuf *next = p->next;

		p->next = NULL;
		p->tot_len = p->len;
		add_one(in, p);
		p = next;
	}
}

static void drop_first(struct inbox *in)
{
	struct pbuf *p = in->first;

	in->first = p->next;
	if (in->first == NULL)
		in->last = NULL;
	in->offset = 0;
	p->next = NULL;
	pbuf_free(p);
}

size_t inbox_read(struct inbox *in, uint8_t *out, size_t capacity)
{
	size_t count = 0;

	while (in->first != NULL && count < capacity) {
		const struct pbuf *p = in->first;
		size_t part = min_size(p->len - in->offset, capacity - count);

		memcpy(out + count, (const uint8_t *)p->payload + in->offset,
		       part);
		count += part;
		in->offset += part;
		if (in->offset == p->len)
			drop_first(in);
	}
	in->bytes -= count;
	return count;
}

void inbox_clear(struct inbox *in)
{
	while (in->first != NULL)
		drop_first(in);
	in->bytes = 0;
}

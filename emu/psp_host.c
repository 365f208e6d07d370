// SPDX-License-Identifier: Apache-2.0
// What KVM does around the secure processor in the guest-request events (AMD
// 56421, 4.1.7 and 4.1.8).
#include "emu/psp.h"

#include <string.h>

#include "base/num.h"

static const struct certificate_entry no_certificates;

static size_t table_bytes(const struct psp *p)
{
	return p->certificates ? p->certificates_bytes
			       : sizeof(no_certificates);
}

uint64_t psp_guest_request(struct psp *p,
			   const uint8_t request[GUEST_MESSAGE_PAGE_BYTES],
			   uint8_t response[GUEST_MESSAGE_PAGE_BYTES])
{
	if (p->busy_answers > 0) {
		p->busy_answers--;
		return PSP_VMM_BUSY;
	}
	return psp_message(p, request, response);
}

uint64_t psp_extended_request(struct psp *p,
			      const uint8_t request[GUEST_MESSAGE_PAGE_BYTES],
			      uint8_t response[GUEST_MESSAGE_PAGE_BYTES],
			      uint64_t *pages)
{
	uint64_t needed = align_up(table_bytes(p), GUEST_MESSAGE_PAGE_BYTES) /
			  GUEST_MESSAGE_PAGE_BYTES;

	if (*pages < needed) {
		*pages = needed;
		return PSP_VMM_INVALID_LENGTH;
	}
	return psp_guest_request(p, request, response);
}

void psp_certificates_copy(const struct psp *p, uint64_t index,
			   uint8_t page[GUEST_MESSAGE_PAGE_BYTES])
{
	const uint8_t *table = p->certificates
				       ? p->certificates
				       : (const uint8_t *)&no_certificates;
	size_t bytes = table_bytes(p);

	memset(page, 0, GUEST_MESSAGE_PAGE_BYTES);
	if (index >= align_up(bytes, GUEST_MESSAGE_PAGE_BYTES) /
			     GUEST_MESSAGE_PAGE_BYTES)
		return;
	size_t start = (size_t)index * GUEST_MESSAGE_PAGE_BYTES;
	memcpy(page, table + start,
	       min_size(bytes - start, GUEST_MESSAGE_PAGE_BYTES));
}

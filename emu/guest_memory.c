// SPDX-License-Identifier: Apache-2.0
// Reading and writing the guest's memory as its CPU would.
#include "emu/guest_memory.h"

#include "abi/x86.h"
#include "base/num.h"
#include "emu/libc.h"
#include "emu/rmp.h"

#define ENTRY_ADDRESS 0x000ffffffffff000ull

// 15.36.10: page walks are private whatever the C-bit in the entry says.
static enum err read_entry(uint64_t gpa, uint64_t *entry)
{
	gpa &= ~CBIT;
	if (!rmp_is_memory(gpa) || !rmp_is_valid(gpa))
		return ERR_BAD_INPUT;
	memcpy(entry, rmp_private_bytes(gpa), sizeof(*entry));
	return OK;
}

enum err guest_translate(struct vcpu *v, uint64_t linear, uint64_t *gpa)
{
	if (!vcpu_is_paged(v)) {
		*gpa = (uint32_t)linear | CBIT;
		return OK;
	}
	// The guest is offered no 5-level paging.
	if (!vcpu_is_long(v) || (v->vmcb->cr4 & CR4_LA57) != 0)
		return ERR_UNSUPPORTED;
	uint64_t entry = v->vmcb->cr3;
	for (unsigned int shift = 39;; shift -= 9) {
		uint64_t at =
			(entry & ENTRY_ADDRESS) + 8 * (linear >> shift & 0x1ff);
		TRY(read_entry(at, &entry));
		if ((entry & PTE_PRESENT) == 0)
			return ERR_NOT_FOUND;
		bool large = shift < 39 && (entry & PTE_LARGE) != 0;
		if (shift == 12 || large) {
			uint64_t offset = (1ull << shift) - 1;
			*gpa = (entry & ENTRY_ADDRESS & ~offset) |
			       (linear & offset);
			return OK;
		}
	}
}

enum err guest_bytes(uint64_t gpa, uint8_t **bytes)
{
	uint64_t address = gpa & ~CBIT;
	if (!rmp_is_memory(address))
		return ERR_BAD_INPUT;
	if ((gpa & CBIT) != 0) {
		if (!rmp_is_valid(address))
			return ERR_BAD_INPUT;
		*bytes = rmp_private_bytes(address);
		return OK;
	}
	if (!rmp_is_shared(address))
		return ERR_BAD_INPUT;
	*bytes = rmp_shared_bytes(address);
	return OK;
}

static size_t left_in_page(uint64_t address, size_t count)
{
	return min_size(count, GUEST_PAGE_BYTES - address % GUEST_PAGE_BYTES);
}

// Out of `from` where that is given, else into `to`.
static enum err copy(struct vcpu *v, uint64_t linear, uint8_t *to,
		     const uint8_t *from, size_t count)
{
	for (size_t part, done = 0; done < count; done += part) {
		uint64_t gpa;
		uint8_t *bytes;
		TRY(guest_translate(v, linear + done, &gpa));
		TRY(guest_bytes(gpa, &bytes));
		part = left_in_page(linear + done, count - done);
		if (from != NULL)
			memcpy(bytes, from + done, part);
		else
			memcpy(to + done, bytes, part);
	}
	return OK;
}

enum err guest_read(struct vcpu *v, uint64_t linear, void *to, size_t count)
{
	return copy(v, linear, to, NULL, count);
}

enum err guest_write(struct vcpu *v, uint64_t linear, const void *from,
		     size_t count)
{
	return copy(v, linear, NULL, from, count);
}

size_t guest_fetch(struct vcpu *v, uint8_t *to, size_t max)
{
	uint64_t linear = vcpu_linear_rip(v);
	size_t count = 0;
	while (count < max) {
		uint64_t gpa;
		uint8_t *bytes;
		// Fetches are private, too.
		if (guest_translate(v, linear, &gpa) != OK ||
		    guest_bytes(gpa | CBIT, &bytes) != OK)
			break;
		size_t part = left_in_page(linear, max - count);
		memcpy(to + count, bytes, part);
		count += part;
		linear += part;
	}
	return count;
}

enum err guest_shared(uint64_t gpa, size_t count, void **bytes)
{
	if (gpa >= rmp_ram_bytes() || !rmp_is_shared(gpa) ||
	    count > GUEST_PAGE_BYTES - gpa % GUEST_PAGE_BYTES)
		return ERR_BAD_INPUT;
	*bytes = rmp_shared_bytes(gpa);
	return OK;
}

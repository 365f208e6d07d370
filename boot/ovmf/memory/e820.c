// SPDX-License-Identifier: Apache-2.0
#include "boot/ovmf/memory/e820.h"

#define PAGE_MASK 0xfffull

static uint64_t end_of(const struct e820_entry *entry)
{
	return entry->address + entry->length;
}

static bool overlap(const struct e820_entry *a, const struct e820_entry *b)
{
	return a->address < end_of(b) && b->address < end_of(a);
}

static bool is_low_ram(const struct e820_entry *entry)
{
	return entry->type == E820_RAM && entry->address == 0;
}

static bool range_is_sane(const struct e820_entry *entry)
{
	return entry->length != 0 && (entry->address & PAGE_MASK) == 0 &&
	       (entry->length & PAGE_MASK) == 0 &&
	       entry->address < E820_ADDRESS_END &&
	       entry->length <= E820_ADDRESS_END - entry->address;
}

static bool entry_is_sane(const struct e820_entry *entry)
{
	if (!range_is_sane(entry))
		return false;
	if (is_low_ram(entry))
		return end_of(entry) >= E820_LOW_RAM_MIN &&
		       end_of(entry) <= E820_LOW_RAM_MAX;
	if (entry->type == E820_RAM)
		return entry->address >= E820_4GIB;
	return entry->type == E820_RESERVED &&
	       (end_of(entry) <= E820_FLASH || entry->address >= E820_4GIB);
}

bool e820_is_sane(const struct e820_entry *entries, uint32_t count)
{
	bool has_low_ram = false;

	for (uint32_t i = 0; i < count; i++) {
		if (!entry_is_sane(&entries[i]))
			return false;
		for (uint32_t j = 0; j < i; j++)
			if (overlap(&entries[i], &entries[j]))
				return false;
		has_low_ram = has_low_ram || is_low_ram(&entries[i]);
	}
	return has_low_ram;
}

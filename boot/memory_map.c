// SPDX-License-Identifier: Apache-2.0
// Judges the firmware's memory map: first every descriptor, then what is ours,
// in order of address. Quadratic, since it needs no memory for sorting; maps
// have some hundred descriptors and an upper limit from their buffer.
#include "boot/memory_map.h"

#include <stdbool.h>
#include <string.h>

#include "abi/efi.h"
#include "abi/layout.h"
#include "base/num.h"

// APM volume 2, 5.3: physical addresses have at most 52 bits.
#define PHYSICAL_END (1ull << 52)
#define STRIDE_LIMIT 4096
// Real-mode remains, video memory and page 0 are left to whoever had them.
#define RAM_START (1 * MIB)

// The firmware's own bytes end at 4 GiB; nobody has more than this of them, and
// no machine has RAM there.
#define FIRMWARE_END (4 * GIB)
#define FIRMWARE_START (FIRMWARE_END - 16 * MIB)

// Half-open, in bytes.
struct range {
	uint64_t start, end;
};

struct map {
	const uint8_t *bytes;
	size_t stride, count;
};

static struct efi_memory_descriptor descriptor_at(const struct map *map,
						  size_t i)
{
	struct efi_memory_descriptor d;

	memcpy(&d, map->bytes + i * map->stride, sizeof(d));
	return d;
}

static struct range range_of(const struct efi_memory_descriptor *d)
{
	return (struct range){ d->physical_start,
			       d->physical_start + d->pages * PAGE_SIZE };
}

static bool overlap(struct range a, struct range b)
{
	return a.start < b.end && b.start < a.end;
}

static bool is_ours(const struct efi_memory_descriptor *d)
{
	if (!(d->attribute & EFI_MEMORY_WB) ||
	    (d->attribute & (EFI_MEMORY_RUNTIME | EFI_MEMORY_SP)))
		return false;
	switch (d->type) {
	case EFI_CONVENTIONAL_MEMORY:
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_SERVICES_CODE:
	case EFI_BOOT_SERVICES_DATA:
		return true;
	default:
		return false;
	}
}

static enum err descriptor_judge(const struct efi_memory_descriptor *d)
{
	if (d->physical_start % PAGE_SIZE != 0 ||
	    d->physical_start >= PHYSICAL_END)
		return ERR_BAD_INPUT;
	if (d->pages == 0 ||
	    d->pages > (PHYSICAL_END - d->physical_start) / PAGE_SIZE)
		return ERR_BAD_INPUT;
	return OK;
}

// What is ours must not be somebody else's as well.
static enum err overlaps_judge(const struct map *map, size_t i)
{
	const struct range firmware = { FIRMWARE_START, FIRMWARE_END };
	struct efi_memory_descriptor d = descriptor_at(map, i);

	if (!is_ours(&d))
		return OK;
	if (overlap(range_of(&d), firmware))
		return ERR_BAD_INPUT;
	for (size_t j = 0; j < map->count; j++) {
		struct efi_memory_descriptor other = descriptor_at(map, j);
		if (j != i && overlap(range_of(&d), range_of(&other)))
			return ERR_BAD_INPUT;
	}
	return OK;
}

static enum err descriptors_judge(const struct map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		struct efi_memory_descriptor d = descriptor_at(map, i);
		TRY(descriptor_judge(&d));
	}
	for (size_t i = 0; i < map->count; i++)
		TRY(overlaps_judge(map, i));
	return OK;
}

// The lowest descriptor of ours that starts at `from` or above.
static bool next_of_ours(const struct map *map, uint64_t from,
			 struct efi_memory_descriptor *out)
{
	bool found = false;

	for (size_t i = 0; i < map->count; i++) {
		struct efi_memory_descriptor d = descriptor_at(map, i);

		if (!is_ours(&d) || d.physical_start < from)
			continue;
		if (found && d.physical_start >= out->physical_start)
			continue;
		*out = d;
		found = true;
	}
	return found;
}

static enum err piece_add(struct memory_map *out, struct range r, uint32_t type)
{
	struct boot_region piece = { r.start, (r.end - r.start) / PAGE_SIZE };
	struct boot_region *last =
		out->ram_count ? &out->ram[out->ram_count - 1] : NULL;

	if (type == EFI_CONVENTIONAL_MEMORY && piece.pages > out->early.pages)
		out->early = piece;
	if (last && last->base + last->pages * PAGE_SIZE == piece.base) {
		last->pages += piece.pages;
		return OK;
	}
	if (out->ram_count == BOOT_REGION_LIMIT)
		return ERR_TOO_BIG;
	out->ram[out->ram_count++] = piece;
	return OK;
}

// Adds what is left of `r` without `hole`.
static enum err range_add(struct memory_map *out, struct range r,
			  struct range hole, uint32_t type)
{
	r.start = max_u64(r.start, RAM_START);
	r.end = min_u64(r.end, DIRECT_MAP_BYTES);
	if (r.start >= r.end)
		return OK;
	if (!overlap(r, hole))
		return piece_add(out, r, type);
	if (r.start < hole.start)
		TRY(piece_add(out, (struct range){ r.start, hole.start },
			      type));
	if (hole.end < r.end)
		TRY(piece_add(out, (struct range){ hole.end, r.end }, type));
	return OK;
}

static uint64_t unaccepted_count(const struct map *map)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < map->count; i++) {
		struct efi_memory_descriptor d = descriptor_at(map, i);

		if (d.type == EFI_UNACCEPTED_MEMORY)
			pages += d.pages;
	}
	return pages;
}

enum err memory_map_judge(const void *bytes, size_t count, size_t stride,
			  struct boot_region image, struct memory_map *out)
{
	struct range hole = { image.base,
			      image.base + image.pages * PAGE_SIZE };
	struct efi_memory_descriptor d = { 0 };
	struct memory_map found = { 0 };
	struct map map = { .bytes = bytes, .stride = stride };
	uint64_t from = 0;

	if (stride < sizeof(d) || stride > STRIDE_LIMIT || count % stride != 0)
		return ERR_BAD_INPUT;
	map.count = count / stride;
	TRY(descriptors_judge(&map));
	found.unaccepted_pages = unaccepted_count(&map);
	while (next_of_ours(&map, from, &d)) {
		TRY(range_add(&found, range_of(&d), hole, d.type));
		from = range_of(&d).end;
	}
	if (found.early.pages == 0)
		return ERR_NO_MEMORY;
	*out = found;
	return OK;
}

// SPDX-License-Identifier: Apache-2.0
// Which device page each piece of the device window shows.
#include "kernel/mem/device_window.h"

#include <stdbool.h>
#include <stddef.h>

#include "abi/layout.h"
#include "base/check.h"

// The APIC's, and of one network card: three structures, two doorbells and
// the interrupt table.
#define PIECE_LIMIT 16

static struct {
	uint64_t at, bytes;
	struct phys base;
} pieces[PIECE_LIMIT];
static size_t piece_count;

enum err device_window_add(uint64_t at, struct phys base, uint64_t pages)
{
	CHECK(at % PAGE_SIZE == 0 && base.value % PAGE_SIZE == 0 && pages > 0);
	if (piece_count == PIECE_LIMIT)
		return ERR_NO_MEMORY;
	pieces[piece_count].at = at;
	pieces[piece_count].bytes = pages * PAGE_SIZE;
	pieces[piece_count].base = base;
	piece_count++;
	return OK;
}

static bool holds(size_t piece, uint64_t address)
{
	return address >= pieces[piece].at &&
	       address - pieces[piece].at < pieces[piece].bytes;
}

// The latest first: the doorbells are mapped last and used most.
struct phys device_window_phys(const volatile void *at, uint64_t bytes)
{
	uint64_t address = (uint64_t)(uintptr_t)at, offset;
	size_t i = piece_count;

	while (i > 0 && !holds(i - 1, address))
		i--;
	CHECK(i > 0);
	offset = address - pieces[i - 1].at;
	CHECK(bytes <= pieces[i - 1].bytes - offset);
	return (struct phys){ pieces[i - 1].base.value + offset };
}

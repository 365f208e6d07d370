// SPDX-License-Identifier: Apache-2.0
// Loads the app. Its pages leave the direct map, so that each has one mapping
// only. They are the supervisor's as long as the app runs in ring 0: SMEP and
// SMAP, which keep ring 0 out of user pages, would stop it otherwise.
#include "app/loader.h"

#include <string.h>

#include "abi/elf.h"
#include "abi/layout.h"
#include "app/runtime.h"
#include "base/app_image.h"
#include "base/num.h"
#include "kernel/halt.h"
#include "kernel/log.h"
#include "kernel/mem/address_space.h"
#include "kernel/mem/page_pool.h"
#include "kernel/package.h"
#include "kernel/policy/in_force.h"

static uint64_t entry;

static enum err load_part(const uint8_t *file, const struct app_part *part)
{
	uint64_t start = align_down(part->address, PAGE_SIZE);
	uint64_t end = align_up(part->address + part->memory_bytes, PAGE_SIZE);
	size_t pages = (size_t)((end - start) / PAGE_SIZE);
	struct phys base;
	uint8_t *bytes;

	TRY(page_pool_take(pages, &base));
	bytes = page_pool_address(base);
	memset(bytes, 0, pages * PAGE_SIZE);
	if (part->file_bytes)
		memcpy(bytes + (part->address - start), file + part->offset,
		       (size_t)part->file_bytes);
	return address_space_map_app(start, base, pages,
				     (part->flags & PF_W) != 0,
				     (part->flags & PF_X) != 0);
}

void app_load(void)
{
	const struct package *p = package();
	uint64_t limit = policy_in_force()->limits[POLICY_LIMIT_MEMORY_BYTES];
	struct app_image image;
	const char *why = "";
	uint64_t bytes;

	if (app_image_read(p->app, p->app_bytes, &image, &why) != OK)
		halt(HALT_APP, why);
	bytes = image.pages * PAGE_SIZE + RUNTIME_STACK_BYTES;
	if (bytes > limit)
		halt(HALT_APP, "the app needs more memory than its policy "
			       "allows");
	for (size_t i = 0; i < image.part_count; i++)
		if (load_part(p->app, &image.parts[i]) != OK)
			halt(HALT_NO_MEMORY, "no memory for the app");
	entry = image.entry;
	log_line("app: %u KiB packed, %u KiB of memory",
		 (unsigned int)(p->app_bytes / KIB),
		 (unsigned int)(bytes / KIB));
}

int app_entry(void)
{
	int (*start)(app_gate * gate) = (int (*)(app_gate *))(uintptr_t)entry;

	return start(runtime_call);
}

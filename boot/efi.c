// SPDX-License-Identifier: Apache-2.0
// The only code that talks to the firmware. It runs where the firmware put the
// image, so no pointer in the image's own data is valid yet: addresses come
// from instructions alone. It makes and reads no secret, since the firmware's
// exception handlers aren't hardened against the host.
#include <stdbool.h>
#include <string.h>

#include "abi/layout.h"
#include "boot/handover.h"
#include "kernel/mem/image.h"

// OVMF accepts memory in a handler of its own when boot services end, which
// changes the map and makes the first try fail (UEFI 2.10, 7.4.6).
#define EXIT_TRIES 8

static struct handover handover;

const struct handover *efi_handover(void)
{
	return &handover;
}

static bool tables_are_there(const struct efi_system_table *table)
{
	return table && table->header.signature == EFI_SYSTEM_TABLE_SIGNATURE &&
	       table->boot_services &&
	       table->boot_services->header.signature ==
		       EFI_BOOT_SERVICES_SIGNATURE;
}

static bool guid_equal(const struct efi_guid *a, const struct efi_guid *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static void blob_find(const struct efi_system_table *table)
{
	struct efi_guid guid = SNP_BLOB_GUID;

	if (!table->tables)
		return;
	for (uint64_t i = 0; i < table->table_count; i++) {
		if (!guid_equal(&table->tables[i].guid, &guid) ||
		    !table->tables[i].table)
			continue;
		memcpy(&handover.snp.blob, table->tables[i].table,
		       sizeof(handover.snp.blob));
		handover.snp.has_blob = true;
		return;
	}
}

static enum handover_failure options_copy(const struct efi_loaded_image *loaded)
{
	uint32_t bytes = loaded->load_options_bytes;

	if (bytes > HANDOVER_OPTIONS_LIMIT)
		return HANDOVER_LONG_OPTIONS;
	if (bytes != 0 && !loaded->load_options)
		return HANDOVER_NO_IMAGE;
	if (bytes != 0)
		memcpy(handover.options, loaded->load_options, bytes);
	handover.options_bytes = bytes;
	return HANDOVER_COMPLETE;
}

static enum handover_failure
image_find(efi_handle handle, const struct efi_boot_services *services)
{
	struct efi_guid guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	const struct efi_loaded_image *loaded;
	void *interface = NULL;

	handover.image_base = image_address_here();
	handover.image_bytes = image_bytes();
	if (services->handle_protocol(handle, &guid, &interface) !=
		    EFI_SUCCESS ||
	    !interface)
		return HANDOVER_NO_IMAGE;
	loaded = interface;
	if (loaded->image_base != handover.image_base ||
	    loaded->image_bytes < handover.image_bytes ||
	    loaded->image_bytes > IMAGE_LOADED_LIMIT ||
	    handover.image_base % PAGE_SIZE != 0)
		return HANDOVER_WRONG_IMAGE;
	handover.loaded_bytes = loaded->image_bytes;
	return options_copy(loaded);
}

static enum handover_failure map_read(const struct efi_boot_services *services,
				      uint64_t *key)
{
	uint64_t bytes = sizeof(handover.map), descriptor_bytes = 0;
	uint32_t version = 0;

	if (services->get_memory_map(&bytes, handover.map, key,
				     &descriptor_bytes,
				     &version) != EFI_SUCCESS ||
	    bytes > sizeof(handover.map))
		return HANDOVER_NO_MEMORY_MAP;
	handover.map_bytes = bytes;
	handover.descriptor_bytes = descriptor_bytes;
	return HANDOVER_COMPLETE;
}

static enum handover_failure
services_end(efi_handle handle, const struct efi_boot_services *services)
{
	for (int try = 0; try < EXIT_TRIES; try++) {
		uint64_t key = 0;
		enum handover_failure failure = map_read(services, &key);

		if (failure != HANDOVER_COMPLETE)
			return failure;
		if (services->exit_boot_services(handle, key) == EFI_SUCCESS)
			return HANDOVER_COMPLETE;
	}
	return HANDOVER_NO_EXIT;
}

void efi_leave(efi_handle handle, const struct efi_system_table *table,
	       uint64_t entry_tsc)
{
	enum handover_failure found, ended;

	handover.entry_tsc = entry_tsc;
	if (!tables_are_there(table)) {
		handover.image_base = image_address_here();
		handover.image_bytes = image_bytes();
		handover.failure = HANDOVER_NO_TABLES;
		return;
	}
	blob_find(table);
	found = image_find(handle, table->boot_services);
	ended = services_end(handle, table->boot_services);
	handover.failure = found != HANDOVER_COMPLETE ? found : ended;
}

// SPDX-License-Identifier: Apache-2.0
// A PE that says on the serial line which one it is and what it was given, and
// ends QEMU by its isa-debug-exit device. Position-independent, no data that
// needs relocation; firmware_pe.py builds it.
#include <stdbool.h>
#include <stdint.h>

#include "abi/efi.h"

#define SERIAL_PORT 0x3f8
#define EXIT_PORT 0xf4
#define EXIT_VALUE 0x10

struct configuration_table {
	struct efi_guid guid;
	uint64_t address;
};

// firmware_pe.py writes the payload's name over these.
static volatile const char name[] = "NAME____________";

static void out(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static void put(const volatile char *text)
{
	for (; *text != '\0'; text++)
		out(SERIAL_PORT, (uint8_t)*text);
}

static void put_options(const struct efi_loaded_image *image)
{
	const uint16_t *options = image->load_options;

	put(" options=[");
	for (uint32_t i = 0; i + 1 < image->load_options_bytes / 2; i++)
		out(SERIAL_PORT, (uint8_t)options[i]);
	put("]");
}

static bool guid_begins(const struct configuration_table *table, uint32_t word)
{
	return table->guid.data1 == word;
}

// UEFI 2.10, 4.6: the first words of the tables' GUIDs.
static void put_tables(const struct efi_system_table *system)
{
	const struct configuration_table *table =
		(const struct configuration_table *)system->tables;

	put(" tables=[");
	for (uint64_t i = 0; i < system->table_count; i++) {
		if (guid_begins(&table[i], 0x8868e871) ||
		    guid_begins(&table[i], 0xeb9d2d30))
			put("ACPI ");
		if (guid_begins(&table[i], 0xeb9d2d31) ||
		    guid_begins(&table[i], 0xf2fd1544))
			put("SMBIOS ");
	}
	put("]");
}

efi_status EFIAPI payload_entry(efi_handle handle,
				const struct efi_system_table *system);

efi_status EFIAPI payload_entry(efi_handle handle,
				const struct efi_system_table *system)
{
	struct efi_guid guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	void *image;

	put("payload ");
	put(name);
	if (system->boot_services->handle_protocol(handle, &guid, &image) ==
	    EFI_SUCCESS)
		put_options(image);
	put_tables(system);
	put("\n");
	out(EXIT_PORT, EXIT_VALUE);
	return EFI_SUCCESS;
}

// SPDX-License-Identifier: Apache-2.0
// Runs where the firmware put the image: RIP-relative addresses only. The
// firmware is trusted here; it is measured with the guest.
#include "tests/emu/payload/efi.h"

#include "abi/efi.h"
#include "abi/x86.h"
#include "tests/emu/payload/memory.h"

#define EXIT_TRIES 8
#define MAP_BYTES 0x4000

struct configuration_table {
	struct efi_guid guid;
	uint64_t address;
};

// The table that names the secrets page and the CPUID page
// (OvmfPkg, ConfidentialComputingSevSnpBlob.h).
#define SNP_TABLE_GUID_DATA1 0x067b1f5f
#define SNP_TABLE_MAGIC 0x45444d41 // "AMDE"
struct snp_table {
	uint32_t magic;
	uint16_t version, reserved_6;
	uint64_t secrets_gpa;
	uint32_t secrets_bytes, reserved_14;
	uint64_t cpuid_gpa;
	uint32_t cpuid_bytes, reserved_24;
};
_Static_assert(sizeof(struct snp_table) == 0x28);

static struct firmware_gift gift;
static uint8_t map[MAP_BYTES] __attribute__((aligned(8)));

void efi_leave(efi_handle handle, const struct efi_system_table *system);

const struct firmware_gift *firmware_gift(void)
{
	return &gift;
}

static void take_command(efi_handle handle,
			 const struct efi_boot_services *services)
{
	struct efi_guid guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	void *interface;
	if (services->handle_protocol(handle, &guid, &interface) != EFI_SUCCESS)
		return;
	const struct efi_loaded_image *image = interface;
	const uint16_t *options = image->load_options;
	uint32_t count = image->load_options_bytes / 2;
	for (uint32_t i = 0; i < count && i < COMMAND_BYTES - 1; i++)
		gift.command[i] = (char)options[i];
}

static void take_tables(const struct efi_system_table *system)
{
	const struct configuration_table *tables =
		(const struct configuration_table *)system->tables;
	for (uint64_t i = 0; i < system->table_count; i++) {
		if (tables[i].guid.data1 != SNP_TABLE_GUID_DATA1)
			continue;
		const struct snp_table *t =
			(const struct snp_table *)tables[i].address;
		if (t->magic != SNP_TABLE_MAGIC)
			continue;
		gift.secrets_gpa = t->secrets_gpa;
		gift.cpuid_gpa = t->cpuid_gpa;
	}
}

static bool is_free(uint32_t type)
{
	return type == EFI_CONVENTIONAL_MEMORY ||
	       type == EFI_BOOT_SERVICES_CODE || type == EFI_BOOT_SERVICES_DATA;
}

static bool arena_is_in(uint64_t map_bytes, uint64_t stride)
{
	for (uint64_t at = 0; at + stride <= map_bytes; at += stride) {
		const struct efi_memory_descriptor *d =
			(const void *)(map + at);
		uint64_t end = d->physical_start + d->pages * MEMORY_PAGE_BYTES;
		if (is_free(d->type) && d->physical_start <= ARENA_GPA &&
		    end >= ARENA_GPA + ARENA_BYTES)
			return true;
	}
	return false;
}

void efi_leave(efi_handle handle, const struct efi_system_table *system)
{
	const struct efi_boot_services *services = system->boot_services;
	take_command(handle, services);
	take_tables(system);
	// Ending boot services may change the map, once (UEFI 2.10, 7.4.6).
	for (unsigned int i = 0; i < EXIT_TRIES; i++) {
		uint64_t bytes = sizeof(map);
		uint64_t key, stride;
		uint32_t version;
		if (services->get_memory_map(&bytes, map, &key, &stride,
					     &version) != EFI_SUCCESS)
			continue;
		gift.arena_is_free = arena_is_in(bytes, stride);
		if (services->exit_boot_services(handle, key) == EFI_SUCCESS)
			return;
	}
	gift.arena_is_free = false;
}

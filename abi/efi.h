// SPDX-License-Identifier: Apache-2.0
// What the kernel uses of UEFI 2.10: entry (4.1), system table (4.3), boot
// services (4.4, 7), memory map (7.2), loaded image (9.1). Members that nobody
// calls are plain words, so that none can be called by accident.
#pragma once

#include <stddef.h>
#include <stdint.h>

// 2.3.4: x64 platforms use Microsoft's calling convention.
#define EFIAPI __attribute__((ms_abi))

typedef uint64_t efi_status;
#define EFI_SUCCESS 0ull

typedef void *efi_handle;

struct efi_guid {
	uint32_t data1;
	uint16_t data2, data3;
	uint8_t data4[8];
};

// 7.2, EFI_MEMORY_TYPE
enum efi_memory_type {
	EFI_RESERVED_MEMORY = 0,
	EFI_LOADER_CODE = 1,
	EFI_LOADER_DATA = 2,
	EFI_BOOT_SERVICES_CODE = 3,
	EFI_BOOT_SERVICES_DATA = 4,
	EFI_RUNTIME_SERVICES_CODE = 5,
	EFI_RUNTIME_SERVICES_DATA = 6,
	EFI_CONVENTIONAL_MEMORY = 7,
	EFI_UNUSABLE_MEMORY = 8,
	EFI_ACPI_RECLAIM_MEMORY = 9,
	EFI_ACPI_MEMORY_NVS = 10,
	EFI_MEMORY_MAPPED_IO = 11,
	EFI_UNACCEPTED_MEMORY = 15,
};

#define EFI_MEMORY_WB 0x8ull
#define EFI_MEMORY_SP 0x40000ull // set aside for a special purpose
#define EFI_MEMORY_RUNTIME 0x8000000000000000ull

// 7.2, EFI_MEMORY_DESCRIPTOR. The firmware's stride may be longer.
struct efi_memory_descriptor {
	uint32_t type;
	uint32_t pad;
	uint64_t physical_start;
	uint64_t virtual_start;
	uint64_t pages; // of 4 KiB
	uint64_t attribute;
};
_Static_assert(sizeof(struct efi_memory_descriptor) == 40, "UEFI 2.10, 7.2");

struct efi_table_header {
	uint64_t signature;
	uint32_t revision, header_bytes, crc32, reserved;
};
_Static_assert(sizeof(struct efi_table_header) == 24, "UEFI 2.10, 4.2");

#define EFI_BOOT_SERVICES_SIGNATURE 0x56524553544f4f42ull
#define EFI_SYSTEM_TABLE_SIGNATURE 0x5453595320494249ull

struct efi_boot_services {
	struct efi_table_header header;
	uint64_t raise_tpl, restore_tpl, allocate_pages, free_pages;
	efi_status(EFIAPI *get_memory_map)(uint64_t *map_bytes, void *map,
					   uint64_t *map_key,
					   uint64_t *descriptor_bytes,
					   uint32_t *descriptor_version);
	uint64_t allocate_pool, free_pool;
	uint64_t create_event, set_timer, wait_for_event, signal_event;
	uint64_t close_event, check_event;
	uint64_t install_protocol_interface, reinstall_protocol_interface;
	uint64_t uninstall_protocol_interface;
	efi_status(EFIAPI *handle_protocol)(efi_handle handle,
					    const struct efi_guid *protocol,
					    void **interface);
	uint64_t reserved, register_protocol_notify, locate_handle;
	uint64_t locate_device_path, install_configuration_table;
	uint64_t load_image, start_image, exit, unload_image;
	efi_status(EFIAPI *exit_boot_services)(efi_handle image,
					       uint64_t map_key);
};
_Static_assert(offsetof(struct efi_boot_services, get_memory_map) == 56,
	       "UEFI 2.10, 4.4");
_Static_assert(offsetof(struct efi_boot_services, handle_protocol) == 152,
	       "UEFI 2.10, 4.4");
_Static_assert(offsetof(struct efi_boot_services, exit_boot_services) == 232,
	       "UEFI 2.10, 4.4");

// 4.6.1, EFI_CONFIGURATION_TABLE
struct efi_configuration_table {
	struct efi_guid guid;
	const void *table;
};
_Static_assert(sizeof(struct efi_configuration_table) == 24, "UEFI 2.10, 4.6");

struct efi_system_table {
	struct efi_table_header header;
	uint64_t firmware_vendor;
	uint32_t firmware_revision, pad;
	uint64_t console_in_handle, console_in;
	uint64_t console_out_handle, console_out;
	uint64_t error_handle, error;
	uint64_t runtime_services;
	const struct efi_boot_services *boot_services;
	uint64_t table_count;
	const struct efi_configuration_table *tables;
};
_Static_assert(offsetof(struct efi_system_table, boot_services) == 96,
	       "UEFI 2.10, 4.3");

// 9.1.1
#define EFI_LOADED_IMAGE_PROTOCOL_GUID                                 \
	{                                                              \
		0x5b1b31a1, 0x9562, 0x11d2,                            \
		{                                                      \
			0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b \
		}                                                      \
	}

struct efi_loaded_image {
	uint32_t revision, pad;
	uint64_t parent, system_table;
	uint64_t device, file_path, reserved;
	uint32_t load_options_bytes, pad2;
	const void *load_options;
	uint64_t image_base;
	uint64_t image_bytes;
	uint32_t code_type, data_type;
	uint64_t unload;
};
_Static_assert(offsetof(struct efi_loaded_image, image_base) == 64,
	       "UEFI 2.10, 9.1.1");

// SPDX-License-Identifier: Apache-2.0
// Boot device selection without a selection: the kernel whose hash was
// measured at launch, with the command line whose hash was measured, or
// nothing. No device is looked at, no variable, no file name.
#include <Uefi.h>

#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/MemoryAllocationLib.h>
#include <Library/PcdLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Library/UefiLib.h>
#include <Protocol/Bds.h>
#include <Protocol/LoadedImage.h>

#include "boot/ovmf/bds/blob.h"
#include "boot/ovmf/bds/console.h"
#include "boot/ovmf/bds/hash_table.h"
#include "boot/ovmf/say/say.h"

static bool has_hash(const uint8_t *bytes, uint32_t size,
		     const uint8_t wanted[SHA256_BYTES])
{
	uint8_t digest[SHA256_BYTES];

	sha256(bytes, size, digest);
	return CompareMem(digest, wanted, SHA256_BYTES) == 0;
}

// The table, out of the page that the launch measured.
static struct hash_table hash_table_require(void)
{
	UINTN address = FixedPcdGet32(PcdQemuHashTableBase);
	struct hash_table table;

	switch (hash_table_read((const uint8_t *)address,
				FixedPcdGet32(PcdQemuHashTableSize), &table)) {
	case HASH_TABLE_GOOD:
		break;
	case HASH_TABLE_MISSING:
		stop("no hash table was measured at launch");
	case HASH_TABLE_MALFORMED:
		stop("the hash table is malformed");
	}
	// Nothing here would hand an initrd on; better to say so than to
	// start a kernel that waits for it.
	if (!has_hash(NULL, 0, table.initrd))
		stop("an initrd was measured; this firmware takes none");
	return table;
}

static struct blob kernel_require(const struct hash_table *table)
{
	struct blob kernel;

	if (!blob_read_kernel(&kernel))
		stop("no kernel, or one too big");
	if (!has_hash(kernel.bytes, kernel.size, table->kernel))
		stop("the kernel isn't the measured one");
	return kernel;
}

static struct blob command_line_require(const struct hash_table *table)
{
	struct blob line;

	if (!blob_read_command_line(&line))
		stop("no command line, or one too long");
	if (!has_hash(line.bytes, line.size, table->command_line))
		stop("the command line isn't the measured one");
	if (line.bytes[line.size - 1] != '\0')
		stop("the command line has no end");
	return line;
}

// As UTF-16, with its end; nothing at all for an empty line.
static void options_set(EFI_LOADED_IMAGE_PROTOCOL *image, struct blob line)
{
	CHAR16 *options;

	if (line.size <= 1)
		return;
	options = AllocatePool((UINTN)line.size * sizeof(*options));
	if (!options)
		stop("no memory for the command line");
	for (uint32_t i = 0; i < line.size; i++)
		options[i] = line.bytes[i];
	image->LoadOptions = options;
	image->LoadOptionsSize = line.size * (UINT32)sizeof(*options);
}

static EFI_HANDLE image_load(struct blob kernel, struct blob line)
{
	EFI_HANDLE handle = NULL;
	EFI_LOADED_IMAGE_PROTOCOL *image;

	if (gBS->LoadImage(FALSE, gImageHandle, NULL, kernel.bytes, kernel.size,
			   &handle) != EFI_SUCCESS)
		stop("the kernel isn't a PE that can be loaded");
	if (gBS->HandleProtocol(handle, &gEfiLoadedImageProtocolGuid,
				(VOID **)&image) != EFI_SUCCESS)
		stop("the loaded kernel has no image protocol");
	options_set(image, line);
	return handle;
}

static VOID EFIAPI bds_entry(EFI_BDS_ARCH_PROTOCOL *this)
{
	struct hash_table table = hash_table_require();
	struct blob kernel = kernel_require(&table);
	struct blob line = command_line_require(&table);
	EFI_HANDLE handle;

	(void)this;
	console_install();
	EfiEventGroupSignal(&gEfiEndOfDxeEventGroupGuid);
	handle = image_load(kernel, line);
	EfiSignalEventReadyToBoot();
	say("firmware: starting the measured kernel");
	gBS->StartImage(handle, NULL, NULL);
	stop("the kernel came back");
}

static EFI_BDS_ARCH_PROTOCOL bds = { bds_entry };

EFI_STATUS EFIAPI bds_install(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	EFI_HANDLE handle = NULL;

	(void)image;
	(void)table;
	return gBS->InstallMultipleProtocolInterfaces(
		&handle, &gEfiBdsArchProtocolGuid, &bds, NULL);
}

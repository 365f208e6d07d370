// SPDX-License-Identifier: Apache-2.0
// By key, never by name: no directory, and so no file that somebody adds to
// it, plays a part (QEMU, docs/specs/fw_cfg.rst and hw/i386/x86.c).
#include "boot/ovmf/bds/blob.h"

#include <Uefi.h>

#include <Library/MemoryAllocationLib.h>
#include <Library/QemuFwCfgLib.h>

#include "boot/ovmf/say/say.h"

#define KERNEL_LIMIT (64u << 20)
#define COMMAND_LINE_LIMIT (64u << 10)
#define CHUNK_BYTES (1u << 20)

struct item {
	FIRMWARE_CONFIG_ITEM size_key;
	FIRMWARE_CONFIG_ITEM data_key;
};

// QEMU takes the first sectors of any kernel for Linux' setup code.
static const struct item kernel_setup = {
	QemuFwCfgItemKernelSetupSize,
	QemuFwCfgItemKernelSetupData,
};
static const struct item kernel_rest = {
	QemuFwCfgItemKernelSize,
	QemuFwCfgItemKernelData,
};
static const struct item command_line = {
	QemuFwCfgItemCommandLineSize,
	QemuFwCfgItemCommandLineData,
};

static uint32_t item_size(struct item item)
{
	QemuFwCfgSelectItem(item.size_key);
	return QemuFwCfgRead32();
}

static void item_read(struct item item, uint8_t *to, uint32_t size)
{
	QemuFwCfgSelectItem(item.data_key);
	while (size != 0) {
		uint32_t part = size < CHUNK_BYTES ? size : CHUNK_BYTES;

		QemuFwCfgReadBytes(part, to);
		to += part;
		size -= part;
	}
}

static void fw_cfg_require(void)
{
	if (!QemuFwCfgIsAvailable())
		stop("the machine has no fw_cfg");
}

bool blob_read_kernel(struct blob *out)
{
	uint32_t setup, rest;
	uint8_t *bytes;

	fw_cfg_require();
	setup = item_size(kernel_setup);
	rest = item_size(kernel_rest);
	if (setup > KERNEL_LIMIT || rest > KERNEL_LIMIT || setup + rest == 0)
		return false;
	bytes = AllocatePages(EFI_SIZE_TO_PAGES((UINTN)setup + rest));
	if (!bytes)
		return false;
	item_read(kernel_setup, bytes, setup);
	item_read(kernel_rest, bytes + setup, rest);
	*out = (struct blob){ .bytes = bytes, .size = setup + rest };
	return true;
}

bool blob_read_command_line(struct blob *out)
{
	uint32_t size;
	uint8_t *bytes;

	fw_cfg_require();
	size = item_size(command_line);
	if (size == 0 || size > COMMAND_LINE_LIMIT)
		return false;
	bytes = AllocatePool(size);
	if (!bytes)
		return false;
	item_read(command_line, bytes, size);
	*out = (struct blob){ .bytes = bytes, .size = size };
	return true;
}

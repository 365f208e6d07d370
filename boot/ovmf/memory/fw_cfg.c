// SPDX-License-Identifier: Apache-2.0
// What edk2's modules may know of fw_cfg before there are drivers: the memory
// map, read once, judged, and answered from our copy ever after. Every other
// item, by name or by key, is as if the machine didn't have it, so that none
// of the dozen that PlatformPei asks for can turn anything on.
#include <PiPei.h>

#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/IoLib.h>
#include <Library/QemuFwCfgLib.h>

#include "boot/ovmf/memory/e820.h"
#include "boot/ovmf/say/say.h"

// QEMU, docs/specs/fw_cfg.rst
#define SELECTOR_PORT 0x510
#define DATA_PORT 0x511
#define FILES_LIMIT 1024
#define ENTRIES_LIMIT 128
#define NAME "etc/e820"
#define NO_ITEM 0xffff
#define OUR_ITEM 0x0020

struct __attribute__((packed)) file {
	UINT32 size;
	UINT16 key;
	UINT16 reserved;
	CHAR8 name[QEMU_FW_CFG_FNAME_SIZE];
};

static struct e820_entry map[ENTRIES_LIMIT];
static UINT32 map_bytes;
static UINT32 position;
static FIRMWARE_CONFIG_ITEM selected = NO_ITEM;

static void port_select(UINT16 key)
{
	IoWrite16(SELECTOR_PORT, key);
}

static void port_read(void *to, UINTN size)
{
	IoReadFifo8(DATA_PORT, size, to);
}

// The directory's entry for the memory map.
static struct file file_find(void)
{
	struct file file;
	UINT32 count;

	port_select(QemuFwCfgItemFileDir);
	port_read(&count, sizeof(count));
	count = SwapBytes32(count);
	if (count > FILES_LIMIT)
		stop("fw_cfg's directory is too long");
	for (UINT32 i = 0; i < count; i++) {
		port_read(&file, sizeof(file));
		if (CompareMem(file.name, NAME, sizeof(NAME)) == 0)
			return file;
	}
	stop("fw_cfg has no memory map");
}

RETURN_STATUS EFIAPI fw_cfg_memory_read(VOID)
{
	struct file file = file_find();

	map_bytes = SwapBytes32(file.size);
	if (map_bytes > sizeof(map) || map_bytes % sizeof(map[0]) != 0)
		stop("the memory map has a wrong size");
	port_select(SwapBytes16(file.key));
	port_read(map, map_bytes);
	if (!e820_is_sane(map, map_bytes / sizeof(map[0])))
		stop("the memory map isn't sane");
	return RETURN_SUCCESS;
}

BOOLEAN EFIAPI QemuFwCfgIsAvailable(VOID)
{
	return TRUE;
}

RETURN_STATUS EFIAPI QemuFwCfgFindFile(CONST CHAR8 *Name,
				       FIRMWARE_CONFIG_ITEM *Item, UINTN *Size)
{
	if (AsciiStrCmp(Name, NAME) != 0)
		return RETURN_NOT_FOUND;
	*Item = OUR_ITEM;
	*Size = map_bytes;
	return RETURN_SUCCESS;
}

VOID EFIAPI QemuFwCfgSelectItem(FIRMWARE_CONFIG_ITEM QemuFwCfgItem)
{
	selected = QemuFwCfgItem;
	position = 0;
}

// As a machine that lacks the item answers: zeros.
VOID EFIAPI QemuFwCfgReadBytes(UINTN Size, VOID *Buffer)
{
	ZeroMem(Buffer, Size);
	if (selected != OUR_ITEM || Size > map_bytes - position)
		return;
	CopyMem(Buffer, (UINT8 *)map + position, Size);
	position += (UINT32)Size;
}

VOID EFIAPI QemuFwCfgSkipBytes(UINTN Size)
{
	if (selected == OUR_ITEM && Size <= map_bytes - position)
		position += (UINT32)Size;
}

UINT16 EFIAPI QemuFwCfgRead16(VOID)
{
	UINT16 value;

	QemuFwCfgReadBytes(sizeof(value), &value);
	return value;
}

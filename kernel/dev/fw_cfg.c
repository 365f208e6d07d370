// SPDX-License-Identifier: Apache-2.0
// fw_cfg by its two ports. Each byte read is the host's, and is read once.
#include "kernel/dev/fw_cfg.h"

#include <stdbool.h>
#include <string.h>

#include "abi/fw_cfg.h"
#include "base/bytes.h"
#include "kernel/cpu/pio.h"

// QEMU has 32 places unless told otherwise.
#define FILE_LIMIT 256

static void select_item(uint16_t item)
{
	pio_write16(FW_CFG_PORT_SELECTOR, item);
}

static void read_bytes(void *out, size_t count)
{
	uint8_t *bytes = out;

	for (size_t i = 0; i < count; i++)
		bytes[i] = pio_read8(FW_CFG_PORT_DATA);
}

static bool is_present(void)
{
	char signature[4];

	select_item(FW_CFG_SIGNATURE);
	read_bytes(signature, sizeof(signature));
	return memcmp(signature, "QEMU", sizeof(signature)) == 0;
}

static enum err find_file(const char *name, struct fw_cfg_file *out)
{
	uint8_t count_bytes[4];

	select_item(FW_CFG_FILE_DIR);
	read_bytes(count_bytes, sizeof(count_bytes));
	uint32_t count = load_be32(count_bytes);
	if (count > FILE_LIMIT)
		return ERR_BAD_INPUT;
	for (uint32_t i = 0; i < count; i++) {
		struct fw_cfg_file file;
		read_bytes(&file, sizeof(file));
		if (!memchr(file.name, '\0', sizeof(file.name)))
			return ERR_BAD_INPUT;
		if (strcmp(file.name, name) == 0) {
			*out = file;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

enum err fw_cfg_read(const char *name, void *out, size_t capacity,
		     size_t *count)
{
	struct fw_cfg_file file;

	if (!is_present())
		return ERR_NOT_FOUND;
	TRY(find_file(name, &file));
	uint32_t size = load_be32(file.size);
	if (size > capacity)
		return ERR_TOO_BIG;
	select_item(load_be16(file.select));
	read_bytes(out, size);
	*count = size;
	return OK;
}

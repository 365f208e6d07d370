// SPDX-License-Identifier: Apache-2.0
// QEMU's firmware configuration device: docs/specs/fw_cfg of QEMU. Numbers
// inside it are big-endian.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define FW_CFG_PORT_SELECTOR 0x510 // 16-bit write
#define FW_CFG_PORT_DATA 0x511     // 8-bit reads, the next byte each

#define FW_CFG_SIGNATURE 0x0000
#define FW_CFG_FILE_DIR 0x0019

#define FW_CFG_NAME_BYTES 56 // with its NUL

// The directory: a 32-bit count, then so many of these.
struct fw_cfg_file {
	uint8_t size[4];
	uint8_t select[2];
	uint8_t reserved[2];
	char name[FW_CFG_NAME_BYTES];
};
_Static_assert(sizeof(struct fw_cfg_file) == 64, "fw_cfg file");
_Static_assert(offsetof(struct fw_cfg_file, select) == 4, "fw_cfg select");
_Static_assert(offsetof(struct fw_cfg_file, name) == 8, "fw_cfg name");

// SPDX-License-Identifier: Apache-2.0
// QEMU's fw_cfg, read byte by byte through its ports. What it holds is the
// host's word: hostile input for whoever parses it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Copies the file `name` into `out`. ERR_NOT_FOUND when there is no fw_cfg or
// no such file, ERR_TOO_BIG when it is longer than `capacity`, ERR_BAD_INPUT
// when the directory makes no sense.
enum err fw_cfg_read(const char *name, void *out, size_t capacity,
		     size_t *count);

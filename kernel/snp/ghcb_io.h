// SPDX-License-Identifier: Apache-2.0
// One IN or OUT as a GHCB event (AMD 56421, 4.1.2): a port register of 1, 2 or
// 4 bytes. No string I/O.
#pragma once

#include <stdint.h>

#include "base/err.h"

// ERR_UNSUPPORTED, ERR_DEVICE as ghcb_call. Of the answer only `bytes` bytes
// are taken; they are the host's word.
enum err ghcb_io_read(uint16_t port, unsigned int bytes, uint32_t *value);
enum err ghcb_io_write(uint16_t port, unsigned int bytes, uint32_t value);

// SPDX-License-Identifier: Apache-2.0
// The one thing about a ClientHello that the library doesn't look at: its end.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Whether `body`, without the handshake header, ends where its extensions end
// (RFC 8446 4.1.2). ERR_BAD_INPUT: bytes are missing, or left over.
enum err client_hello_check_end(const uint8_t *body, size_t count);

// SPDX-License-Identifier: Apache-2.0
// The memory that mbedTLS gets in the emulator: blocks of powers of two, cut
// from one fixed array and kept in free lists. Not for anything else.
#pragma once

#include <stddef.h>

// Zeroed memory, aligned to 16 bytes; NULL when the array is used up.
void *crypto_heap_calloc(size_t count, size_t bytes);
// Takes NULL. The block's bytes are wiped.
void crypto_heap_free(void *block);

// Bytes in blocks that are not given back.
size_t crypto_heap_used(void);

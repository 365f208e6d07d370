// SPDX-License-Identifier: Apache-2.0
// Whole files, in memory that the caller frees.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define FILE_BYTES_LIMIT (256u * 1024u * 1024u)

// A file's bytes; `bytes` is for free() and never NULL.
struct file {
	uint8_t *bytes;
	size_t count;
};

// Each says on stderr, with the file's name, why it failed (ERR_DEVICE), and
// leaves the output untouched.
enum err file_read(const char *name, struct file *out);
// The file is there whole, or is as it was.
enum err file_write(const char *name, const uint8_t *bytes, size_t count);
// Whether both are names of one file, which is there.
bool file_is_same(const char *name, const char *other);
// Takes a half-written output away, unless it is no ordinary file: a device or
// a pipe isn't ours to remove.
void file_discard(const char *name);
void file_free(struct file *file);

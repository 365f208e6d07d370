// SPDX-License-Identifier: Apache-2.0
// Files that the client's tests read.
#pragma once

#include "client/anchorhold.h"

// The whole file, to be freed by client_file_free(); count 0: there is none.
struct anchorhold_bytes client_file_read(const char *path);
void client_file_free(struct anchorhold_bytes file);

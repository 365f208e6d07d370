// SPDX-License-Identifier: Apache-2.0
// A request's head, copied into the app's own memory, as it will be over a
// system call: nothing of the kernel's memory is handed to the app.
#pragma once

#include <stddef.h>

#include "app/sdk/anchorhold.h"
#include "attest/exchange.h"
#include "base/err.h"

// Fills *out with pointers into buffer[0..capacity), which gets the headers'
// table and the strings. ERR_TOO_BIG: they don't fit; *out is untouched.
enum err request_copy(const struct exchange_request *request, void *buffer,
		      size_t capacity, struct app_request *out);

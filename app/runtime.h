// SPDX-License-Identifier: Apache-2.0
// The app's runtime: one coroutine that the event loop enters when what the
// app waits for has come.
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/num.h"

#define RUNTIME_STACK_BYTES (64u * KIB) // the app's

// Prepares the app that app_load loaded. ERR_NO_MEMORY.
enum err runtime_init(void);
// Runs the app as far as it goes without waiting. false if nothing could be
// done, and no deadline changed.
bool runtime_poll(void);

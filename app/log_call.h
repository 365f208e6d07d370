// SPDX-License-Identifier: Apache-2.0
// The app's call to log. What the app passes is judged here.
#pragma once

#include "app/call.h"
#include "base/err.h"

// Bytes of one line.
#define LOG_CALL_LINE_LIMIT 512u

// Prints "app: " and the line on the console, if the policy lets the app have
// one. Sets the result: APP_OK; APP_UNSUPPORTED without a console;
// APP_BAD_ARGUMENT for no line or one with control characters; APP_TOO_BIG.
// Always OK: it doesn't wait.
enum err log_call(struct app_call *call);

// SPDX-License-Identifier: Apache-2.0
// The app's calls to seal and unseal. What the app passes is judged here.
#pragma once

#include "app/call.h"
#include "base/err.h"

// Each performs one call and sets its result: APP_OK with the length in
// *word[5]; APP_BAD_ARGUMENT for a pointer that is missing or a blob that isn't
// this image's under this context; APP_TOO_BIG; APP_UNSUPPORTED without
// SEV-SNP. Always OK: neither waits.
enum err seal_call_seal(struct app_call *call);
enum err seal_call_unseal(struct app_call *call);

// SPDX-License-Identifier: Apache-2.0
// Puts the packed app where it is linked to run.
#pragma once

#include "app/call.h"

// Loads package()->app: judges it anew, gives each segment zeroed pages of its
// own with what it needs and no more, and nothing else of the low half. Halts
// with HALT_APP when the file is refused or needs more memory than the policy
// allows, with HALT_NO_MEMORY when there is none.
void app_load(void);
// Runs the loaded app on the caller's stack: what its main() returned.
int app_entry(void);

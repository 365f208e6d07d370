// SPDX-License-Identifier: Apache-2.0
// The privilege level that the image runs at (APM volume 2, 15.36.7). A report
// names the level too; but what a guest at a lower one does can be watched and
// changed by whoever is above it.
#pragma once

#include "base/err.h"

// Proves that this is VMPL 0: only from there can the rights of VMPL 1 be set.
// Takes all of them from one page of ours, where it never had any.
// ERR_UNSUPPORTED when it isn't.
enum err vmpl_prove(void);

// SPDX-License-Identifier: Apache-2.0
// Memory types: the PAT is written, the MTRRs are judged. A kernel that takes
// both for granted runs on every plain machine and hangs on real SEV-SNP
// hardware before its first line (aleph-vm, pull request 1184): there the
// firmware leaves them otherwise, and all of memory is uncached.
#pragma once

#include <stddef.h>

#include "kernel/boot_info.h"

enum cache_verdict {
	CACHE_AS_FOUND,   // the MTRRs say write-back for all of our memory
	CACHE_PROGRAMMED, // they didn't, and do now
	CACHE_NO_MTRR,    // none that counts: the PAT alone decides
};

// Writes the PAT and makes sure that the regions are cached.
enum cache_verdict cache_init(const struct boot_region *regions, size_t count);

// SPDX-License-Identifier: Apache-2.0
// The way up of an SEV-SNP guest, in four steps that boot/ takes on every
// machine; on a plain one they do nothing. Each ends the guest when something
// isn't as it must be: in the first, and in the second before the GHCB is
// there, the reason code is all that can be said.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/snp.h"
#include "kernel/boot_info.h"
#include "kernel/mem/page_pool.h"

// What the firmware hands over, unjudged.
struct snp_signs {
	bool has_blob;
	struct snp_blob blob;
};

// 1. At the physical address, with no IDT and before the first page table:
//    decides what snp_is_on() says from here on, copies the CPUID page, and has
//    page tables carry the C-bit. The firmware's pages decide, and SEV_STATUS
//    must agree: a measured firmware always hands them over under SEV-SNP, and
//    no other ever does.
void snp_begin(const struct snp_signs *signs);
// 2. In the high half, under boot/early_root.c's tables, before the IDT is
//    live: settles the GHCB's version, shares and registers its page, which
//    lies in the image at `ghcb`, and holds SEV_STATUS against the allow-list.
void snp_connect(struct phys ghcb);
// 3. Before the page pool gets its memory: the pages that the firmware names
//    are neither the kernel's memory nor in what was loaded.
void snp_judge_memory(const struct boot_info *info);
// 4. Under the kernel's own tables and IDT: SEV_STATUS is still the same, the
//    pages are those of the firmware's measured metadata, and this is VMPL 0.
//    Then says in one line what was found.
void snp_prove(void);

// Sets what snp_is_on() and snp_status() say. For step 1 alone.
void snp_set_on(uint64_t status);

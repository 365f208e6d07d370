// SPDX-License-Identifier: Apache-2.0
// The proof by RMPADJUST.
#include "kernel/snp/vmpl.h"

#include "abi/layout.h"
#include "abi/snp.h"
#include "kernel/snp/rmp.h"

#define NEXT_LOWER 1
#define NO_PERMISSIONS 0

enum err vmpl_prove(void)
{
	static _Alignas(PAGE_SIZE) uint8_t page[PAGE_SIZE];

	// In the host's hands, an untouched page might not be there yet.
	*(volatile uint8_t *)page = 0;
	if (rmp_adjust((uintptr_t)page, NEXT_LOWER, NO_PERMISSIONS) != SNP_OK)
		return ERR_UNSUPPORTED;
	return OK;
}

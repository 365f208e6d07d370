// SPDX-License-Identifier: Apache-2.0
// The instructions in bytes: assemblers of today don't all know them.
#include "kernel/snp/rmp.h"

#include "abi/snp.h"

uint32_t rmp_validate(uintptr_t page, bool validate, bool *changed)
{
	uint64_t result = page;
	bool carry;

	// PVALIDATE
	__asm__ volatile(".byte 0xf2, 0x0f, 0x01, 0xff"
			 : "+a"(result), "=@ccc"(carry)
			 : "c"(SNP_PAGE_SIZE_4K), "d"(validate ? 1 : 0)
			 : "memory");
	*changed = !carry;
	return (uint32_t)result;
}

uint64_t rmp_adjust(uintptr_t page, unsigned int target,
		    unsigned int permissions)
{
	uint64_t result = page;
	uint64_t attributes = target | (uint64_t)permissions
					       << RMPADJUST_PERMISSIONS_SHIFT;

	// RMPADJUST
	__asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xfe"
			 : "+a"(result)
			 : "c"((uint64_t)SNP_PAGE_SIZE_4K), "d"(attributes)
			 : "memory", "cc");
	return result;
}

// SPDX-License-Identifier: Apache-2.0
// An allow-list: a feature that changes how memory, exceptions or interrupts
// work must be known, and a bit without a name yet may be one.
#include "kernel/snp/sev_status.h"

#include "abi/snp.h"

#define NEEDED (SEV_STATUS_SEV | SEV_STATUS_ES | SEV_STATUS_SNP)
#define KNOWN                                                   \
	(NEEDED | SEV_STATUS_DEBUG_SWAP | SEV_STATUS_HOST_IBS | \
	 SEV_STATUS_BTB_ISOLATION | SEV_STATUS_SECURE_TSC |     \
	 SEV_STATUS_SMT_PROTECTION)

enum err sev_status_judge(uint64_t status, unsigned int *bit)
{
	uint64_t wrong = (~status & NEEDED) | (status & ~KNOWN);

	if (wrong == 0)
		return OK;
	*bit = (unsigned int)__builtin_ctzll(wrong);
	return ERR_UNSUPPORTED;
}

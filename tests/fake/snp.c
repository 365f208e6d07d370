// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/snp.h"

#include "abi/snp.h"

static uint64_t sev_status;

void fake_snp_set_status(uint64_t status)
{
	sev_status = status;
}

bool snp_is_on(void)
{
	return (sev_status & SEV_STATUS_SNP) != 0;
}

uint64_t snp_status(void)
{
	return sev_status;
}

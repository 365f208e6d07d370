// SPDX-License-Identifier: Apache-2.0
// Two variables that everybody may read and snp_start.c alone sets.
#include "kernel/snp/snp.h"

#include "kernel/snp/snp_start.h"

static bool is_on;
static uint64_t status;

void snp_set_on(uint64_t sev_status)
{
	is_on = true;
	status = sev_status;
}

bool snp_is_on(void)
{
	return is_on;
}

uint64_t snp_status(void)
{
	return status;
}

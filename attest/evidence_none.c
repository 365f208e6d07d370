// SPDX-License-Identifier: Apache-2.0
// The evidence of a machine that isn't an enclave: none. Without SEV-SNP the
// certificate must not look as if it had some.
#include "attest/certificate.h"

enum err evidence_boot_form(uint8_t *out, size_t capacity, size_t *count)
{
	(void)out;
	(void)capacity;
	(void)count;
	return ERR_UNSUPPORTED;
}

// SPDX-License-Identifier: Apache-2.0
// attest/certificate.h with a certificate of one byte.
#include "attest/certificate.h"

enum err certificate_make(uint8_t *out, size_t capacity, size_t *count)
{
	if (capacity == 0)
		return ERR_TOO_BIG;
	out[0] = 0;
	*count = 1;
	return OK;
}

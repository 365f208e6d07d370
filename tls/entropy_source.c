// SPDX-License-Identifier: Apache-2.0
// mbedTLS's one entropy source: the CPU, by way of the kernel.
#include <string.h>

#include "mbedtls/build_info.h"
#include "mbedtls/entropy.h"

#include "kernel/entropy/entropy.h"

// mbedtls_config.h asks for the bytes of a seed by this number.
_Static_assert(MBEDTLS_ENTROPY_MIN_HARDWARE *ENTROPY_BITS_PER_BYTE >=
		       MBEDTLS_ENTROPY_BLOCK_SIZE * 8,
	       "a seed has less entropy than bits");

// Declared by mbedTLS in a header of its own sources.
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len,
			  size_t *olen);

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len,
			  size_t *olen)
{
	(void)data;
	*olen = 0;
	if (entropy_get(output, len) != OK)
		return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
	*olen = len;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
// What sessions share: the library's configuration, a certificate and its key.
// There are two generations of it at most, the present one and the one before.
#pragma once

#include <stdint.h>

#include "mbedtls/ssl.h"

#include "base/err.h"
#include "tls/session.h"

// Makes `identity` the present generation; its key is this file's on OK, and
// destroyed when the generation ends. ERR_AGAIN: the one before the present
// one still has users. ERR_CRYPTO, ERR_TOO_BIG.
enum err endpoint_adopt(const struct tls_identity *identity);
// Of the present generation. Who uses it enters, and leaves when it is done.
const mbedtls_ssl_config *endpoint_config(void);
uint32_t endpoint_generation(void);
void endpoint_enter(void);
void endpoint_leave(uint32_t generation);

// SPDX-License-Identifier: Apache-2.0
// What all sessions share: the library's configuration, the certificate and
// the key.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "mbedtls/ssl.h"

#include "base/err.h"

// `certificate` is DER and must stay. ERR_CRYPTO, ERR_TOO_BIG.
enum err endpoint_init(const uint8_t *certificate, size_t certificate_bytes);
const mbedtls_ssl_config *endpoint_config(void);

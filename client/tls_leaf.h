// SPDX-License-Identifier: Apache-2.0
// Finds the evidence in a server's certificate.
#pragma once

#include <mbedtls/x509_crt.h>

#include "client/tls_stream.h"

// Views into `certificate`.
struct tls_leaf tls_leaf_of(const mbedtls_x509_crt *certificate);

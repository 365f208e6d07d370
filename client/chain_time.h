// SPDX-License-Identifier: Apache-2.0
// The times of certificates, in seconds since 1970.
#pragma once

#include <stdint.h>

#include <mbedtls/x509.h>

// Proleptic Gregorian, UTC, without leap seconds. mbedTLS has checked the date.
int64_t time_of_x509(const mbedtls_x509_time *time);

// SPDX-License-Identifier: Apache-2.0
// The Internet checksum (RFC 1071) without its final complement.
#pragma once

#include <stdint.h>

// The ones' complement sum of `count` bytes as 16-bit words in memory order,
// an odd last byte padded with zero. Any alignment. lwIP's LWIP_CHKSUM.
uint16_t checksum_of(const void *bytes, int count);

// SPDX-License-Identifier: Apache-2.0
// What lwIP asks of its compiler and platform.
#pragma once

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/check.h"

// ssize_t comes from sys/types.h; lwIP would include unistd.h for it.
#ifndef SSIZE_MAX
#define SSIZE_MAX INT_MAX
#endif
#define LWIP_NO_UNISTD_H 1

// A failed assertion is a bug in lwIP or in our use of it, and its state can't
// be trusted any longer: in doubt, closed. The texts would cost 20 KB of image.
#define LWIP_PLATFORM_ASSERT(text) check_failed("lwip", __LINE__, "assertion")
#define LWIP_PLATFORM_DIAG(text) ((void)0)

uint32_t random_u32(void);
#define LWIP_RAND() random_u32()

uint16_t checksum_of(const void *bytes, int count);
#define LWIP_CHKSUM checksum_of

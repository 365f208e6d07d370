// SPDX-License-Identifier: Apache-2.0
// Include this before any header of lwIP: one name of its error codes is one
// of ours (base/err.h) too.
#pragma once

#define ERR_TIMEOUT LWIP_ERR_TIMEOUT
#include "lwip/err.h"
#undef ERR_TIMEOUT

// SPDX-License-Identifier: Apache-2.0
// Known answers, so that a miscompiled or lying CPU is noticed before a secret
// depends on it.
#pragma once

#include <stdint.h>

#include "base/err.h"

// SHA-256, HKDF-Expand, AES-128-GCM and X25519 against published values, and
// one signature of `key` (an ECDSA P-256 key) checked. ERR_CRYPTO.
enum err self_test_run(uint32_t key);

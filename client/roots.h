// SPDX-License-Identifier: Apache-2.0
// The only roots that this client knows: AMD's root keys (ARK), one for each
// product.
#pragma once

#include "client/anchorhold.h"
#include "client/crypto.h"

// The pins: SHA-256 of each key's SubjectPublicKeyInfo.
#define ROOT_PIN_MILAN \
	"9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9"
#define ROOT_PIN_GENOA \
	"429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831"
#define ROOT_PIN_TURIN \
	"4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08"

// The SubjectPublicKeyInfo, CRYPTO_RSA_SPKI_BYTES of it.
struct anchorhold_bytes root_key(enum anchorhold_product product);

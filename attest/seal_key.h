// SPDX-License-Identifier: Apache-2.0
// The sealing root, kept by the crypto library, and the one-blob keys made of
// it (abi/seal.h has the formula).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/guest_message.h"
#include "abi/seal.h"
#include "base/err.h"
#include "kernel/snp/aead.h"

// Copies the root into the library, where it takes the place of an earlier one;
// the caller wipes its own. ERR_NO_MEMORY, ERR_CRYPTO: there is none then.
enum err seal_key_take_root(const uint8_t root[KEY_BYTES]);
bool seal_key_has_root(void);

struct seal_key {
	struct aead_key key; // the caller's to wipe
	uint8_t iv[AEAD_IV_BYTES];
};

// Key and IV of the blob that has this salt. ERR_NO_MEMORY, ERR_CRYPTO.
enum err seal_key_make(const uint8_t salt[SEAL_SALT_BYTES],
		       struct seal_key *out);

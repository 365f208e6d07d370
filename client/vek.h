// SPDX-License-Identifier: Apache-2.0
// The certificate of the key that signs reports: a chip's own (VCEK) or a cloud
// provider's (VLEK), with the extensions that AMD gives them (AMD 57230,
// "VCEK Certificate and KDS Interface Specification", 3.1).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "client/chain_certificate.h"

#define VEK_CHIP_ID_BYTES 64u
#define VEK_CHIP_ID_BYTES_TURIN 8u

struct vek {
	bool is_vlek;
	enum anchorhold_product product; // its own word; the chain must agree
	uint64_t tcb;                    // as TCB_VERSION of that product
	// CHIP_ID of the report; of a VLEK zeros. Turin's short one is filled
	// up with zeros, as its reports have it.
	uint8_t chip_id[VEK_CHIP_ID_BYTES];
};

// Whether a name is a VLEK's issuer, or a VLEK's, is the chain's to say: this
// takes `is_vlek` from there. ERR_BAD_INPUT: an extension is missing,
// malformed, or of the other kind of key; a reserved level isn't zero; or the
// certificate may sign others.
enum err vek_read(const struct certificate *certificate, bool is_vlek,
		  struct vek *out);

// SPDX-License-Identifier: Apache-2.0
// Certificates and CRLs come as DER or as PEM (RFC 7468); this makes DER of
// both.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "client/anchorhold.h"

#define PEM_CERTIFICATE "CERTIFICATE"
#define PEM_CRL "X509 CRL"

// Where decoded PEM lies.
struct pem_room {
	size_t used;
	uint8_t bytes[32 * 1024];
};

// What begins with a DER SEQUENCE is handed out as it is; else the first PEM
// block with `label` is decoded into `room`. ERR_BAD_INPUT: it is neither;
// ERR_TOO_BIG: the room is full.
enum err pem_open(struct pem_room *room, struct anchorhold_bytes bytes,
		  const char *label, struct anchorhold_bytes *out);

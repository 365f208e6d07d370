// SPDX-License-Identifier: Apache-2.0
// Seals any bytes as a client's record (RFC 8446 5.2 and 7.3), where OpenSSL
// seals only what is right. For TLS_AES_128_GCM_SHA256 alone.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/fake/tls_client.h"

#define SEALED_EXTRA_BYTES (5 + 16)

struct tls_sealer {
	uint8_t key[16];
	uint8_t iv[12];
	uint64_t sequence;
};

// Has the clients that come leave their secrets for a sealer.
void tls_sealer_start(void);
// For the records that the newest client sends after its handshake.
void tls_sealer_init(struct tls_sealer *s);
// Sends `inner`, a whole TLSInnerPlaintext, in one record.
void tls_sealer_send(struct tls_sealer *s, struct conn *to, const void *inner,
		     size_t count);

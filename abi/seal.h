// SPDX-License-Identifier: Apache-2.0
// A sealed blob: this header, as many bytes of ciphertext as the text has, and
// a tag of 16. It lies with the host between two boots, so every byte of it is
// hostile until the tag has proven it. All integers are little-endian.
//
//	root = KEY_REQ, rooted in the chip, with `fields` and `tcb` mixed in
//	       (AMD 56860, 7.2)
//	key || iv = HKDF-SHA-384(root, salt, "anchorhold-seal-v1"): 32 and 12
//	       bytes (RFC 5869)
//	ciphertext || tag = AES-256-GCM(key, iv, text, AAD = header || context)
//
// The salt is random and of one blob alone, and so are key and IV.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SEAL_MAGIC                                     \
	{                                              \
		'A', 'H', 'S', 'E', 'A', 'L', 'E', 'D' \
	}
#define SEAL_VERSION 1u
#define SEAL_LABEL "anchorhold-seal-v1"
#define SEAL_SALT_BYTES 32u
#define SEAL_TAG_BYTES 16u

struct seal_header {
	uint8_t magic[8];
	uint32_t version;
	uint32_t reserved_0c; // 0
	uint64_t fields;      // KEY_FIELD_... of abi/guest_message.h
	uint64_t tcb;         // what KEY_FIELD_TCB mixed in
	uint8_t salt[SEAL_SALT_BYTES];
};

_Static_assert(offsetof(struct seal_header, version) == 0x08);
_Static_assert(offsetof(struct seal_header, fields) == 0x10);
_Static_assert(offsetof(struct seal_header, tcb) == 0x18);
_Static_assert(offsetof(struct seal_header, salt) == 0x20);
_Static_assert(sizeof(struct seal_header) == 0x40);

// How much longer a blob is than its text.
#define SEAL_OVERHEAD_BYTES (sizeof(struct seal_header) + SEAL_TAG_BYTES)

// Limits of version 1.
#define SEAL_CONTEXT_LIMIT 1024u
#define SEAL_TEXT_LIMIT (1024u * 1024u)

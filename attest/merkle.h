// SPDX-License-Identifier: Apache-2.0
// The tree that binds many sessions to one report (abi/evidence.h), in the shape
// of RFC 9162, 2.1.1: split at the largest power of two below the size.
#pragma once

#include <stdint.h>

#include "abi/evidence.h"
#include "base/err.h"
#include "base/evidence_form.h"

// Bottom up, that shape pairs neighbours and hands an odd last one up as it is.
// So: all levels, one behind the other, the root last.
#define MERKLE_NODE_LIMIT (2 * EVIDENCE_TREE_LIMIT + EVIDENCE_PATH_LIMIT)

struct merkle {
	uint32_t size; // leaves: the first nodes
	uint32_t node_count;
	struct evidence_hash nodes[MERKLE_NODE_LIMIT];
};

// Makes the nodes over the first `size` ones, from 1 to EVIDENCE_TREE_LIMIT.
// ERR_CRYPTO.
enum err merkle_build(struct merkle *m, uint32_t size);
const struct evidence_hash *merkle_root(const struct merkle *m);
// The inclusion path of leaf `index` (RFC 9162, 2.1.3.1).
void merkle_place(const struct merkle *m, uint32_t index,
		  struct evidence_place *out);

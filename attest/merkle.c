// SPDX-License-Identifier: Apache-2.0
#include "attest/merkle.h"

#include <string.h>

#include "base/check.h"
#include "tls/hash.h"

static enum err join(const struct evidence_hash *left,
		     const struct evidence_hash *right,
		     struct evidence_hash *out)
{
	uint8_t bytes[1 + 2 * EVIDENCE_HASH_BYTES] = { EVIDENCE_NODE_PREFIX };

	memcpy(bytes + 1, left->bytes, EVIDENCE_HASH_BYTES);
	memcpy(bytes + 1 + EVIDENCE_HASH_BYTES, right->bytes,
	       EVIDENCE_HASH_BYTES);
	return hash_sha256(bytes, sizeof(bytes), out->bytes);
}

// Makes the level above `level`, which has `count` nodes, behind it.
static enum err raise(struct evidence_hash *level, uint32_t count)
{
	struct evidence_hash *above = level + count;

	for (uint32_t i = 0; i + 1 < count; i += 2)
		TRY(join(&level[i], &level[i + 1], &above[i / 2]));
	if (count % 2)
		above[count / 2] = level[count - 1];
	return OK;
}

enum err merkle_build(struct merkle *m, uint32_t size)
{
	uint32_t start = 0;

	CHECK(size >= 1 && size <= EVIDENCE_TREE_LIMIT);
	for (uint32_t count = size; count > 1; count = (count + 1) / 2) {
		TRY(raise(&m->nodes[start], count));
		start += count;
	}
	m->size = size;
	m->node_count = start + 1;
	return OK;
}

const struct evidence_hash *merkle_root(const struct merkle *m)
{
	return &m->nodes[m->node_count - 1];
}

void merkle_place(const struct merkle *m, uint32_t index,
		  struct evidence_place *out)
{
	uint32_t start = 0;
	uint32_t at = index;

	CHECK(index < m->size);
	out->index = index;
	out->size = m->size;
	out->path_count = 0;
	for (uint32_t count = m->size; count > 1; count = (count + 1) / 2) {
		uint32_t sibling = at ^ 1;

		if (sibling < count)
			out->path[out->path_count++] =
				m->nodes[start + sibling];
		start += count;
		at /= 2;
	}
}

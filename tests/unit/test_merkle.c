// SPDX-License-Identifier: Apache-2.0
// The tree against roots put together by hand, and its paths against the
// verifier of RFC 9162, 2.1.3.2, on another library's SHA-256.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "attest/merkle.h"
#include "tests/fake/features.h"
#include "tests/unit/evidence_check.h"
#include "tls/key.h"

static struct merkle tree;

static struct evidence_hash leaf(uint32_t i)
{
	struct evidence_hash hash;

	SHA256((const uint8_t *)&i, sizeof(i), hash.bytes);
	return hash;
}

static void build(uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		tree.nodes[i] = leaf(i);
	assert_int_equal(merkle_build(&tree, size), OK);
	assert_true(tree.node_count <= MERKLE_NODE_LIMIT);
}

static void assert_hash(const struct evidence_hash *a, struct evidence_hash b)
{
	assert_memory_equal(a->bytes, b.bytes, sizeof(b.bytes));
}

// RFC 9162, 2.1.1, as it stands there: by recursion from the top.
static struct evidence_hash root_of(uint32_t first, uint32_t size)
{
	uint32_t k = 1;

	if (size == 1)
		return leaf(first);
	while (k * 2 < size)
		k *= 2;
	return check_join(root_of(first, k), root_of(first + k, size - k));
}

static void test_small_trees_by_hand(void **state)
{
	struct evidence_hash a = leaf(0), b = leaf(1), c = leaf(2);
	struct evidence_hash d = leaf(3), e = leaf(4);
	struct evidence_hash ab = check_join(a, b), cd = check_join(c, d);

	(void)state;
	build(1);
	assert_hash(merkle_root(&tree), a);
	build(2);
	assert_hash(merkle_root(&tree), ab);
	build(3);
	assert_hash(merkle_root(&tree), check_join(ab, c));
	build(4);
	assert_hash(merkle_root(&tree), check_join(ab, cd));
	build(5);
	assert_hash(merkle_root(&tree), check_join(check_join(ab, cd), e));
}

static void test_paths_by_hand(void **state)
{
	struct evidence_place place;

	(void)state;
	build(1);
	merkle_place(&tree, 0, &place);
	assert_int_equal(place.path_count, 0);
	build(5);
	merkle_place(&tree, 4, &place);
	assert_int_equal(place.index, 4);
	assert_int_equal(place.size, 5);
	assert_int_equal(place.path_count, 1);
	assert_hash(&place.path[0], root_of(0, 4));
	merkle_place(&tree, 2, &place);
	assert_int_equal(place.path_count, 3);
	assert_hash(&place.path[0], leaf(3));
	assert_hash(&place.path[1], root_of(0, 2));
	assert_hash(&place.path[2], leaf(4));
}

static void expect_tree(uint32_t size)
{
	struct evidence_hash root = root_of(0, size);
	struct evidence_place place;

	build(size);
	assert_hash(merkle_root(&tree), root);
	for (uint32_t i = 0; i < size; i++) {
		merkle_place(&tree, i, &place);
		assert_true(place.path_count <= EVIDENCE_PATH_LIMIT);
		assert_true(check_path(leaf(i), &place, root));
		// Neither another leaf nor another place.
		assert_false(check_path(leaf(i + 1), &place, root));
		place.index = (i + 1) % size;
		assert_int_equal(check_path(leaf(i), &place, root), size == 1);
	}
}

static void test_every_path_proves_its_leaf(void **state)
{
	(void)state;
	for (uint32_t size = 1; size < 70; size++)
		expect_tree(size);
	expect_tree(300);
	expect_tree(EVIDENCE_TREE_LIMIT - 1);
	expect_tree(EVIDENCE_TREE_LIMIT);
}

static int start(void **state)
{
	(void)state;
	fake_features_take(-1);
	return tls_key_init() == OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_trees_by_hand),
		cmocka_unit_test(test_paths_by_hand),
		cmocka_unit_test(test_every_path_proves_its_leaf),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "net/random.h"

#include <string.h>

#include "base/bytes.h"
#include "kernel/entropy/entropy.h"

static uint64_t hash_key[2];
static uint64_t counter_key[2];
static uint64_t counter;

enum err random_init(void)
{
	uint8_t seed[32];

	TRY(entropy_get(seed, sizeof(seed)));
	memcpy(hash_key, seed, sizeof(hash_key));
	memcpy(counter_key, seed + sizeof(hash_key), sizeof(counter_key));
	wipe(seed, sizeof(seed));
	return OK;
}

uint32_t random_u32(void)
{
	counter++;
	return (uint32_t)siphash(counter_key, &counter, sizeof(counter));
}

uint64_t random_hash(const void *bytes, size_t count)
{
	return siphash(hash_key, bytes, count);
}

static uint64_t rotate_left(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate_left(v[1], 13) ^ v[0];
	v[3] = rotate_left(v[3], 16) ^ v[2];
	v[0] = rotate_left(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate_left(v[1], 17) ^ v[2];
	v[3] = rotate_left(v[3], 21) ^ v[0];
	v[2] = rotate_left(v[2], 32);
}

static void sip_absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

uint64_t siphash(const uint64_t key[2], const void *bytes, size_t count)
{
	uint64_t v[4] = {
		key[0] ^ 0x736f6d6570736575,
		key[1] ^ 0x646f72616e646f6d,
		key[0] ^ 0x6c7967656e657261,
		key[1] ^ 0x7465646279746573,
	};
	const uint8_t *at = bytes;
	size_t left = count;
	uint64_t last = (uint64_t)count << 56;

	for (; left >= 8; at += 8, left -= 8)
		sip_absorb(v, load_le64(at));
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)at[i] << (8 * i);
	sip_absorb(v, last);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

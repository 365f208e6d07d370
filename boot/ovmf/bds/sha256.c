// SPDX-License-Identifier: Apache-2.0
// The names are those of FIPS 180-4, sections 4.1.2, 5.1.1 and 6.2.
#include "boot/ovmf/bds/sha256.h"

#define BLOCK_BYTES 64
#define LENGTH_BYTES 8

// 4.2.2: the first 32 bits of the fractional parts of the cube roots of the
// first 64 primes.
static const uint32_t K[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotr(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static void schedule(const uint8_t *block, uint32_t W[64])
{
	for (unsigned int t = 0; t < 16; t++)
		W[t] = (uint32_t)block[4 * t] << 24 |
		       (uint32_t)block[4 * t + 1] << 16 |
		       (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (unsigned int t = 16; t < 64; t++) {
		uint32_t x = W[t - 2], y = W[t - 15];

		W[t] = (rotr(x, 17) ^ rotr(x, 19) ^ x >> 10) + W[t - 7] +
		       (rotr(y, 7) ^ rotr(y, 18) ^ y >> 3) + W[t - 16];
	}
}

static void compress(uint32_t H[8], const uint8_t *block)
{
	uint32_t W[64], v[8];

	schedule(block, W);
	for (unsigned int i = 0; i < 8; i++)
		v[i] = H[i];
	for (unsigned int t = 0; t < 64; t++) {
		uint32_t a = v[0], e = v[4];
		uint32_t T1 = v[7] + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) +
			      ((e & v[5]) ^ (~e & v[6])) + K[t] + W[t];
		uint32_t T2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) +
			      ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

		for (unsigned int i = 7; i > 0; i--)
			v[i] = v[i - 1];
		v[4] += T1;
		v[0] = T1 + T2;
	}
	for (unsigned int i = 0; i < 8; i++)
		H[i] += v[i];
}

// 5.1.1: the bytes that remain, a one bit, zeros, the length in bits.
static void finish(uint32_t H[8], const uint8_t *rest, uint64_t size)
{
	uint8_t last[2 * BLOCK_BYTES];
	uint64_t rest_size = size % BLOCK_BYTES;
	uint64_t end = rest_size + 1 + LENGTH_BYTES <= BLOCK_BYTES
			       ? BLOCK_BYTES
			       : 2 * BLOCK_BYTES;

	for (uint64_t i = 0; i < end; i++)
		last[i] = i < rest_size ? rest[i] : 0;
	last[rest_size] = 0x80;
	for (unsigned int i = 0; i < LENGTH_BYTES; i++)
		last[end - 1 - i] = (uint8_t)(size * 8 >> 8 * i);
	for (uint64_t at = 0; at < end; at += BLOCK_BYTES)
		compress(H, last + at);
}

void sha256(const uint8_t *bytes, uint64_t size, uint8_t digest[SHA256_BYTES])
{
	// 5.3.3
	uint32_t H[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint64_t whole = size - size % BLOCK_BYTES;

	for (uint64_t at = 0; at < whole; at += BLOCK_BYTES)
		compress(H, bytes + at);
	finish(H, bytes + whole, size);
	for (unsigned int i = 0; i < SHA256_BYTES; i++)
		digest[i] = (uint8_t)(H[i / 4] >> (24 - 8 * (i % 4)));
}

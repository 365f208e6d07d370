// SPDX-License-Identifier: Apache-2.0
// The launch digest of an SEV-SNP guest as QEMU and KVM start it: what the
// secure processor will say, computed from the inputs. No I/O, no globals.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/launch.h"
#include "abi/vmsa.h"
#include "base/err.h"

#define LAUNCH_VCPU_LIMIT 1024u

struct launch_blob {
	const uint8_t *bytes;
	size_t size;
};

struct launch_input {
	struct launch_blob firmware;
	bool has_kernel;           // else the three below are not measured
	struct launch_blob kernel; // the file as QEMU hashes it
	struct launch_blob initrd; // empty: none
	const char *command_line;  // NULL: empty
	uint32_t vcpu_count;       // 1..LAUNCH_VCPU_LIMIT
	uint32_t vcpu_signature;   // CPUID 1 EAX of the CPU type
	uint64_t sev_features;     // of the VMSA: 0x1, or 0x21 with debug swap
};

// Computes the digest. ERR_BAD_INPUT: malformed firmware, or a section of a
// type this doesn't know; ERR_UNSUPPORTED: firmware without SEV metadata, a
// kernel for firmware that doesn't check hashes, or several vCPUs for firmware
// without a reset block; ERR_TOO_BIG.
enum err launch_digest(const struct launch_input *input,
		       uint8_t out[LAUNCH_DIGEST_BYTES]);

// The page of kernel hashes: zeros but for the table at `offset`, which must
// leave room for it. The command line is hashed with its closing NUL.
enum err launch_hash_page(const struct launch_input *input, size_t offset,
			  uint8_t out[4096]);
// A vCPU's save area at its first instruction `eip`.
void launch_vmsa(uint32_t eip, uint32_t vcpu_signature, uint64_t sev_features,
		 struct vmsa *out);
// CPUID signature of a QEMU CPU type, ERR_NOT_FOUND if unknown.
enum err launch_vcpu_signature(const char *type, uint32_t *out);
// The i-th known CPU type, NULL past the last.
const char *launch_vcpu_type(size_t i);

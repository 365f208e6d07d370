// SPDX-License-Identifier: Apache-2.0
// Why a guest ended itself. The numbers are stable: under SEV-SNP they become
// the reason code of a GHCB termination request (AMD 56421, 2.3.2), which is
// the only last word of a production image.
#pragma once

enum halt_reason {
	HALT_GENERAL = 0x00,
	HALT_BUG = 0x01,          // CHECK failed: our own mistake
	HALT_EXCEPTION = 0x02,    // an unexpected exception in ring 0
	HALT_STACK = 0x03,        // a stack's guard page or canary was hit
	HALT_FIRMWARE = 0x04,     // the firmware gave no usable machine
	HALT_COMMAND_LINE = 0x05, // unknown or malformed
	HALT_CPU = 0x06,          // a required CPU feature is missing
	HALT_NO_ENTROPY = 0x07,
	HALT_NO_MEMORY = 0x08,
	HALT_NO_NIC = 0x09,
	HALT_NO_CLOCK = 0x0a,
	HALT_NETWORK = 0x0b, // the network's configuration is unusable
	HALT_CRYPTO = 0x0c,  // a self-test or the key's making failed
	HALT_APP = 0x0d,     // the app ended or broke its contract
	HALT_DEVICE = 0x0e,  // the NIC broke its contract beyond a reset
	HALT_PROFILE = 0x0f, // this machine lacks what the profile demands
	HALT_PACKAGE = 0x10, // no app or no policy is packed, or it's malformed
	HALT_POLICY = 0x11,  // it asks for what this kernel can't enforce
	HALT_HOST = 0x12,    // the host broke the GHCB protocol
	HALT_PAGE_STATE = 0x13, // a page isn't in the state it must be in
	HALT_VC = 0x14,         // a #VC that no instruction of ours explains
	HALT_VMPL = 0x15,       // this isn't VMPL 0
	HALT_SECRETS = 0x16,    // no usable secrets or CPUID page
	HALT_EVIDENCE = 0x17,   // no report could be had at boot
	// SEV_STATUS has a bit that this kernel doesn't know: 0x40 + its number
	HALT_SEV_STATUS = 0x40,
};

// The reason-code set of a termination request that is ours (bits 15:12); 0 is
// the protocol's own.
#define HALT_REASON_SET 0x4

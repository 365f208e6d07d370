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
};

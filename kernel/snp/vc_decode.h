// SPDX-License-Identifier: Apache-2.0
// Which instruction stands at the address of a #VC, of those few that this
// kernel may meet one at. Pure. The host chooses the exit code and the moment
// (WeSee, 2024); the instruction is ours, so it is the instruction that counts.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum vc_kind {
	VC_CPUID,
	VC_RDMSR,
	VC_WRMSR,
	VC_IN,
	VC_OUT,
};

#define VC_PORT_IN_DX (-1)

struct vc_instruction {
	enum vc_kind kind;
	unsigned int bytes; // of the instruction
	// Of VC_IN and VC_OUT: the operand's bytes (1, 2 or 4), and the port,
	// which may be VC_PORT_IN_DX.
	unsigned int operand_bytes;
	int port;
};

// Decodes what lies at `code`; at most `count` bytes are looked at. Forms that
// neither a compiler nor we write (needless prefixes, string I/O) and all other
// instructions are ERR_UNSUPPORTED; so is an instruction that isn't whole.
enum err vc_decode(const uint8_t *code, size_t count,
		   struct vc_instruction *out);
// The exit code that the hardware gives for it (APM volume 2, appendix C).
uint64_t vc_exit_code(enum vc_kind kind);

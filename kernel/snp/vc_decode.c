// SPDX-License-Identifier: Apache-2.0
// Which instruction stands at the address of a #VC.
#include "kernel/snp/vc_decode.h"

#include <stdbool.h>

#include "abi/svm.h"
#include "base/num.h"

// APM volume 3, 1.2.2 and appendix A.
#define PREFIX_OPERAND_SIZE 0x66
#define TWO_BYTE_OPCODE 0x0f

// Opcodes behind TWO_BYTE_OPCODE, without operands.
static const struct {
	uint8_t opcode;
	enum vc_kind kind;
} system_opcodes[] = {
	{ 0xa2, VC_CPUID },
	{ 0x32, VC_RDMSR },
	{ 0x30, VC_WRMSR },
};

// IN and OUT are 1110d1ws: d has the port in DX, w is OUT, s is a word.
#define PORT_OPCODE_MASK 0xf4
#define PORT_OPCODE 0xe4
#define PORT_IN_DX 0x08
#define PORT_OUT 0x02
#define PORT_WORD 0x01

static enum err decode_system(const uint8_t *code, size_t count,
			      struct vc_instruction *out)
{
	if (count < 2)
		return ERR_UNSUPPORTED;
	for (size_t i = 0; i < ARRAY_COUNT(system_opcodes); i++) {
		if (code[1] != system_opcodes[i].opcode)
			continue;
		*out = (struct vc_instruction){
			.kind = system_opcodes[i].kind,
			.bytes = 2,
		};
		return OK;
	}
	return ERR_UNSUPPORTED;
}

static enum err decode_port(const uint8_t *code, size_t count,
			    struct vc_instruction *out)
{
	bool is_short = code[0] == PREFIX_OPERAND_SIZE;
	unsigned int at = is_short, port_bytes;
	uint8_t opcode;

	if (at >= count)
		return ERR_UNSUPPORTED;
	opcode = code[at++];
	if ((opcode & PORT_OPCODE_MASK) != PORT_OPCODE)
		return ERR_UNSUPPORTED;
	// The prefix means nothing to a byte.
	if (is_short && !(opcode & PORT_WORD))
		return ERR_UNSUPPORTED;
	port_bytes = opcode & PORT_IN_DX ? 0 : 1;
	if (port_bytes > count - at)
		return ERR_UNSUPPORTED;
	*out = (struct vc_instruction){
		.kind = opcode & PORT_OUT ? VC_OUT : VC_IN,
		.bytes = at + port_bytes,
		.operand_bytes = !(opcode & PORT_WORD) ? 1
				 : is_short            ? 2
						       : 4,
		.port = port_bytes ? code[at] : VC_PORT_IN_DX,
	};
	return OK;
}

enum err vc_decode(const uint8_t *code, size_t count,
		   struct vc_instruction *out)
{
	if (count == 0)
		return ERR_UNSUPPORTED;
	if (code[0] == TWO_BYTE_OPCODE)
		return decode_system(code, count, out);
	return decode_port(code, count, out);
}

uint64_t vc_exit_code(enum vc_kind kind)
{
	switch (kind) {
	case VC_CPUID:
		return SVM_EXIT_CPUID;
	case VC_RDMSR:
	case VC_WRMSR:
		return SVM_EXIT_MSR;
	case VC_IN:
	case VC_OUT:
		return SVM_EXIT_IOIO;
	}
	return SVM_EXIT_INVALID;
}

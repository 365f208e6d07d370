// SPDX-License-Identifier: Apache-2.0
// A PE's code that runs on the firmware's own #VC handler: it gives the host
// the cue 1 by a call of its own, so that a #VC of the host's comes at the
// INSTRUCTION after that. Then it resets the machine.
// test_firmware_vc.py names INSTRUCTION, and what is in ECX and RAX there.

#define MSR_GHCB 0xc0010130
// Offsets into the GHCB and its valid bits (AMD 56421, 2.6).
#define GHCB_RAX 0x1f8
#define GHCB_EXIT_CODE 0x390
#define GHCB_EXIT_INFO_1 0x398
#define GHCB_EXIT_INFO_2 0x3a0
#define GHCB_VALID 0x3f0
#define VALID_RAX 0x8000000000000000
#define VALID_EXIT 0x001c000000000000 // the code and both infos

#define EXIT_IO 0x7b
#define OUT_A_BYTE_TO_E5 0x00e50010
#define CUE 1

#define KEYBOARD_PORT 0x64
#define KEYBOARD_RESET 0xfe

	.section .text.payload_entry, "ax"
	.globl payload_entry
payload_entry:
	cli
	mov $MSR_GHCB, %ecx
	rdmsr
	shl $32, %rdx
	lea (%rax, %rdx), %rdi
	movq $CUE, GHCB_RAX(%rdi)
	movq $EXIT_IO, GHCB_EXIT_CODE(%rdi)
	movq $OUT_A_BYTE_TO_E5, GHCB_EXIT_INFO_1(%rdi)
	movq $0, GHCB_EXIT_INFO_2(%rdi)
	movabs $VALID_RAX, %rax
	mov %rax, GHCB_VALID(%rdi)
	movabs $VALID_EXIT, %rax
	mov %rax, GHCB_VALID + 8(%rdi)
	mov $IN_ECX, %ecx
	lea payload_entry(%rip), %rax
	xor %edx, %edx
	rep; vmmcall
	INSTRUCTION
	// An instruction that was taken for a shorter one goes on here.
	.fill 8, 1, 0x90
	mov $KEYBOARD_RESET, %al
	out %al, $KEYBOARD_PORT
1:	hlt
	jmp 1b

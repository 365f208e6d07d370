// SPDX-License-Identifier: Apache-2.0
// The emulator's first instructions at 4 GiB, and the switch to the guest.
#include "emu/vcpu_offsets.h"

	.section .start, "ax"
	.globl start
start:
	lea stack_top(%rip), %rsp
	lea bss_start(%rip), %rdi
	lea bss_end(%rip), %rcx
	sub %rdi, %rcx
	shr $3, %rcx
	xor %eax, %eax
	rep stosq
	call emu_main
	ud2

// void vcpu_enter(uint64_t gpr[16], uint64_t vmcb)
//
// Runs the guest until its next exit. RAX and RSP are the VMCB's; all other
// general registers come from and go to gpr[]. The guest's FPU, segment bases
// and system-call registers stay in the CPU: nothing here touches them.
	.text
	.globl vcpu_enter
vcpu_enter:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	push %rdi
	mov %rsi, %rax
	mov GPR_RCX(%rdi), %rcx
	mov GPR_RDX(%rdi), %rdx
	mov GPR_RBX(%rdi), %rbx
	mov GPR_RBP(%rdi), %rbp
	mov GPR_RSI(%rdi), %rsi
	mov GPR_R8(%rdi), %r8
	mov GPR_R9(%rdi), %r9
	mov GPR_R10(%rdi), %r10
	mov GPR_R11(%rdi), %r11
	mov GPR_R12(%rdi), %r12
	mov GPR_R13(%rdi), %r13
	mov GPR_R14(%rdi), %r14
	mov GPR_R15(%rdi), %r15
	mov GPR_RDI(%rdi), %rdi
	vmrun
	xchg %rdi, (%rsp)
	mov %rcx, GPR_RCX(%rdi)
	mov %rdx, GPR_RDX(%rdi)
	mov %rbx, GPR_RBX(%rdi)
	mov %rbp, GPR_RBP(%rdi)
	mov %rsi, GPR_RSI(%rdi)
	mov %r8, GPR_R8(%rdi)
	mov %r9, GPR_R9(%rdi)
	mov %r10, GPR_R10(%rdi)
	mov %r11, GPR_R11(%rdi)
	mov %r12, GPR_R12(%rdi)
	mov %r13, GPR_R13(%rdi)
	mov %r14, GPR_R14(%rdi)
	mov %r15, GPR_R15(%rdi)
	pop %rcx
	mov %rcx, GPR_RDI(%rdi)
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

	.bss
	.balign 16
	.skip 0x20000
stack_top:
	.section .note.GNU-stack, "", @progbits

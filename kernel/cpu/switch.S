// SPDX-License-Identifier: Apache-2.0
// Changes of stack. MXCSR and the FPU's control word are the same for all, and
// no vector register is kept across a call (System V psABI, 3.2.3).

	.section .text.switch, "ax"

	.globl switch_address_space
	.hidden switch_address_space
	.type switch_address_space, @function
switch_address_space:
	mov	%rdi, %cr3
	mov	%rsi, %rsp
	xor	%ebp, %ebp
	call	*%rdx
	ud2
	.size switch_address_space, . - switch_address_space

	.globl switch_stack
	.hidden switch_stack
	.type switch_stack, @function
switch_stack:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, (%rdi)
	mov	%rsi, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret
	.size switch_stack, . - switch_stack

	.globl switch_start
	.hidden switch_start
	.type switch_start, @function
switch_start:
	call	*%rbx
	call	coroutine_ended
	ud2
	.size switch_start, . - switch_start

	.section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: Apache-2.0
// Entry points of exceptions and interrupts. Stubs are 16 bytes each, so that
// idt.c finds them by number.
#include "abi/x86.h"

// Exceptions with an error code (APM volume 2, 8.2): 8, 10 to 14, 17, 21, 29,
// 30. The others push a zero in its place.
#define HAS_ERROR_CODE 0x60227d00

// The first vector that is no exception's (kernel/cpu/trap.h).
#define TRAP_MASKED_INTERRUPT EXCEPTION_COUNT

// SSE state of 512 bytes (FXSAVE, APM volume 5).
#define FXSAVE_BYTES 512

	.section .text.traps, "ax"

	.balign 16
	.globl trap_stubs
	.hidden trap_stubs
trap_stubs:
	.set	vector, 0
	.rept	EXCEPTION_COUNT
	.balign 16
	.if	((HAS_ERROR_CODE >> vector) & 1) == 0
	push	$0
	.endif
	push	$vector
	.if	vector == VECTOR_VC
	jmp	vc_common
	.else
	jmp	trap_common
	.endif
	.set	vector, vector + 1
	.endr

// The registers of struct trap_frame.
	.macro	push_registers
	push	%rax
	push	%rbx
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%rbp
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	cld
	.endm

// Builds struct trap_frame and doesn't come back.
	.balign 16
trap_common:
	push_registers
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	trap_handle
	ud2

// Likewise, and goes on with the frame as vc_handle left it.
	.balign 16
vc_common:
	push_registers
	mov	%rsp, %rdi
	mov	%rsp, %rbp
	sub	$FXSAVE_BYTES, %rsp
	and	$-16, %rsp
	fxsave64 (%rsp)
	mov	%rsp, %rbx
	call	vc_handle
	fxrstor64 (%rbx)
	mov	%rbp, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rbp
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rbx
	pop	%rax
	add	$16, %rsp		// vector and error code
	iretq

	.balign 16
	.globl interrupt_stubs
	.hidden interrupt_stubs
interrupt_stubs:
	.set	vector, EXCEPTION_COUNT
	.rept	VECTOR_COUNT - EXCEPTION_COUNT
	.balign 16
	push	%rax
	mov	$vector, %eax
	jmp	interrupt_common
	.set	vector, vector + 1
	.endr

// Interrupts are open at one instruction only, but a host that injects one
// doesn't heed that (APM volume 2, 15.20): then it's as bad as an exception.
interrupt_while_masked:
	xchg	%rax, (%rsp)		// the vector, where an error code is
	push	$TRAP_MASKED_INTERRUPT
	jmp	trap_common

// Keeps all that C may change, calls the vector's handler, goes back.
	.balign 16
interrupt_common:
	testl	$RFLAGS_IF, 24(%rsp)	// behind RAX, RIP and CS
	jz	interrupt_while_masked
	push	%rbx
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%rbp
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	cld
	mov	%rsp, %rbp
	sub	$FXSAVE_BYTES, %rsp
	and	$-16, %rsp
	fxsave64 (%rsp)
	mov	%rsp, %rbx
	lea	interrupt_handlers(%rip), %rcx
	call	*(%rcx, %rax, 8)
	fxrstor64 (%rbx)
	mov	%rbp, %rsp
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rbp
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rbx
	pop	%rax
	iretq

	.section .note.GNU-stack, "", @progbits

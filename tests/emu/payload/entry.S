// SPDX-License-Identifier: Apache-2.0
// The test guest's entry from the firmware, its trap gates, and the way back
// from a trap to whoever expected one.
#include "abi/x86.h"

#define STACK_BYTES 0x8000

	.section .text.efi_entry, "ax"
	.globl efi_entry
	.hidden efi_entry
efi_entry:
	cld
	push	%rbp			// aligns the stack to 16
	mov	%rdx, %rsi		// system table
	mov	%rcx, %rdi		// image handle
	call	efi_leave
	cli
	call	paging_make		// root in rax, way up in rdx
	mov	%rax, %cr3
	lea	high(%rip), %rax
	add	%rdx, %rax
	jmp	*%rax
high:
	lea	main_stack_end(%rip), %rsp
	xor	%ebp, %ebp
	call	payload_main
	ud2

	// bool trap_try(void (*function)(uint64_t), uint64_t argument): true
	// when a trap ended the function.
	.section .text.trap_try, "ax"
	.globl trap_try
	.hidden trap_try
trap_try:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	pushfq
	mov	%rsp, trap_resume_rsp(%rip)
	mov	%rdi, %rax
	mov	%rsi, %rdi
	call	*%rax
	xor	%eax, %eax
back:
	movq	$0, trap_resume_rsp(%rip)
	popfq
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.globl trap_resume
	.hidden trap_resume
trap_resume:
	mov	$SELECTOR_KERNEL_DATA, %eax
	mov	%eax, %ss
	mov	%eax, %ds
	mov	%eax, %es
	mov	trap_resume_rsp(%rip), %rsp
	mov	$1, %eax
	jmp	back

	// void user_enter(uint64_t rip, uint64_t rsp, uint64_t rflags): ring 3.
	.section .text.user_enter, "ax"
	.globl user_enter
	.hidden user_enter
user_enter:
	push	$SELECTOR_USER_DATA
	push	%rsi
	push	%rdx
	push	$SELECTOR_USER_CODE
	push	%rdi
	iretq

	// void segments_load(void): after LGDT.
	.section .text.segments_load, "ax"
	.globl segments_load
	.hidden segments_load
segments_load:
	pop	%rax
	push	$SELECTOR_KERNEL_CODE
	push	%rax
	mov	$SELECTOR_KERNEL_DATA, %eax
	mov	%eax, %ss
	mov	%eax, %ds
	mov	%eax, %es
	mov	$SELECTOR_TSS, %eax
	ltr	%ax
	lretq

	// One stub of 16 bytes for each vector. Nothing is saved: no trap
	// returns to where it happened.
	.section .text.trap_stubs, "ax"
	.globl trap_stubs
	.hidden trap_stubs
	.balign 16
trap_stubs:
	.set	n, 0
	.rept	VECTOR_COUNT
	.balign	16
	.if	!(n == VECTOR_DF || (n >= VECTOR_TS && n <= VECTOR_PF) || \
		n == VECTOR_AC || n == VECTOR_CP || n == VECTOR_VC || \
		n == VECTOR_SX)
	push	$0
	.endif
	push	$n
	jmp	trap_common
	.set	n, n + 1
	.endr

trap_common:
	cld
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	trap_enter
	ud2

	.section .bss.main_stack, "aw", @nobits
	.balign 16
	.skip STACK_BYTES
main_stack_end:

	.section .bss.trap_resume_rsp, "aw", @nobits
	.balign 8
	.globl trap_resume_rsp
	.hidden trap_resume_rsp
trap_resume_rsp:
	.skip 8

	.section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: Apache-2.0
// Where the firmware jumps to (UEFI 2.10, 2.3.4: Microsoft's calling
// convention), and the jump into the high half. No return: an error is said on
// the console by code that runs later.
#include "abi/x86.h"

// Enough for judging the firmware's words and building the page tables; the
// kernel's own stack, between guard pages, comes after it.
#define BOOT_STACK_BYTES 0x4000

	.section .text.efi_entry, "ax"
	.globl efi_entry
	.hidden efi_entry
	.type efi_entry, @function
efi_entry:
	cld
	push	%rbp			// aligns the stack to 16
	mov	%rdx, %rsi		// system table
	mov	%rcx, %rdi		// image handle
	rdtsc
	shl	$32, %rdx
	or	%rax, %rdx		// entry time stamp
	call	efi_leave
	cli
	// The firmware's #VC handler believes the host, and no exception of
	// ours is due until boot_main has a table: till then any is the end.
	lidt	no_idt(%rip)
	call	early_root_make		// root in rax, way up in rdx
	mov	%rax, %rsi
	mov	%rdx, %rdi
	// NX must be on before a table says NX.
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_NXE, %eax
	wrmsr
	mov	%rsi, %cr3
	lea	high(%rip), %rax
	add	%rdi, %rax
	jmp	*%rax
high:
	lea	boot_stack_end(%rip), %rsp
	xor	%ebp, %ebp
	push	$RFLAGS_RESERVED1	// no flag of the firmware's is kept
	popfq
	push	%rbp
	push	%rbp
	call	boot_main
	ud2
	.size efi_entry, . - efi_entry

	.section .rodata.no_idt, "a"
no_idt:
	.word	0			// limit and base
	.quad	0

	.section .bss.boot_stack, "aw", @nobits
	.balign 16
	.skip BOOT_STACK_BYTES
boot_stack_end:

	.section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: Apache-2.0
// The ROM that QEMU starts at its reset vector: from real mode to long mode
// with 5-level paging (so that nested tables have 5 levels and bit 51 of a
// guest-physical address is a bit of its own), copies the emulator to its
// place at 4 GiB and jumps there. Runs where the linker script puts it: in the
// last 64 KiB below 4 GiB.
#include "abi/x86.h"

#define EFER_START (EFER_LME | EFER_NXE | 0x1000) // and SVME
#define TABLE_FLAGS 0x63			  // present, write, A, D
#define HUGE_FLAGS 0xe3				  // the same, 1 GiB

	.section .rom_tables, "a"
	.balign 4096
rom_pml5:
	.quad rom_pml4 + TABLE_FLAGS
	.fill 511, 8, 0
rom_pml4:
	.quad rom_pdpt + TABLE_FLAGS
	.fill 511, 8, 0
rom_pdpt: // the first 512 GiB as they are
	.set gib, 0
	.rept 512
	.quad (gib << 30) + HUGE_FLAGS
	.set gib, gib + 1
	.endr

	.section .rom_text, "ax"
	.code32
rom_protected:
	mov $0x10, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov $(CR4_PAE | CR4_LA57 | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	mov %eax, %cr4
	mov $rom_pml5, %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	rdmsr
	or $EFER_START, %eax
	wrmsr
	mov %cr0, %eax
	and $~(CR0_CD | CR0_NW), %eax
	or $(CR0_PG | CR0_WP | CR0_PE), %eax
	mov %eax, %cr0
	ljmp $0x18, $rom_long

	.code64
rom_long:
	movabs $image_start, %rdi
	mov $image_load, %esi
	movabs $image_words, %rcx
	cld
	rep movsq
	movabs $start, %rax
	jmp *%rax

	.balign 16
rom_gdt:
	.quad 0
	.quad 0x00cf9b000000ffff // 32-bit code
	.quad 0x00cf93000000ffff // data
	.quad 0x00af9b000000ffff // 64-bit code
rom_gdt_register:
	.word 31
	.long rom_gdt

	.code16
rom_real:
	cli
	// CS is based at ffff0000, so offsets into the last 64 KiB do.
	lgdtl %cs:(rom_gdt_register - 0xffff0000)
	mov %cr0, %eax
	or $CR0_PE, %al
	mov %eax, %cr0
	ljmpl $0x08, $rom_protected

	.section .rom_reset, "ax"
	.code16
	jmp rom_real
	.balign 16

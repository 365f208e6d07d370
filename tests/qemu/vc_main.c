// SPDX-License-Identifier: Apache-2.0
// A composition root that meets one #VC, chosen by the command line `vc=NAME`,
// as no code of the kernel does: with the bare instruction. test_vc.py boots it
// in the emulator, with a host that strikes at a cue.
#include <stdbool.h>
#include <stdint.h>

#include "abi/layout.h"
#include "abi/pci.h"
#include "abi/snp.h"
#include "abi/x86.h"
#include "base/check.h"
#include "base/num.h"
#include "base/text.h"
#include "boot/start.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/idt.h"
#include "kernel/cpu/msr.h"
#include "kernel/cpu/pio.h"
#include "kernel/cpu/regs.h"
#include "kernel/halt.h"
#include "kernel/log.h"
#include "kernel/mem/address_space.h"
#include "kernel/mem/page_pool.h"
#include "kernel/snp/rmp.h"

// emu/README.md: an OUT here is a cue for the host's knobs.
#define CUE_PORT 0xe5
#define CUE 1

#define VECTOR 0xf1
#define APIC_PAGE 0xfee00000ull

static void cpuid_bare(void)
{
	static const uint32_t leaves[] = { 0,          1,          7,
					   0x80000000, 0x80000008, 0x8000001f,
					   0x40000000, 0x12345678 };

	for (size_t i = 0; i < ARRAY_COUNT(leaves); i++) {
		struct cpuid is = cpuid_read(leaves[i], 0), got;

		__asm__ volatile("cpuid"
				 : "=a"(got.eax), "=b"(got.ebx), "=c"(got.ecx),
				   "=d"(got.edx)
				 : "a"(leaves[i]), "c"(0));
		CHECK(got.eax == is.eax && got.ebx == is.ebx &&
		      got.ecx == is.ecx && got.edx == is.edx);
	}
}

static void msrs_bare(void)
{
	uint64_t base = msr_read(MSR_APIC_BASE);

	CHECK(read_msr(MSR_APIC_BASE) == base);
	write_msr(MSR_APIC_BASE, base);
	CHECK(msr_read(MSR_APIC_BASE) == base);
}

// The host bridge's identity, by every width and both forms of the port.
static void ports_bare(void)
{
	uint32_t whole, is;
	uint16_t half;
	uint8_t byte;

	pio_write32(PCI_CONFIG_ADDRESS, PCI_CONFIG_ENABLE);
	is = pio_read32(PCI_CONFIG_DATA);
	__asm__ volatile("outl %0, %w1"
			 :
			 : "a"(PCI_CONFIG_ENABLE), "d"(PCI_CONFIG_ADDRESS));
	__asm__ volatile("inl %w1, %0" : "=a"(whole) : "d"(PCI_CONFIG_DATA));
	__asm__ volatile("inw %w1, %0" : "=a"(half) : "d"(PCI_CONFIG_DATA));
	__asm__ volatile("inb %w1, %0" : "=a"(byte) : "d"(PCI_CONFIG_DATA));
	CHECK(whole == is && half == (uint16_t)is && byte == (uint8_t)is);
	__asm__ volatile("outb %b0, $0x80" : : "a"(0));
	__asm__ volatile("inb $0x21, %b0" : "=a"(byte));
	CHECK(byte == pio_read8(0x21));
}

// What the instruction doesn't name stays as it is.
static void registers_kept(void)
{
	uint64_t vector = 0, r15 = 0, rsi = 0, flags = 0;

	__asm__ volatile("movq %4, %%xmm7\n\t"
			 "mov %4, %%r15\n\t"
			 "mov %4, %%rsi\n\t"
			 "xor %%ecx, %%ecx\n\t"
			 "xor %%eax, %%eax\n\t"
			 "stc\n\t"
			 "cpuid\n\t"
			 "pushfq\n\t"
			 "pop %3\n\t"
			 "movq %%xmm7, %0\n\t"
			 "mov %%r15, %1\n\t"
			 "mov %%rsi, %2"
			 : "=&r"(vector), "=&r"(r15), "=&r"(rsi), "=&r"(flags)
			 : "r"(0x1234567890abcdefull)
			 : "rax", "rbx", "rcx", "rdx", "rsi", "r15", "xmm7",
			   "cc", "memory");
	CHECK(vector == 0x1234567890abcdef && r15 == vector && rsi == vector);
	CHECK(flags & 1);
}

static void answer_all(void)
{
	cpuid_bare();
	msrs_bare();
	ports_bare();
	registers_kept();
	log_line("answered");
}

static void string_port(void)
{
	uint8_t bytes[4] = { 0 };
	void *to = bytes;
	uint64_t count = sizeof(bytes);

	__asm__ volatile("rep insb"
			 : "+D"(to), "+c"(count)
			 : "d"(0x80)
			 : "memory");
}

static void device_register(void)
{
	volatile void *at;

	CHECK(address_space_map_device((struct phys){ APIC_PAGE }, PAGE_SIZE,
				       &at) == OK);
	(void)*(volatile uint32_t *)at;
}

static void other_msr(void)
{
	(void)read_msr(MSR_MTRR_CAP);
}

static void unvalidated(void)
{
	struct phys page;
	bool changed;

	CHECK(page_pool_take(1, &page) == OK);
	CHECK(rmp_validate((uintptr_t)page_pool_address(page), false,
			   &changed) == SNP_OK);
	*(volatile uint8_t *)page_pool_address(page) = 1;
}

// The host strikes while a call is under way.
static void cue(void)
{
	pio_write8(CUE_PORT, CUE);
}

// And here while a #VC is.
static void cue_bare(void)
{
	__asm__ volatile("outb %b0, %w1" : : "a"(CUE), "d"(CUE_PORT));
}

static void on_interrupt(void)
{
	log_line("an interrupt was let in");
}

static void cue_with_gate(void)
{
	idt_set_interrupt(VECTOR, on_interrupt);
	cue();
}

static const struct {
	const char *name;
	void (*meet)(void);
} scenes[] = {
	{ "answer", answer_all },       { "string", string_port },
	{ "device", device_register },  { "other-msr", other_msr },
	{ "unvalidated", unvalidated }, { "cue", cue },
	{ "cue-bare", cue_bare },       { "cue-gate", cue_with_gate },
};

void kernel_main(const struct boot_info *info)
{
	struct text key, name;

	if (text_cut(text_of(info->command_line), '=', &key, &name) != OK ||
	    !text_equal(key, TEXT("vc")))
		halt(HALT_COMMAND_LINE, "not of the form vc=NAME");
	for (size_t i = 0; i < ARRAY_COUNT(scenes); i++) {
		if (text_equal(name, text_of(scenes[i].name))) {
			scenes[i].meet();
			halt(HALT_GENERAL, "nothing stopped it");
		}
	}
	halt(HALT_COMMAND_LINE, "no scene of that name");
}

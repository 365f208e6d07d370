// SPDX-License-Identifier: Apache-2.0
// A composition root that does one forbidden thing, chosen by the command line
// `fault=NAME`. It first prints where the fault must be reported, so that the
// test (test_faults.py) can hold the dump against it.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "abi/layout.h"
#include "abi/x86.h"
#include "base/check.h"
#include "base/num.h"
#include "base/text.h"
#include "boot/start.h"
#include "kernel/cpu/cache.h"
#include "kernel/cpu/coroutine.h"
#include "kernel/cpu/idt.h"
#include "kernel/cpu/pio.h"
#include "kernel/cpu/regs.h"
#include "kernel/halt.h"
#include "kernel/log.h"
#include "kernel/mem/address_space.h"
#include "kernel/mem/image.h"
#include "kernel/mem/page_pool.h"

#define COROUTINE_STACK_BYTES 0x4000
#define GATE_BYTES 16
#define INTERRUPT_VECTOR 0x42
#define GATE_TYPE_OFFSET 5
#define PIC_MASTER_MASK 0x21
#define PIC_SLAVE_MASK 0xa1
#define HIGHEST_PRIORITY 15ull

static const struct boot_info *boot;
static struct coroutine coroutine;

// RET: what would run if data could.
static uint8_t data[16] = { 0xc3 };
static const uint64_t constant = 1;

// Says the address and hands it back as a pointer that the compiler can't
// reason about.
static volatile uint8_t *expect(uint64_t address)
{
	log_line("expect 0x%lx", address);
	__asm__("" : "+r"(address));
	return (volatile uint8_t *)(uintptr_t)address;
}

static void write_at(uint64_t address)
{
	*expect(address) = 1;
}

static void read_at(uint64_t address)
{
	(void)*expect(address);
}

static void execute_at(uint64_t address)
{
	((void (*)(void))(uintptr_t)expect(address))();
}

static void write_text(void)
{
	write_at((uintptr_t)text_start);
}

static void write_constant(void)
{
	write_at((uintptr_t)&constant);
}

static void execute_data(void)
{
	execute_at((uintptr_t)data);
}

static void execute_constant(void)
{
	execute_at((uintptr_t)&constant);
}

static void execute_direct_map(void)
{
	struct phys page;

	CHECK(page_pool_take(1, &page) == OK);
	memcpy(page_pool_address(page), data, sizeof(data));
	execute_at((uintptr_t)page_pool_address(page));
}

static void execute_stack(void)
{
	uint8_t code[16];

	memcpy(code, data, sizeof(code));
	execute_at((uintptr_t)code);
}

static void read_null(void)
{
	read_at(8);
}

static void read_low_half(void)
{
	read_at(boot->image_base);
}

static void read_image_alias(void)
{
	read_at(DIRECT_MAP_BASE + boot->image_base + PAGE_SIZE);
}

static void write_headers(void)
{
	write_at(KERNEL_BASE);
}

static void read_unmapped(void)
{
	read_at(0xffffffffc0000000);
}

// The first unmapped page below the running stack.
static uint64_t guard_page(void)
{
	uint64_t page =
		align_down((uintptr_t)__builtin_frame_address(0), PAGE_SIZE);

	while (address_space_is_mapped(page))
		page -= PAGE_SIZE;
	return page;
}

__attribute__((noinline)) static unsigned int descend(unsigned int depth)
{
	volatile uint8_t room[256];

	room[0] = (uint8_t)depth;
	return depth == UINT32_MAX ? 0 : descend(depth + 1) + room[0];
}

static void overflow_stack(void)
{
	(void)expect(guard_page());
	(void)descend(0);
}

static void overflow_coroutine_stack(void)
{
	CHECK(coroutine_init(&coroutine, COROUTINE_STACK_BYTES,
			     overflow_stack) == OK);
	coroutine_enter(&coroutine);
}

static void read_above_stack(void)
{
	uintptr_t top;

	CHECK(address_space_map_stack("lower stack", PAGE_SIZE, &top) == OK);
	CHECK(address_space_map_stack("upper stack", PAGE_SIZE, &top) == OK);
	read_at(top - 2 * PAGE_SIZE);
}

__attribute__((noinline)) static void smash_canary(void)
{
	char room[16];
	volatile char *at = room;

	for (size_t i = 0; i < 64; i++)
		at[i] = 'A';
}

static void fail_check(void)
{
	volatile int two = 2;

	CHECK(two == 3);
}

static void divide(void)
{
	__asm__ volatile("xor %%ecx, %%ecx; div %%ecx" ::: "rax", "rcx", "rdx");
}

static void undefined(void)
{
	__asm__ volatile("ud2");
}

static void stray_interrupt(void)
{
	__asm__ volatile("int $0x80");
}

// As the host injects one: on a stack of its own, and never expected.
static void take_nmi(void)
{
	__asm__ volatile("int $2");
}

static void break_gate(unsigned int vector)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) idt;

	__asm__ volatile("sidt %0" : "=m"(idt));
	*(volatile uint8_t *)(uintptr_t)(idt.base + vector * GATE_BYTES +
					 GATE_TYPE_OFFSET) = 0;
}

static void bad_gate(void)
{
	break_gate(VECTOR_UD);
	undefined();
}

// A fault in the delivery of a fault (APM volume 2, 8.2.9).
static void double_fault(void)
{
	break_gate(VECTOR_DE);
	break_gate(VECTOR_NP);
	break_gate(VECTOR_GP);
	divide();
}

static void coroutine_returns(void)
{
}

static void end_coroutine(void)
{
	CHECK(coroutine_init(&coroutine, COROUTINE_STACK_BYTES,
			     coroutine_returns) == OK);
	coroutine_enter(&coroutine);
}

static unsigned int turns;

// psABI 3.2.2: an entry's stack is aligned; SSE code faults if it isn't.
static void coroutine_turns(void)
{
	_Alignas(16) volatile uint8_t aligned[16];

	for (;;) {
		aligned[0] = (uint8_t)turns;
		CHECK((uintptr_t)aligned % 16 == 0);
		turns++;
		coroutine_leave(&coroutine);
	}
}

static void take_turns(void)
{
	CHECK(coroutine_init(&coroutine, COROUTINE_STACK_BYTES,
			     coroutine_turns) == OK);
	for (int i = 0; i < 3; i++)
		coroutine_enter(&coroutine);
	log_line("turns %u", turns);
}

static unsigned int interrupts;

// Uses vector registers, as compiled code may.
static void on_interrupt(void)
{
	interrupts++;
	__asm__ volatile("pxor %%xmm7, %%xmm7" : : : "xmm7");
}

// Open for a moment, so nothing of the machine's may be due: the 8259s are
// masked, and the task priority keeps the APIC's sources back.
static void take_interrupts(void)
{
	uint64_t kept = 0;

	idt_set_interrupt(INTERRUPT_VECTOR, on_interrupt);
	pio_write8(PIC_MASTER_MASK, 0xff);
	pio_write8(PIC_SLAVE_MASK, 0xff);
	__asm__ volatile("mov %0, %%cr8" : : "r"(HIGHEST_PRIORITY));
	__asm__ volatile("movq %1, %%xmm7\n\t"
			 "sti\n\t"
			 "int %2\n\t"
			 "int %2\n\t"
			 "cli\n\t"
			 "movq %%xmm7, %0"
			 : "=r"(kept)
			 : "r"(0x1234567890abcdefull), "i"(INTERRUPT_VECTOR)
			 : "xmm7", "memory");
	log_line("interrupts %u, kept 0x%lx", interrupts, kept);
}

// As a host injects one that heeds no mask.
static void take_masked_interrupt(void)
{
	idt_set_interrupt(INTERRUPT_VECTOR, on_interrupt);
	__asm__ volatile("int %0" : : "i"(INTERRUPT_VECTOR));
}

// As a host without firmware to speak of might leave them.
static void lose_mtrrs(void)
{
	enum cache_verdict first, second;

	write_msr(MSR_MTRR_DEF_TYPE, 0);
	write_msr(MSR_PAT, 0);
	first = cache_init(boot->ram, boot->ram_count);
	second = cache_init(boot->ram, boot->ram_count);
	log_line("cache %d %d pat 0x%lx type 0x%lx", first == CACHE_PROGRAMMED,
		 second == CACHE_AS_FOUND, read_msr(MSR_PAT),
		 read_msr(MSR_MTRR_DEF_TYPE));
}

static void nothing(void)
{
}

struct fault {
	const char *name;
	void (*commit)(void);
};

static const struct fault faults[] = {
	{ "nothing", nothing },
	{ "coroutine-turns", take_turns },
	{ "interrupts", take_interrupts },
	{ "masked-interrupt", take_masked_interrupt },
	{ "mtrrs", lose_mtrrs },
	{ "write-text", write_text },
	{ "write-constant", write_constant },
	{ "execute-data", execute_data },
	{ "execute-constant", execute_constant },
	{ "execute-direct-map", execute_direct_map },
	{ "execute-stack", execute_stack },
	{ "read-null", read_null },
	{ "read-low-half", read_low_half },
	{ "read-image-alias", read_image_alias },
	{ "write-headers", write_headers },
	{ "read-unmapped", read_unmapped },
	{ "read-above-stack", read_above_stack },
	{ "stack-overflow", overflow_stack },
	{ "coroutine-stack-overflow", overflow_coroutine_stack },
	{ "coroutine-end", end_coroutine },
	{ "canary", smash_canary },
	{ "check", fail_check },
	{ "divide", divide },
	{ "undefined", undefined },
	{ "stray-interrupt", stray_interrupt },
	{ "nmi", take_nmi },
	{ "bad-gate", bad_gate },
	{ "double-fault", double_fault },
};

__attribute__((noreturn)) static void fault_commit(struct text name)
{
	for (size_t i = 0; i < ARRAY_COUNT(faults); i++) {
		if (text_equal(name, text_of(faults[i].name))) {
			faults[i].commit();
			halt(HALT_GENERAL, "nothing stopped it");
		}
	}
	halt(HALT_COMMAND_LINE, "no fault of that name");
}

void kernel_main(const struct boot_info *info)
{
	struct text key, name;

	boot = info;
	log_line("pages %lu", page_pool_free_pages());
	if (text_cut(text_of(info->command_line), '=', &key, &name) != OK ||
	    !text_equal(key, TEXT("fault")))
		halt(HALT_COMMAND_LINE, "not of the form fault=NAME");
	fault_commit(name);
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/emu/payload/trap.h"

#include "abi/x86.h"
#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/say.h"

#define STACK_BYTES 0x4000
#define GATE_INTERRUPT 0x8e
#define VC_IST 1
#define STUB_BYTES 16
// Flat segments of 64 bits, and a TSS that isn't busy (APM vol. 2, 4.8)
#define DESCRIPTOR_CODE 0x00209b0000000000ull
#define DESCRIPTOR_DATA 0x0000930000000000ull
#define DESCRIPTOR_USER 0x0000600000000000ull
#define DESCRIPTOR_TSS 0x0000890000000000ull

struct stub_frame {
	uint64_t vector, error_code, rip, cs, rflags, rsp, ss;
};

struct tss {
	uint32_t reserved_00;
	uint64_t rsp[3], reserved_1c, ist[7], reserved_5c;
	uint16_t reserved_64, io_map;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104);

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};
_Static_assert(sizeof(struct gate) == 16);

struct pointer {
	uint16_t limit;
	const void *base;
} __attribute__((packed));

extern const uint8_t trap_stubs[] __attribute__((visibility("hidden")));
extern uint64_t trap_resume_rsp __attribute__((visibility("hidden")));

__attribute__((noreturn)) void trap_resume(void);
__attribute__((noreturn)) void trap_enter(const struct stub_frame *f);
void segments_load(void);
void user_enter(uint64_t rip, uint64_t rsp, uint64_t rflags);

static uint64_t gdt[7];
static struct tss tss;
static struct gate idt[VECTOR_COUNT];
static uint8_t trap_stack[STACK_BYTES] __attribute__((aligned(16)));
static uint8_t vc_stack[STACK_BYTES] __attribute__((aligned(16)));
static uint8_t user_stack[STACK_BYTES] __attribute__((aligned(16)));
static struct trap last;

static void gate_set(unsigned int vector, uint64_t stub, uint8_t ist)
{
	idt[vector] = (struct gate){
		.offset_low = (uint16_t)stub,
		.selector = SELECTOR_KERNEL_CODE,
		.ist = ist,
		.type = GATE_INTERRUPT,
		.offset_middle = (uint16_t)(stub >> 16),
		.offset_high = (uint32_t)(stub >> 32),
	};
}

static void gdt_fill(void)
{
	uint64_t base = (uint64_t)&tss;
	gdt[SELECTOR_KERNEL_CODE / 8] = DESCRIPTOR_CODE;
	gdt[SELECTOR_KERNEL_DATA / 8] = DESCRIPTOR_DATA;
	gdt[SELECTOR_USER_DATA / 8] = DESCRIPTOR_DATA | DESCRIPTOR_USER;
	gdt[SELECTOR_USER_CODE / 8] = DESCRIPTOR_CODE | DESCRIPTOR_USER;
	gdt[SELECTOR_TSS / 8] = DESCRIPTOR_TSS | (sizeof(tss) - 1) |
				(base & 0xffffff) << 16 |
				(base >> 24 & 0xff) << 56;
	gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

void trap_init(void)
{
	struct pointer gdt_at = { sizeof(gdt) - 1, gdt };
	struct pointer idt_at = { sizeof(idt) - 1, idt };
	tss.rsp[0] = (uint64_t)(trap_stack + STACK_BYTES);
	tss.ist[VC_IST - 1] = (uint64_t)(vc_stack + STACK_BYTES);
	tss.io_map = sizeof(tss); // none: ring 3 has IOPL alone
	gdt_fill();
	for (unsigned int i = 0; i < VECTOR_COUNT; i++)
		gate_set(i, (uint64_t)(trap_stubs + i * STUB_BYTES),
			 i == VECTOR_VC ? VC_IST : 0);
	__asm__ volatile("lgdt %0" : : "m"(gdt_at));
	__asm__ volatile("lidt %0" : : "m"(idt_at));
	segments_load();
}

static bool is_on_vc_stack(const void *at)
{
	uint64_t offset = (uint64_t)at - (uint64_t)vc_stack;
	return offset < STACK_BYTES;
}

void trap_enter(const struct stub_frame *f)
{
	last = (struct trap){
		.vector = (unsigned int)f->vector,
		.error_code = f->error_code,
		.rip = f->rip,
		.cpl = f->cs & 3,
		.on_vc_stack = is_on_vc_stack(f),
	};
	__asm__ volatile("mov %%cr2, %0" : "=r"(last.cr2));
	if (trap_resume_rsp != 0)
		trap_resume();
	trap_say("unexpected trap", true);
	SAY1("unexpected trap", FACT("rip", last.rip));
	ghcb_terminate(0, 0);
}

const struct trap *trap_last(void)
{
	return &last;
}

struct user_call {
	uint64_t function, rflags;
};

static void enter(uint64_t argument)
{
	const struct user_call *call = (const struct user_call *)argument;
	// As after a CALL: 8 past a multiple of 16.
	user_enter(call->function, (uint64_t)(user_stack + STACK_BYTES - 8),
		   call->rflags | RFLAGS_RESERVED1);
}

void trap_try_user(void (*function)(uint64_t), uint64_t rflags)
{
	struct user_call call = { (uint64_t)function, rflags };
	if (!trap_try(enter, (uint64_t)&call))
		give_up("ring 3 returned");
}

void trap_say(const char *what, bool trapped)
{
	if (!trapped)
		SAY1(what, FACT("trap", 0));
	else
		say(what, FACT("vector", last.vector),
		    FACT("error", last.error_code),
		    FACT("ist", last.on_vc_stack), FACT("cpl", last.cpl));
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/emu/payload/ghcb.h"

#include "abi/svm.h"
#include "tests/emu/payload/memory.h"
#include "tests/emu/payload/say.h"

// q35's power management
#define PM1_CONTROL_PORT 0x604
#define PM1_POWER_OFF 0x2000
#define IO_BYTE (1ull << GHCB_IO_SIZE_SHIFT)
#define IO_WORD (2ull << GHCB_IO_SIZE_SHIFT)

static uint64_t gpa;

static void vmgexit(void)
{
	__asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xd9" : : : "memory");
}

static uint64_t msr_read(void)
{
	uint32_t low, high;
	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_GHCB));
	return low | (uint64_t)high << 32;
}

static void msr_write(uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(MSR_GHCB), "a"((uint32_t)value),
			   "d"((uint32_t)(value >> 32))
			 : "memory");
}

uint64_t ghcb_msr(uint64_t request)
{
	msr_write(request);
	vmgexit();
	return msr_read();
}

uint64_t ghcb_gpa(void)
{
	return gpa;
}

volatile struct ghcb *ghcb_page(void)
{
	return (volatile struct ghcb *)shared_at(gpa);
}

uint64_t ghcb_buffer_gpa(void)
{
	return gpa + offsetof(struct ghcb, shared_buffer);
}

uint64_t ghcb_init(void)
{
	gpa = page_take_shared();
	if (ghcb_msr(gpa | GHCB_MSR_REGISTER_GPA_REQUEST) !=
	    (gpa | GHCB_MSR_REGISTER_GPA_RESPONSE))
		ghcb_terminate(0, 0);
	return gpa;
}

static const struct {
	unsigned int give;
	size_t bit;
} fields[] = {
	{ GIVE_RAX, GHCB_VALID_BIT(rax) },
	{ GIVE_RBX, GHCB_VALID_BIT(rbx) },
	{ GIVE_RCX, GHCB_VALID_BIT(rcx) },
	{ GIVE_RDX, GHCB_VALID_BIT(rdx) },
	{ GIVE_SCRATCH, GHCB_VALID_BIT(sw_scratch) },
	{ GIVE_XCR0, GHCB_VALID_BIT(xcr0) },
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static void mark(size_t bit)
{
	ghcb_page()->valid_bitmap[bit / 8] |= (uint8_t)(1u << bit % 8);
}

static void fill(const struct ghcb_call *c)
{
	volatile struct ghcb *page = ghcb_page();
	for (unsigned int i = 0; i < sizeof(page->valid_bitmap); i++)
		page->valid_bitmap[i] = 0;
	page->protocol_version = c->version ? c->version
					    : GHCB_PROTOCOL_VERSION;
	page->usage = c->usage;
	page->sw_exit_code = c->code;
	page->sw_exit_info_1 = c->info1;
	page->sw_exit_info_2 = c->info2;
	page->sw_scratch = c->scratch;
	page->rax = c->rax;
	page->rbx = c->rbx;
	page->rcx = c->rcx;
	page->rdx = c->rdx;
	page->xcr0 = 1;
	if ((c->give & GIVE_NO_EXIT) == 0)
		mark(GHCB_VALID_BIT(sw_exit_code));
	mark(GHCB_VALID_BIT(sw_exit_info_1));
	mark(GHCB_VALID_BIT(sw_exit_info_2));
	for (unsigned int i = 0; i < FIELD_COUNT; i++) {
		if ((c->give & fields[i].give) != 0)
			mark(fields[i].bit);
	}
}

void ghcb_ask(struct ghcb_call *c)
{
	volatile struct ghcb *page = ghcb_page();
	fill(c);
	msr_write(gpa);
	vmgexit();
	c->result1 = page->sw_exit_info_1;
	c->result2 = page->sw_exit_info_2;
	c->rax = page->rax;
	c->rbx = page->rbx;
	c->rcx = page->rcx;
	c->rdx = page->rdx;
	c->given = 0;
	for (unsigned int i = 0; i < FIELD_COUNT; i++) {
		size_t bit = fields[i].bit;
		if ((page->valid_bitmap[bit / 8] >> bit % 8 & 1) != 0)
			c->given |= fields[i].give;
	}
}

static void out(uint16_t port, uint64_t size, uint64_t value)
{
	struct ghcb_call c = {
		.code = SVM_EXIT_IOIO,
		.info1 = (uint64_t)port << GHCB_IO_PORT_SHIFT | size,
		.rax = value,
		.give = GIVE_RAX,
	};
	ghcb_ask(&c);
}

void ghcb_out(uint16_t port, uint8_t value)
{
	out(port, IO_BYTE, value);
}

void ghcb_power_off(void)
{
	out(PM1_CONTROL_PORT, IO_WORD, PM1_POWER_OFF);
	ghcb_terminate(0, 0);
}

void ghcb_terminate(unsigned int set, unsigned int code)
{
	for (;;)
		ghcb_msr((uint64_t)code << GHCB_MSR_TERMINATE_CODE_SHIFT |
			 (uint64_t)set << GHCB_MSR_TERMINATE_SET_SHIFT |
			 GHCB_MSR_TERMINATE);
}

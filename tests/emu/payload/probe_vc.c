// SPDX-License-Identifier: Apache-2.0
// Instructions that a host intercepts (APM vol. 2, 15.35.4 and 15.35.5): what
// the guest gets in their place, in ring 0 and in ring 3.
#include "abi/ghcb.h"
#include "abi/x86.h"
#include "tests/emu/payload/say.h"
#include "tests/emu/payload/scenarios.h"
#include "tests/emu/payload/trap.h"

#define MSR_UNKNOWN 0xc0011fff

// A function of one instruction. In ring 3 the UD2 behind it is the way back.
#define PROBE(name, instruction)                                              \
	static void name(uint64_t argument)                                   \
	{                                                                     \
		(void)argument;                                               \
		__asm__ volatile("mov %0, %%ecx\n\t"                          \
				 "xor %%eax, %%eax\n\t"                       \
				 "xor %%edx, %%edx\n\t" instruction "\n\tud2" \
				 :                                            \
				 : "i"(MSR_UNKNOWN)                           \
				 : "rax", "rbx", "rcx", "rdx", "memory");     \
	}

PROBE(do_cpuid, "cpuid")
PROBE(do_rdmsr, "rdmsr")
PROBE(do_wrmsr, "wrmsr")
PROBE(do_in, "in $0x80, %%al")
PROBE(do_out, "out %%al, $0x80")
PROBE(do_rdtsc, "rdtsc")
PROBE(do_rdtscp, "rdtscp")
PROBE(do_rdpmc, "rdpmc")
PROBE(do_wbinvd, "wbinvd")
PROBE(do_invd, "invd")
PROBE(do_monitor, "mov %%rsp, %%rax\n\txor %%ecx, %%ecx\n\tmonitor")
PROBE(do_mwait, "xor %%ecx, %%ecx\n\tmwait")
PROBE(do_read_dr7, "mov %%dr7, %%rax")
PROBE(do_write_dr7, "mov $0x400, %%eax\n\tmov %%rax, %%dr7")
PROBE(do_vmmcall, "vmmcall")
PROBE(do_vmrun, "vmrun")
PROBE(do_clgi, "clgi")
PROBE(do_read_status, "mov $0xc0010131, %%ecx\n\trdmsr")
PROBE(do_write_status, "mov $0xc0010131, %%ecx\n\twrmsr")
PROBE(do_apic, "mov $0x100fee00020, %%rax\n\tmovl (%%rax), %%eax")

static const struct {
	const char *name;
	void (*function)(uint64_t);
} probes[] = {
	{ "cpuid", do_cpuid },
	{ "rdmsr", do_rdmsr },
	{ "wrmsr", do_wrmsr },
	{ "in", do_in },
	{ "out", do_out },
	{ "rdtsc", do_rdtsc },
	{ "rdtscp", do_rdtscp },
	{ "rdpmc", do_rdpmc },
	{ "wbinvd", do_wbinvd },
	{ "invd", do_invd },
	{ "monitor", do_monitor },
	{ "mwait", do_mwait },
	{ "read dr7", do_read_dr7 },
	{ "write dr7", do_write_dr7 },
	{ "vmmcall", do_vmmcall },
	{ "vmrun", do_vmrun },
	{ "clgi", do_clgi },
	{ "read sev_status", do_read_status },
	{ "write sev_status", do_write_status },
	{ "apic", do_apic },
};
#define PROBE_COUNT (sizeof(probes) / sizeof(probes[0]))

void scenario_vc(void)
{
	for (unsigned int i = 0; i < PROBE_COUNT; i++)
		trap_say(probes[i].name, trap_try(probes[i].function, 0));
	say_text("ring 3");
	for (unsigned int i = 0; i < PROBE_COUNT; i++) {
		trap_try_user(probes[i].function, 0);
		trap_say(probes[i].name, true);
	}
	say_text("ring 3 with IOPL 3");
	trap_try_user(do_in, RFLAGS_IOPL3);
	trap_say("in", true);
	trap_try_user(do_out, RFLAGS_IOPL3);
	trap_say("out", true);
}

// SPDX-License-Identifier: Apache-2.0
// From the firmware's machine to the kernel's own: what the firmware said is
// judged, then its page tables are left. Each failure is one line and a halt.
#include "boot/start.h"

#include <stddef.h>

#include "abi/layout.h"
#include "base/num.h"
#include "boot/command_line.h"
#include "boot/handover.h"
#include "boot/memory_map.h"
#include "kernel/cpu/cache.h"
#include "kernel/cpu/control.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/idt.h"
#include "kernel/halt.h"
#include "kernel/log.h"
#include "kernel/mem/address_space.h"
#include "kernel/mem/image.h"
#include "kernel/profile.h"
#include "kernel/snp/snp.h"
#include "kernel/snp/snp_start.h"

// The deepest user is a TLS handshake.
#define KERNEL_STACK_BYTES 0x10000

static struct boot_info info;
static struct memory_map map;

static void handover_judge(const struct handover *h)
{
	switch (h->failure) {
	case HANDOVER_COMPLETE:
		return;
	case HANDOVER_NO_TABLES:
		halt(HALT_FIRMWARE, "the EFI tables are missing");
	case HANDOVER_NO_IMAGE:
		halt(HALT_FIRMWARE, "the firmware doesn't describe the image");
	case HANDOVER_WRONG_IMAGE:
		halt(HALT_FIRMWARE, "the firmware describes another image");
	case HANDOVER_LONG_OPTIONS:
		halt(HALT_COMMAND_LINE, "the command line is too long");
	case HANDOVER_NO_MEMORY_MAP:
		halt(HALT_FIRMWARE, "the firmware gave no memory map");
	case HANDOVER_NO_EXIT:
		halt(HALT_FIRMWARE, "boot services didn't end");
	}
	halt(HALT_BUG, "an unknown handover failure");
}

static void command_line_take(const struct handover *h)
{
	switch (command_line_decode(h->options, h->options_bytes,
				    info.command_line,
				    sizeof(info.command_line))) {
	case OK:
		return;
	case ERR_TOO_BIG:
		halt(HALT_COMMAND_LINE, "the command line is too long");
	default:
		halt(HALT_COMMAND_LINE,
		     "the command line isn't printable ASCII");
	}
}

static void memory_take(const struct handover *h)
{
	struct boot_region image = {
		.base = h->image_base,
		.pages = align_up(h->loaded_bytes, PAGE_SIZE) / PAGE_SIZE,
	};

	switch (memory_map_judge(h->map, h->map_bytes, h->descriptor_bytes,
				 image, &map)) {
	case OK:
		break;
	case ERR_NO_MEMORY:
		halt(HALT_NO_MEMORY, "the firmware left no free memory");
	case ERR_TOO_BIG:
		halt(HALT_FIRMWARE, "the memory map has too many regions");
	default:
		halt(HALT_FIRMWARE, "the memory map makes no sense");
	}
	for (size_t i = 0; i < map.ram_count; i++)
		info.ram[i] = map.ram[i];
	info.ram_count = map.ram_count;
	info.image_base = h->image_base;
	info.image_bytes = h->image_bytes;
	info.loaded_bytes = h->loaded_bytes;
	info.entry_tsc = h->entry_tsc;
}

static void cpu_take(void)
{
	const char *missing = cpu_missing();

	if (missing)
		halt(HALT_CPU, missing);
	cpu_control_init();
	if (cache_init(info.ram, info.ram_count) == CACHE_PROGRAMMED)
		log_line("the MTRRs left memory uncached: programmed");
}

// Without SEV-SNP nothing is protected: only a development image runs then.
static void profile_judge(void)
{
	if (snp_is_on())
		return;
	if (profile_linked() == PROFILE_PRODUCTION)
		halt(HALT_PROFILE, "this is not running under SEV-SNP");
	log_line("no evidence: this is not running under SEV-SNP");
}

static struct phys ghcb_phys(const struct handover *h)
{
	uint64_t offset =
		(uint64_t)(uintptr_t)image_shared - image_address_here();

	return (struct phys){ h->image_base + offset };
}

static void settle(void)
{
	snp_judge_memory(&info);
	address_space_settle(&info);
	snp_prove();
	if (map.unaccepted_pages > 0)
		log_line("%lu pages are unaccepted, and left alone",
			 map.unaccepted_pages);
	kernel_main(&info);
}

void boot_main(void)
{
	const struct handover *h = efi_handover();
	uintptr_t stack_top;

	gdt_init();
	snp_connect(ghcb_phys(h));
	idt_init();
	profile_judge();
	handover_judge(h);
	command_line_take(h);
	memory_take(h);
	cpu_take();
	if (address_space_build(&info, map.early) != OK ||
	    gdt_map_stacks() != OK ||
	    address_space_map_stack("kernel stack", KERNEL_STACK_BYTES,
				    &stack_top) != OK)
		halt(HALT_NO_MEMORY, "no memory for page tables and stacks");
	address_space_enter(stack_top, settle);
}

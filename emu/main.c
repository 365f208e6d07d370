// SPDX-License-Identifier: Apache-2.0
// The emulator from its first line of C: set up, launch the guest, run it.
#include "emu/params.h"
#include "emu/console.h"
#include "emu/die.h"
#include "emu/exits.h"
#include "emu/host_map.h"
#include "emu/knobs.h"
#include "emu/launch.h"
#include "emu/layout.h"
#include "emu/npf.h"

__attribute__((noreturn)) void emu_main(void);

static struct vcpu the_vcpu;

const struct emu_params *params(void)
{
	return (const struct emu_params *)EMU_PARAMS;
}

const struct emu_psp_input *params_psp(void)
{
	return (const struct emu_psp_input *)EMU_PSP_INPUT;
}

static void check_params(void)
{
	const struct emu_params *p = params();
	if (p->magic != EMU_PARAMS_MAGIC || p->version != EMU_PARAMS_VERSION)
		end(END_LAUNCH, "no parameters: start by emu/launch.py");
	if (p->ram_bytes == 0 || p->ram_bytes > EMU_GUEST_RAM_MAX ||
	    p->ram_bytes % 0x200000 != 0 || p->cpu_model >= CPU_MODEL_COUNT ||
	    p->cpu_count == 0 || p->vmpl > 3)
		end(END_LAUNCH, "impossible parameters");
}

void emu_main(void)
{
	struct vcpu *v = &the_vcpu;
	console_text("emu: EMULATED: no memory is encrypted, and a report "
		     "from here proves nothing\n");
	host_map_init();
	check_params();
	launch(v);
	for (;;) {
		vcpu_run(v);
		npf_watch_for_os(v);
		exits_handle(v);
		knobs_each_exit(v);
	}
}

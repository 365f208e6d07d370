// SPDX-License-Identifier: Apache-2.0
// Stopping with a clear last line.
#include "emu/die.h"

#include "base/check.h"
#include "emu/console.h"
#include "emu/cpu.h"
#include "emu/dump.h"
#include "emu/ports.h"
#include "emu/trace.h"

__attribute__((noreturn)) static void leave(enum end_status status)
{
	cpu_out(PORT_EXIT, 4, status);
	cpu_halt_forever();
}

void end(enum end_status status, const char *why)
{
	trace_stats();
	console_text("emu: end: ");
	console_text(why);
	console_text("\n");
	leave(status);
}

void die(struct vcpu *v, const char *why)
{
	if (v == NULL)
		end(END_LAUNCH, why);
	dump_vcpu(v);
	trace_recent();
	trace_stats();
	console_text("emu: end: refused: ");
	console_text(why);
	console_text("\n");
	leave(END_REFUSED);
}

void die_at(struct vcpu *v, const char *why, uint64_t gpa)
{
	console_line("at", { "gpa", gpa });
	die(v, why);
}

void end_terminated(struct vcpu *v, uint64_t set, uint64_t code)
{
	dump_vcpu(v);
	trace_recent();
	trace_stats();
	console_line("end: guest terminated", { "set", set }, { "code", code });
	leave(END_TERMINATED);
}

void check_failed(const char *file, int line, const char *condition)
{
	console_text("emu: ");
	console_text(file);
	console_line("", { "line", (uint64_t)line });
	console_text("emu: end: the emulator's own mistake: ");
	console_text(condition);
	console_text("\n");
	leave(END_BUG);
}

// SPDX-License-Identifier: Apache-2.0
// The test guest: sets itself up, does what its command line says, powers off.
#include "tests/emu/payload/efi.h"
#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/libc.h"
#include "tests/emu/payload/say.h"
#include "tests/emu/payload/scenarios.h"
#include "tests/emu/payload/trap.h"

__attribute__((noreturn)) void payload_main(void);

static void nothing(void)
{
}

static const struct {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{ "off", nothing },
	{ "memory", scenario_memory },
	{ "page-state", scenario_page_state },
	{ "touch-shared-as-private", scenario_touch_shared_as_private },
	{ "touch-private-as-shared", scenario_touch_private_as_shared },
	{ "fetch-shared", scenario_fetch_shared },
	{ "validate-shared", scenario_validate_shared },
	{ "share-validated", scenario_share_validated },
	{ "ghcb", scenario_ghcb },
	{ "cpuid", scenario_cpuid },
	{ "events", scenario_events },
	{ "ghcb-unregistered", scenario_ghcb_unregistered },
	{ "ghcb-private", scenario_ghcb_private },
	{ "msr-unknown", scenario_msr_unknown },
	{ "msr-hold", scenario_msr_hold },
	{ "terminate-msr", scenario_terminate_msr },
	{ "terminate-event", scenario_terminate_event },
	{ "vc", scenario_vc },
	{ "report", scenario_report },
	{ "requests", scenario_requests },
	{ "requests-twice", scenario_requests_twice },
	{ "cue", scenario_cue },
	{ "ghcb-twice", scenario_ghcb_twice },
	{ "timer", scenario_timer },
	{ "round-trips", scenario_round_trips },
};

static bool is_named(const char *name, const char *command)
{
	size_t count = strlen(name);
	return memcmp(name, command, count) == 0 &&
	       (command[count] == ' ' || command[count] == '\0');
}

static void run(const char *command)
{
	for (unsigned int i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]);
	     i++) {
		if (is_named(scenarios[i].name, command)) {
			scenarios[i].run();
			return;
		}
	}
	give_up("no such scenario");
}

void payload_main(void)
{
	const struct firmware_gift *gift = firmware_gift();
	trap_init();
	if (!gift->arena_is_free)
		give_up("no arena");
	ghcb_init();
	if (gift->secrets_gpa == 0 || gift->cpuid_gpa == 0)
		give_up("no secrets page, or no CPUID page");
	run(gift->command);
	say_text("payload: done");
	ghcb_power_off();
}

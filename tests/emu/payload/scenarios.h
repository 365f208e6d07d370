// SPDX-License-Identifier: Apache-2.0
// What the test guest can be told to do: the first word of its command line.
// Each says what it finds; test_payload.py knows what that must be.
#pragma once

// probe_memory.c
void scenario_memory(void);
void scenario_page_state(void);
// Each ends the run by a touch or a change that no host can let pass.
void scenario_touch_shared_as_private(void);
void scenario_touch_private_as_shared(void);
void scenario_fetch_shared(void);
void scenario_validate_shared(void);
void scenario_share_validated(void);

// probe_ghcb.c
void scenario_ghcb(void);
void scenario_cpuid(void);
void scenario_events(void);
void scenario_ghcb_unregistered(void);
void scenario_ghcb_private(void);
void scenario_msr_unknown(void);
void scenario_msr_hold(void);
void scenario_terminate_msr(void);
void scenario_terminate_event(void);

// probe_vc.c
void scenario_vc(void);

// probe_message.c
void scenario_report(void);
void scenario_requests(void);
void scenario_requests_twice(void);

// probe_cue.c
void scenario_cue(void);
void scenario_ghcb_twice(void);
void scenario_timer(void);

// probe_cost.c
void scenario_round_trips(void);

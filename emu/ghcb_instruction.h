// SPDX-License-Identifier: Apache-2.0
// Events that stand for an instruction of the guest, or for a question.
#pragma once

#include "emu/ghcb_event.h"

void ghcb_cpuid(struct ghcb_event *e);
void ghcb_msr_access(struct ghcb_event *e);
void ghcb_read_dr7(struct ghcb_event *e);
void ghcb_write_dr7(struct ghcb_event *e);
void ghcb_rdtsc(struct ghcb_event *e);
void ghcb_rdtscp(struct ghcb_event *e);
void ghcb_rdpmc(struct ghcb_event *e);
void ghcb_vmmcall(struct ghcb_event *e);
// What needs no work here, but an answer.
void ghcb_nothing(struct ghcb_event *e);
void ghcb_reset_hold(struct ghcb_event *e);
void ghcb_jump_table(struct ghcb_event *e);
// There is one CPU only.
void ghcb_ap_creation(struct ghcb_event *e);
void ghcb_features(struct ghcb_event *e);
void ghcb_terminate(struct ghcb_event *e);
void ghcb_unsupported(struct ghcb_event *e);

// SPDX-License-Identifier: Apache-2.0
// What the launcher (emu/launch.py) tells the emulator, at EMU_PARAMS. The
// launcher packs it field by field: change both together.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "emu/psp.h"

#define EMU_PARAMS_MAGIC 0x41554d45u // "EMUA"
#define EMU_PARAMS_VERSION 1

enum cpu_model {
	CPU_MODEL_MILAN = 0,
	CPU_MODEL_GENOA = 1,
	CPU_MODEL_TURIN = 2,
	CPU_MODEL_COUNT,
};

#define TRACE_VC 0x1        // each #VC
#define TRACE_EVENTS 0x2    // each GHCB event and MSR-protocol request
#define TRACE_PAGES 0x4     // each change of a page's state
#define TRACE_STATS 0x8     // counts at the end
#define TRACE_MESSAGES 0x10 // each message to the secure processor

#define OPTION_STRICT 0x1 // no tolerance for the firmware either
#define OPTION_HIDE_X2APIC 0x2
#define OPTION_HIDE_CX16 0x4 // QEMU 7.2 corrupts RFLAGS around it
#define OPTION_RDTSC_EXITS 0x8

struct emu_params {
	uint32_t magic;
	uint32_t version;
	uint64_t ram_bytes;
	uint64_t firmware_bytes;
	uint64_t sev_features; // SEV_STATUS bits 63:2 as VMSA.SEV_FEATURES
	uint32_t cpu_model;
	uint32_t cpu_count; // save areas that are measured
	uint32_t trace;
	uint32_t options;
	uint32_t has_hash_table;
	uint32_t vmpl;
	uint64_t tsc_khz;
	uint32_t vcpu_signature; // 0: the CPU model's
	uint32_t reserved;
	uint8_t knobs[1024]; // of struct knob, see knobs.h
};

_Static_assert(offsetof(struct emu_params, ram_bytes) == 8);
_Static_assert(offsetof(struct emu_params, cpu_model) == 32);
_Static_assert(offsetof(struct emu_params, tsc_khz) == 56);
_Static_assert(offsetof(struct emu_params, knobs) == 72);
_Static_assert(sizeof(struct emu_params) <= 0x1000);

// At EMU_PSP_INPUT.
#define EMU_CERTIFICATES_OFFSET 0x1000
struct emu_psp_input {
	struct psp_platform platform;
	struct psp_guest guest;
	uint8_t seed[PSP_SEED_BYTES];
	uint8_t id_block_digest[LAUNCH_DIGEST_BYTES]; // zeros: no id block
	uint64_t certificates_bytes;                  // 0: the host has none
};
_Static_assert(sizeof(struct emu_psp_input) <= EMU_CERTIFICATES_OFFSET);

const struct emu_params *params(void);
const struct emu_psp_input *params_psp(void);

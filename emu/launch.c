// SPDX-License-Identifier: Apache-2.0
// Launching the guest (AMD 56860, 8.16 to 8.18, as QEMU's sev.c does it).
#include "emu/launch.h"

#include "abi/snp.h"
#include "emu/console.h"
#include "emu/cpuid.h"
#include "emu/die.h"
#include "emu/firmware.h"
#include "emu/ghcb_msr.h"
#include "emu/guest_request.h"
#include "emu/layout.h"
#include "emu/libc.h"
#include "emu/npt.h"
#include "emu/params.h"
#include "emu/rmp.h"
#include "emu/vmsa.h"

#define SECRETS_VERSION 3
#define TSC_SCALE_ONE (1ull << 32) // 8.32 fixed point
#define SEV_STATUS_FROM_FEATURES(features) \
	((features) << 2 | SEV_STATUS_SEV | SEV_STATUS_ES)

static struct vmsa save_area __attribute__((aligned(4096)));

static void measure(uint64_t gpa, enum launch_page_type type, const void *page)
{
	if (psp_launch_update(guest_request_psp(), gpa, type, page) !=
	    PSP_SUCCESS)
		end(END_LAUNCH, "the secure processor refused a page");
}

static void start_psp(void)
{
	const struct emu_psp_input *input = params_psp();
	struct psp *p = guest_request_psp();
	enum psp_status status = psp_launch_start(p, &input->platform,
						  &input->guest, input->seed);
	if (status != PSP_SUCCESS) {
		console_line("launch", { "status", status });
		end(END_LAUNCH, "the secure processor refused the launch");
	}
	if (input->certificates_bytes != 0) {
		p->certificates = (const uint8_t *)EMU_PSP_INPUT +
				  EMU_CERTIFICATES_OFFSET;
		p->certificates_bytes = input->certificates_bytes;
	}
}

static void launch_firmware(const struct firmware *f)
{
	uint64_t base = EMU_GUEST_TOP - f->size;
	for (uint64_t gpa = base; gpa < EMU_GUEST_TOP; gpa += GUEST_PAGE_BYTES)
		measure(gpa, LAUNCH_PAGE_NORMAL, rmp_launch(gpa));
}

static void fill_secrets(struct snp_secrets *s)
{
	s->version = SECRETS_VERSION;
	s->family_model_stepping = cpuid_signature();
	for (unsigned int i = 0; i < SNP_VMPL_COUNT; i++)
		memcpy(s->vmpck[i], psp_vmpck(guest_request_psp(), i),
		       VMPCK_BYTES);
	s->svsm_guest_vmpl = 0;
	s->tsc_factor = params_psp()->guest.tsc_factor;
}

// The hash table lies in a page of its own section, zeros around it.
static void launch_hash_page(const struct firmware *f, uint64_t gpa,
			     uint8_t *page)
{
	uint64_t offset = f->hash_table_gpa - gpa;
	if (params()->has_hash_table == 0 || offset >= GUEST_PAGE_BYTES) {
		measure(gpa, LAUNCH_PAGE_ZERO, NULL);
		return;
	}
	if (offset + sizeof(struct hash_table) > GUEST_PAGE_BYTES)
		end(END_LAUNCH, "the firmware's hash table leaves its page");
	memcpy(page + offset, (const void *)EMU_HASH_TABLE,
	       sizeof(struct hash_table));
	measure(gpa, LAUNCH_PAGE_NORMAL, page);
}

static void launch_page(const struct firmware *f, uint32_t type, uint64_t gpa)
{
	uint8_t *page = rmp_launch(gpa);
	memset(page, 0, GUEST_PAGE_BYTES);
	switch (type) {
	case OVMF_SECTION_SEC_MEM:
	case OVMF_SECTION_SVSM_CAA:
		measure(gpa, LAUNCH_PAGE_ZERO, NULL);
		break;
	case OVMF_SECTION_SECRETS:
		measure(gpa, LAUNCH_PAGE_SECRETS, NULL);
		fill_secrets((struct snp_secrets *)(void *)page);
		break;
	case OVMF_SECTION_CPUID:
		measure(gpa, LAUNCH_PAGE_CPUID, NULL);
		cpuid_page((struct snp_cpuid_page *)(void *)page);
		break;
	case OVMF_SECTION_KERNEL_HASHES:
		launch_hash_page(f, gpa, page);
		break;
	default:
		end(END_LAUNCH, "a section of an unknown type");
	}
}

static void launch_sections(const struct firmware *f)
{
	for (uint32_t i = 0; i < f->section_count; i++) {
		struct ovmf_section s = f->sections[i];
		uint64_t end_gpa = (uint64_t)s.gpa + s.size;
		console_line("section", { "gpa", s.gpa }, { "size", s.size },
			     { "type", s.type });
		if (s.gpa % GUEST_PAGE_BYTES != 0 ||
		    s.size % GUEST_PAGE_BYTES != 0 ||
		    end_gpa > params()->ram_bytes)
			end(END_LAUNCH, "a section outside the guest's memory");
		for (uint64_t gpa = s.gpa; gpa < end_gpa;
		     gpa += GUEST_PAGE_BYTES)
			launch_page(f, s.type, gpa);
	}
}

static uint32_t signature(void)
{
	uint32_t chosen = params()->vcpu_signature;
	return chosen != 0 ? chosen : cpuid_signature();
}

// APM vol. 2, 15.36.19. QEMU has no scale.
static void set_secure_tsc(struct vcpu *v)
{
	const struct psp_guest *g = &params_psp()->guest;
	bool on = (v->sev_status & SEV_STATUS_SECURE_TSC) != 0;
	if (on != (g->secure_tsc != 0))
		end(END_LAUNCH, "Secure TSC in one of two places only");
	if (!on)
		return;
	if (g->tsc_scale != TSC_SCALE_ONE)
		end(END_LAUNCH, "QEMU can't scale the TSC");
	v->vmcb->tsc_offset = g->tsc_offset;
}

static void launch_cpus(const struct firmware *f, struct vcpu *v)
{
	const struct emu_params *p = params();
	for (uint32_t i = 0; i < p->cpu_count; i++) {
		uint32_t eip = i == 0 ? RESET_EIP_BSP : f->ap_reset_eip;
		if (eip == 0)
			end(END_LAUNCH, "the firmware has no AP reset vector");
		vmsa_make(&save_area, eip, signature(), p->sev_features,
			  p->vmpl);
		measure(LAUNCH_VMSA_GPA, LAUNCH_PAGE_VMSA,
			(const void *)&save_area);
		if (i == 0)
			vcpu_init(v, &save_area);
	}
	vcpu_set_sev_status(v, SEV_STATUS_FROM_FEATURES(p->sev_features));
	if ((p->options & OPTION_RDTSC_EXITS) != 0)
		vcpu_trap_rdtsc(v);
	set_secure_tsc(v);
	v->vmpl = p->vmpl;
	v->tsc_khz = p->tsc_khz;
	v->ghcb_msr = ghcb_msr_reset();
}

static void finish_psp(void)
{
	struct psp *p = guest_request_psp();
	const uint8_t *wanted = params_psp()->id_block_digest;
	if (psp_is_zero(wanted, LAUNCH_DIGEST_BYTES))
		wanted = NULL;
	if (psp_launch_finish(p, wanted) != PSP_SUCCESS)
		end(END_LAUNCH, "the launch isn't the one the id block wants");
	console_text("emu: launch digest ");
	for (unsigned int i = 0; i < LAUNCH_DIGEST_BYTES; i++) {
		console_text(p->digest[i] < 0x10 ? "0" : "");
		console_hex(p->digest[i]);
	}
	console_text("\n");
}

void launch(struct vcpu *v)
{
	struct firmware f;
	uint64_t size = params()->firmware_bytes;
	if (size == 0 || size > EMU_FIRMWARE_BYTES_MAX ||
	    size % GUEST_PAGE_BYTES != 0 ||
	    firmware_parse((const uint8_t *)EMU_FIRMWARE, size, &f) != OK)
		end(END_LAUNCH, "no firmware with SNP metadata");
	// As QEMU's kernel-hashes=on: better no launch than one unchecked.
	if (params()->has_hash_table != 0 && f.hash_table_gpa == 0)
		end(END_LAUNCH, "the firmware takes no table of hashes");
	npt_init();
	rmp_init(params()->ram_bytes, size);
	start_psp();
	launch_firmware(&f);
	launch_sections(&f);
	launch_cpus(&f, v);
	finish_psp();
}

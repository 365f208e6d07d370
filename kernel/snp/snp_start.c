// SPDX-License-Identifier: Apache-2.0
// The way up of an SEV-SNP guest. Trusts the firmware to have been measured,
// and the host with nothing.
#include "kernel/snp/snp_start.h"

#include "abi/ghcb.h"
#include "abi/halt.h"
#include "abi/layout.h"
#include "kernel/cpu/features.h"
#include "kernel/halt.h"
#include "kernel/log.h"
#include "kernel/mem/address_space.h"
#include "kernel/mem/image.h"
#include "kernel/mem/page_table.h"
#include "kernel/snp/cpuid_page.h"
#include "kernel/snp/firmware_pages.h"
#include "kernel/snp/ghcb.h"
#include "kernel/snp/ghcb_msr.h"
#include "kernel/snp/rmp.h"
#include "kernel/snp/secrets.h"
#include "kernel/snp/sev_status.h"
#include "kernel/snp/snp.h"
#include "kernel/snp/vmpl.h"

#define LEAF_MEMORY_ENCRYPTION 0x8000001f
#define EAX_SEV 0x2u

// The firmware ends at 4 GiB; its table and metadata lie in the last pages.
#define FIRMWARE_END (4 * 0x40000000ull)
#define FIRMWARE_TAIL_PAGES 4

static struct firmware_pages named; // by the firmware's configuration table
static uint64_t host_features;

// Nothing but a code can be said yet.
__attribute__((noreturn)) static void end_early(enum halt_reason reason)
{
	ghcb_msr_terminate(HALT_REASON_SET, reason);
}

static bool is_page(uint64_t gpa, uint32_t bytes)
{
	return gpa != 0 && gpa % PAGE_SIZE == 0 && gpa < FIRMWARE_END &&
	       bytes == PAGE_SIZE;
}

static bool blob_is_good(const struct snp_blob *blob)
{
	return blob->magic == SNP_BLOB_MAGIC &&
	       blob->version == SNP_BLOB_VERSION &&
	       is_page(blob->secrets_gpa, blob->secrets_bytes) &&
	       is_page(blob->cpuid_gpa, blob->cpuid_bytes) &&
	       blob->secrets_gpa != blob->cpuid_gpa;
}

// Without the firmware's pages this has to be a plain machine. Under SEV-SNP a
// host intercepts CPUID or doesn't. If it does, that is a #VC, which without an
// IDT is the end. If it doesn't, the CPU itself answers and knows of SEV, and
// SEV_STATUS is never the host's. So no answer of the host's gets past here.
static void plain_demand(void)
{
	if (!(cpuid_read(LEAF_MEMORY_ENCRYPTION, 0).eax & EAX_SEV))
		return;
	if (sev_status_read() != 0)
		end_early(HALT_SECRETS);
}

void snp_begin(const struct snp_signs *signs)
{
	uint64_t status;

	if (!signs->has_blob) {
		plain_demand();
		return;
	}
	status = sev_status_read();
	// Weaker kinds of SEV need a C-bit as well: nothing here is for them.
	if (!(status & SEV_STATUS_SNP))
		end_early(HALT_SEV_STATUS + __builtin_ctz(SEV_STATUS_SNP));
	if (!blob_is_good(&signs->blob))
		end_early(HALT_SECRETS);
	// The firmware's identity mapping shows the page.
	if (cpuid_page_take((const struct snp_cpuid_page *)(uintptr_t)
				    signs->blob.cpuid_gpa) != OK)
		end_early(HALT_SECRETS);
	named.cpuid.value = signs->blob.cpuid_gpa;
	named.secrets.value = signs->blob.secrets_gpa;
	snp_set_on(status);
	page_table_set_private_mask(1ull << cpuid_page_c_bit());
}

static void host_agree(void)
{
	unsigned int min, max;

	if (ghcb_msr_versions(&min, &max) != OK ||
	    min > GHCB_PROTOCOL_VERSION || max < GHCB_PROTOCOL_VERSION)
		halt(HALT_HOST, "the host doesn't speak the GHCB's version 2");
	if (ghcb_msr_features(&host_features) != OK ||
	    !(host_features & GHCB_FEATURE_SNP))
		halt(HALT_HOST, "the host doesn't offer SEV-SNP");
}

// The page is rescinded at its physical address, where the firmware's tables
// map it privately, and used in the high half, where ours map it shared.
static void ghcb_share(struct phys ghcb)
{
	bool changed = false;

	if (rmp_validate(ghcb.value, false, &changed) != SNP_OK || !changed)
		halt(HALT_PAGE_STATE, "the GHCB page wasn't a validated one");
	if (ghcb_msr_page_state(ghcb, PAGE_STATE_SHARED) != OK ||
	    ghcb_msr_register(ghcb) != OK)
		halt(HALT_HOST, "the host doesn't take the GHCB page");
	ghcb_init(
		(struct shared){ (volatile uint8_t *)image_shared, PAGE_SIZE },
		ghcb);
}

static void status_judge(void)
{
	unsigned int bit = 0;

	if (sev_status_judge(snp_status(), &bit) == OK)
		return;
	log_line("SEV_STATUS is %lx, of which bit %u isn't as it must be",
		 snp_status(), bit);
	halt(HALT_SEV_STATUS + bit, "a feature is missing or unknown");
}

void snp_connect(struct phys ghcb)
{
	if (!snp_is_on())
		return;
	host_agree();
	ghcb_share(ghcb);
	status_judge();
}

static bool is_within(struct phys page, uint64_t base, uint64_t bytes)
{
	return page.value >= base && page.value - base < bytes;
}

static bool is_kernels(const struct boot_info *info, struct phys page)
{
	for (size_t i = 0; i < info->ram_count; i++) {
		if (is_within(page, info->ram[i].base,
			      info->ram[i].pages * PAGE_SIZE))
			return true;
	}
	return is_within(page, info->image_base, info->loaded_bytes);
}

void snp_judge_memory(const struct boot_info *info)
{
	if (!snp_is_on())
		return;
	if (is_kernels(info, named.secrets) || is_kernels(info, named.cpuid))
		halt(HALT_SECRETS, "the memory map gives the pages away");
}

static enum err measured_find(struct firmware_pages *out)
{
	struct phys tail = { FIRMWARE_END - FIRMWARE_TAIL_PAGES * PAGE_SIZE };
	void *mapped;
	enum err e;

	TRY(address_space_map_private(tail, FIRMWARE_TAIL_PAGES, false,
				      &mapped));
	e = firmware_pages_find(mapped, FIRMWARE_TAIL_PAGES * PAGE_SIZE, out);
	TRY(address_space_unmap_private(mapped, FIRMWARE_TAIL_PAGES));
	return e;
}

static void pages_judge(void)
{
	struct firmware_pages measured;

	if (measured_find(&measured) != OK)
		halt(HALT_SECRETS, "the firmware's metadata makes no sense");
	if (measured.secrets.value != named.secrets.value ||
	    measured.cpuid.value != named.cpuid.value)
		halt(HALT_SECRETS,
		     "the firmware names other pages than were measured");
	secrets_init(named.secrets);
}

// What page tables were made by was read with no handler to lie; now there is
// one of ours, and both must have heard the same.
static void status_compare(void)
{
	uint64_t differs = sev_status_read() ^ snp_status();

	if (differs != 0)
		halt(HALT_SEV_STATUS + __builtin_ctzll(differs),
		     "SEV_STATUS isn't what it was");
}

void snp_prove(void)
{
	if (!snp_is_on())
		return;
	status_compare();
	pages_judge();
	if (vmpl_prove() != OK)
		halt(HALT_VMPL, "this isn't VMPL 0");
	log_line("SEV-SNP: status %lx, VMPL 0, C-bit %u, GHCB version %u, "
		 "host features %lx",
		 snp_status(), cpuid_page_c_bit(), GHCB_PROTOCOL_VERSION,
		 host_features);
}

// SPDX-License-Identifier: Apache-2.0
// The way up under SEV-SNP: hosts and firmwares that lie, and the reason with
// which each ends.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "abi/ghcb.h"
#include "abi/halt.h"
#include "abi/layout.h"
#include "abi/snp.h"
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
#include "kernel/snp/snp_start.h"
#include "kernel/snp/vmpl.h"
#include "tests/fake/death.h"

#define STATUS (SEV_STATUS_SEV | SEV_STATUS_ES | SEV_STATUS_SNP)
#define SECRETS 0x80d000ull
#define CPUID 0x80e000ull
#define GHCB ((struct phys){ 0x1f000000 })
#define GOES_ON 0 // exit status of a start that doesn't end

char image_shared[1], image_end[1];

// What the machine is like; each test spoils one thing of it.
static struct {
	struct snp_signs signs;
	uint64_t status, later_status; // what RDMSR says
	bool has_sev;                  // CPUID says so
	enum err cpuid, versions, features, share, reg, metadata, vmpl, map;
	unsigned int min, max;
	uint64_t host_features;
	uint32_t validate;
	bool is_validated;
	struct firmware_pages measured;
	struct boot_info info;
} machine;

static int set_up(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof(machine));
	machine.signs = (struct snp_signs){
		.has_blob = true,
		.blob = {
			.magic = SNP_BLOB_MAGIC,
			.version = 1,
			.secrets_gpa = SECRETS,
			.secrets_bytes = PAGE_SIZE,
			.cpuid_gpa = CPUID,
			.cpuid_bytes = PAGE_SIZE,
		},
	};
	machine.status = machine.later_status = STATUS;
	machine.has_sev = true;
	machine.min = 1;
	machine.max = 2;
	machine.host_features = 3;
	machine.is_validated = true;
	machine.measured = (struct firmware_pages){ { SECRETS }, { CPUID } };
	machine.info.image_base = 0x2000000;
	machine.info.image_bytes = 0x200000;
	machine.info.loaded_bytes = 0x201000;
	machine.info.ram_count = 2;
	machine.info.ram[0] = (struct boot_region){ 0x100000, 0x700 };
	machine.info.ram[1] = (struct boot_region){ 0x80f000, 0x1000 };
	return 0;
}

// A real bug aborts; a halt or a termination ends with its reason.
void halt(enum halt_reason reason, const char *line)
{
	(void)line;
	_exit((int)reason);
}

void ghcb_msr_terminate(unsigned int set, unsigned int code)
{
	_exit(set == HALT_REASON_SET ? (int)code : 0xff);
}

void log_line(const char *format, ...)
{
	(void)format;
}

void page_table_set_private_mask(uint64_t mask)
{
	if (mask != 1ull << 51)
		_exit(0xfe);
}

struct cpuid cpuid_read(uint32_t leaf, uint32_t subleaf)
{
	assert_int_equal(leaf, 0x8000001f);
	assert_int_equal(subleaf, 0);
	return (struct cpuid){ .eax = machine.has_sev ? 2 : 0xfd };
}

uint64_t sev_status_read(void)
{
	static bool is_later;

	if (is_later)
		return machine.later_status;
	is_later = true;
	return machine.status;
}

enum err cpuid_page_take(const struct snp_cpuid_page *page)
{
	if ((uintptr_t)page != CPUID)
		_exit(0xfe);
	return machine.cpuid;
}

unsigned int cpuid_page_c_bit(void)
{
	return 51;
}

enum err ghcb_msr_versions(unsigned int *min, unsigned int *max)
{
	*min = machine.min;
	*max = machine.max;
	return machine.versions;
}

enum err ghcb_msr_features(uint64_t *features)
{
	*features = machine.host_features;
	return machine.features;
}

uint32_t rmp_validate(uintptr_t page, bool validate, bool *changed)
{
	if (page != GHCB.value || validate)
		_exit(0xfe);
	*changed = machine.is_validated;
	machine.is_validated = false;
	return machine.validate;
}

enum err ghcb_msr_page_state(struct phys page, unsigned int op)
{
	if (page.value != GHCB.value || op != PAGE_STATE_SHARED ||
	    machine.is_validated)
		_exit(0xfe);
	return machine.share;
}

enum err ghcb_msr_register(struct phys page)
{
	if (page.value != GHCB.value)
		_exit(0xfe);
	return machine.reg;
}

void ghcb_init(struct shared page, struct phys gpa)
{
	if (page.bytes != PAGE_SIZE || gpa.value != GHCB.value)
		_exit(0xfe);
}

enum err address_space_map_private(struct phys base, size_t pages,
				   bool is_writable, void **out)
{
	static uint8_t tail[1];

	if (base.value + pages * PAGE_SIZE != 4ull << 30 || is_writable)
		_exit(0xfe);
	*out = tail;
	return machine.map;
}

enum err address_space_unmap_private(const void *at, size_t pages)
{
	(void)at;
	(void)pages;
	return OK;
}

enum err firmware_pages_find(const uint8_t *tail, size_t count,
			     struct firmware_pages *out)
{
	(void)tail;
	(void)count;
	*out = machine.measured;
	return machine.metadata;
}

enum err vmpl_prove(void)
{
	return machine.vmpl;
}

void secrets_init(struct phys page)
{
	if (page.value != SECRETS)
		_exit(0xfe);
}

// Starts in a child, since a start is for once, and returns its reason.
static int start(void)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		snp_begin(&machine.signs);
		snp_connect(GHCB);
		snp_judge_memory(&machine.info);
		snp_prove();
		if (snp_is_on() != machine.signs.has_blob ||
		    snp_status() != machine.status)
			_exit(0xfd);
		_exit(GOES_ON);
	}
	assert_true(waitpid(child, &status, 0) == child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void goes_up(void **state)
{
	(void)state;
	assert_int_equal(start(), GOES_ON);
	machine.max = 9;
	machine.status |= SEV_STATUS_DEBUG_SWAP;
	machine.later_status = machine.status;
	assert_int_equal(start(), GOES_ON);
}

static void a_plain_machine_goes_on(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof(machine));
	assert_int_equal(start(), GOES_ON);
	machine.has_sev = true;
	assert_int_equal(start(), GOES_ON);
}

// It would run with tables that make all memory the host's to read.
static void a_guest_without_pages_ends(void **state)
{
	(void)state;
	machine.signs.has_blob = false;
	assert_int_equal(start(), HALT_SECRETS);
	machine.status = SEV_STATUS_SEV;
	assert_int_equal(start(), HALT_SECRETS);
}

static void another_status_later_ends(void **state)
{
	(void)state;
	machine.later_status = 0;
	assert_int_equal(start(), HALT_SEV_STATUS + 0);
	machine.later_status = STATUS | SEV_STATUS_SECURE_TSC;
	assert_int_equal(start(), HALT_SEV_STATUS + 11);
}

static void a_plain_machine_with_pages_ends(void **state)
{
	(void)state;
	machine.status = 0;
	machine.has_sev = false;
	assert_int_equal(start(), HALT_SEV_STATUS + 2);
}

static void weaker_kinds_end(void **state)
{
	(void)state;
	machine.status = SEV_STATUS_SEV;
	assert_int_equal(start(), HALT_SEV_STATUS + 2);
	machine.status = SEV_STATUS_SEV | SEV_STATUS_ES;
	assert_int_equal(start(), HALT_SEV_STATUS + 2);
}

static void unknown_features_end(void **state)
{
	(void)state;
	machine.status = STATUS | SEV_STATUS_VTOM;
	assert_int_equal(start(), HALT_SEV_STATUS + 3);
	machine.status = STATUS | 1ull << 63;
	assert_int_equal(start(), HALT_SEV_STATUS + 63);
	machine.status = SEV_STATUS_SNP | SEV_STATUS_SEV;
	assert_int_equal(start(), HALT_SEV_STATUS + 1);
}

#define ENDS(reason, spoil)                        \
	do {                                       \
		set_up(state);                     \
		spoil;                             \
		assert_int_equal(start(), reason); \
	} while (0)

static void bad_blobs_end(void **state)
{
	struct snp_blob *b = &machine.signs.blob;

	ENDS(HALT_SECRETS, b->magic ^= 1);
	ENDS(HALT_SECRETS, b->version = 2);
	ENDS(HALT_SECRETS, b->secrets_gpa = 0);
	ENDS(HALT_SECRETS, b->secrets_gpa += 1);
	ENDS(HALT_SECRETS, b->secrets_gpa = 4ull << 30);
	ENDS(HALT_SECRETS, b->secrets_bytes = 2 * PAGE_SIZE);
	ENDS(HALT_SECRETS, b->cpuid_gpa = 0);
	ENDS(HALT_SECRETS, b->cpuid_gpa = 1ull << 63);
	ENDS(HALT_SECRETS, b->cpuid_bytes = 0);
	ENDS(HALT_SECRETS, b->secrets_gpa = CPUID);
	ENDS(HALT_SECRETS, machine.cpuid = ERR_BAD_INPUT);
}

static void bad_hosts_end(void **state)
{
	ENDS(HALT_HOST, machine.versions = ERR_DEVICE);
	ENDS(HALT_HOST, machine.max = 1);
	ENDS(HALT_HOST, machine.min = 3; machine.max = 4);
	ENDS(HALT_HOST, machine.features = ERR_DEVICE);
	ENDS(HALT_HOST, machine.host_features = 2);
	ENDS(HALT_HOST, machine.share = ERR_DEVICE);
	ENDS(HALT_HOST, machine.reg = ERR_DEVICE);
	ENDS(HALT_PAGE_STATE, machine.validate = SNP_FAIL_SIZE_MISMATCH);
	ENDS(HALT_PAGE_STATE, machine.is_validated = false);
	ENDS(HALT_VMPL, machine.vmpl = ERR_UNSUPPORTED);
}

static void other_pages_than_measured_end(void **state)
{
	ENDS(HALT_SECRETS, machine.metadata = ERR_BAD_INPUT);
	ENDS(HALT_SECRETS, machine.map = ERR_NO_MEMORY);
	ENDS(HALT_SECRETS, machine.measured.secrets.value += PAGE_SIZE);
	ENDS(HALT_SECRETS, machine.measured.cpuid.value += PAGE_SIZE);
}

static void pages_given_away_end(void **state)
{
	struct boot_region *ram = machine.info.ram;

	ENDS(HALT_SECRETS, ram[0].pages = 0x70e); // ends behind the secrets
	ENDS(HALT_SECRETS, ram[1].base = CPUID);
	ENDS(GOES_ON, ram[0].pages = 0x70d);
	// in the image, and in what is packed behind it
	ENDS(HALT_SECRETS, machine.info.image_base = SECRETS - PAGE_SIZE);
	ENDS(HALT_SECRETS, machine.info.image_base = SECRETS - 0x200000);
	ENDS(HALT_SECRETS, machine.info.image_base = CPUID);
	ENDS(GOES_ON, machine.info.image_base = SECRETS - 0x201000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(goes_up, set_up),
		cmocka_unit_test_setup(a_plain_machine_goes_on, set_up),
		cmocka_unit_test_setup(a_plain_machine_with_pages_ends, set_up),
		cmocka_unit_test_setup(a_guest_without_pages_ends, set_up),
		cmocka_unit_test_setup(another_status_later_ends, set_up),
		cmocka_unit_test_setup(weaker_kinds_end, set_up),
		cmocka_unit_test_setup(unknown_features_end, set_up),
		cmocka_unit_test_setup(bad_blobs_end, set_up),
		cmocka_unit_test_setup(bad_hosts_end, set_up),
		cmocka_unit_test_setup(other_pages_than_measured_end, set_up),
		cmocka_unit_test_setup(pages_given_away_end, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

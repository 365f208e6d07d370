// SPDX-License-Identifier: Apache-2.0
#include "client/report_isolation.h"

#include <string.h>

#include "base/num.h"
#include "client/chain_product.h"
#include "client/tcb.h"

#define VERSION_ALIAS_CHECK 3u // of the report, from which it can tell
#define VERSION_MIT_VECTOR 5u

enum reason report_judge_measurement(struct judgement *j)
{
	const struct anchorhold_demands *demands = j->demands;

	if (demands->measurement_count == 0)
		return j->binding ? REASON_NO_MEASUREMENTS : REASON_PASS;
	for (size_t i = 0; i < demands->measurement_count; i++) {
		const struct anchorhold_measurement *m =
			&demands->measurements[i];

		if (memcmp(m->digest, j->report.measurement,
			   sizeof(m->digest)) != 0)
			continue;
		j->out->has_measurement_index = true;
		j->out->measurement_index = i;
		memcpy(j->out->measurement_name, m->name, sizeof(m->name));
		j->out->measurement_name[sizeof(m->name) - 1] = '\0';
		return REASON_PASS;
	}
	detail_say_bytes(&j->detail, j->report.measurement,
			 sizeof(j->report.measurement));
	return REASON_WRONG_MEASUREMENT;
}

enum reason report_judge_guest_policy(struct judgement *j)
{
	uint64_t policy = j->report.policy;

	if (policy & POLICY_DEBUG)
		return REASON_DEBUG;
	if (policy & POLICY_MIGRATE_MA)
		return REASON_MIGRATE_MA;
	if (j->report.vmpl != 0)
		return REASON_VMPL;
	if (!(policy & POLICY_MUST_BE_ONE) || (policy & ~POLICY_KNOWN_BITS)) {
		detail_say_hex(&j->detail, policy);
		return REASON_GUEST_POLICY;
	}
	return REASON_PASS;
}

static void say_level(struct judgement *j, uint64_t tcb, size_t byte)
{
	const char *name = tcb_component(j->product, byte);

	detail_say(&j->detail, name ? name : "a reserved level");
	detail_say(&j->detail, " is at ");
	detail_say_number(&j->detail, tcb_byte(tcb, byte));
	detail_say(&j->detail, ", the lowest accepted is ");
	detail_say_number(&j->detail, j->demands->floor[j->product].tcb[byte]);
}

enum reason report_judge_floor(struct judgement *j)
{
	const struct anchorhold_floor *floor = &j->demands->floor[j->product];
	const struct {
		uint64_t tcb;
		enum reason reason;
	} levels[] = {
		{ j->report.reported_tcb, REASON_REPORTED_TCB },
		{ j->report.committed_tcb, REASON_COMMITTED_TCB },
		{ j->report.launch_tcb, REASON_LAUNCH_TCB },
	};

	if (!floor->is_set) {
		detail_say(&j->detail, product_name(j->product));
		return REASON_NO_FLOOR;
	}
	for (size_t i = 0; i < ARRAY_COUNT(levels); i++) {
		size_t byte = tcb_find_below(levels[i].tcb, floor->tcb);

		if (byte == TCB_BYTES)
			continue;
		say_level(j, levels[i].tcb, byte);
		return levels[i].reason;
	}
	return REASON_PASS;
}

static bool is_abi_below(const struct judgement *j)
{
	uint8_t major = POLICY_ABI_MAJOR(j->report.policy);
	uint8_t minor = POLICY_ABI_MINOR(j->report.policy);

	return major < j->demands->min_abi_major ||
	       (major == j->demands->min_abi_major &&
		minor < j->demands->min_abi_minor);
}

// A report that is too old to tell has none.
static bool lacks_mitigation(const struct judgement *j)
{
	uint64_t wanted = j->demands->demand_mit_vector;

	if (j->report.version < VERSION_MIT_VECTOR)
		return wanted != 0;
	return (j->report.launch_mit_vector & wanted) != wanted ||
	       (j->report.current_mit_vector & wanted) != wanted;
}

enum reason report_judge_platform(struct judgement *j)
{
	const struct anchorhold_demands *d = j->demands;
	uint64_t guest = j->report.policy;
	uint64_t platform = j->report.platform_info;
	bool can_tell_aliases = j->report.version >= VERSION_ALIAS_CHECK;
	const struct {
		bool is_demanded, holds;
		enum reason reason;
	} checks[] = {
		{ !d->allow_no_alias_check && can_tell_aliases,
		  platform & PLATFORM_ALIAS_CHECK_COMPLETE,
		  REASON_ALIAS_CHECK },
		{ d->forbid_smt, !(guest & POLICY_SMT), REASON_SMT },
		{ d->demand_single_socket, guest & POLICY_SINGLE_SOCKET,
		  REASON_SINGLE_SOCKET },
		{ d->demand_ciphertext_hiding,
		  platform & PLATFORM_CIPHERTEXT_HIDING,
		  REASON_CIPHERTEXT_HIDING },
		{ d->demand_ecc, platform & PLATFORM_ECC_EN, REASON_ECC },
		{ d->demand_tsme, platform & PLATFORM_TSME_EN, REASON_TSME },
		{ d->demand_rapl_disabled, platform & PLATFORM_RAPL_DIS,
		  REASON_RAPL },
		{ d->demand_cxl_forbidden, !(guest & POLICY_CXL_ALLOW),
		  REASON_CXL },
		{ true, !is_abi_below(j), REASON_ABI },
		{ true, !lacks_mitigation(j), REASON_MIT_VECTOR },
	};

	for (size_t i = 0; i < ARRAY_COUNT(checks); i++)
		if (checks[i].is_demanded && !checks[i].holds)
			return checks[i].reason;
	return REASON_PASS;
}

static bool is_listed(const struct judgement *j)
{
	for (size_t i = 0; i < j->demands->chip_count; i++)
		if (memcmp(j->demands->chips[i], j->report.chip_id,
			   sizeof(j->report.chip_id)) == 0)
			return true;
	return j->demands->chip_count == 0;
}

enum reason report_judge_identity(struct judgement *j)
{
	const struct anchorhold_demands *d = j->demands;
	const struct attestation_report *r = &j->report;

	if (!is_listed(j)) {
		detail_say_bytes(&j->detail, r->chip_id, sizeof(r->chip_id));
		return REASON_CHIP_NOT_LISTED;
	}
	if (d->has_host_data &&
	    memcmp(d->host_data, r->host_data, sizeof(r->host_data)) != 0)
		return REASON_HOST_DATA;
	if (d->has_id_key_digest && memcmp(d->id_key_digest, r->id_key_digest,
					   sizeof(r->id_key_digest)) != 0)
		return REASON_ID_KEY;
	if (d->has_author_key_digest &&
	    memcmp(d->author_key_digest, r->author_key_digest,
		   sizeof(r->author_key_digest)) != 0)
		return REASON_AUTHOR_KEY;
	return REASON_PASS;
}

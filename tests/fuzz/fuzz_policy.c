// SPDX-License-Identifier: Apache-2.0
// Fuzzes the policy's decoder: what it takes encodes to the same bytes.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/policy.h"
#include "image/policy_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static uint8_t again[POLICY_BYTES_LIMIT];
	struct writer w = writer_of(again, sizeof(again));
	struct policy policy;

	if (policy_decode(data, count, &policy) != OK)
		return 0;
	CHECK(policy.client_item_count <= POLICY_PIN_LIMIT);
	CHECK(policy.route_count <= POLICY_ROUTE_LIMIT);
	CHECK(policy.egress_count <= POLICY_EGRESS_LIMIT);
	CHECK(policy_form_write(&policy, &w) == OK);
	CHECK(w.used == count && memcmp(again, data, count) == 0);
	return 0;
}

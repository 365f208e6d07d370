// SPDX-License-Identifier: Apache-2.0
// Fuzzes the table of certificates, as it comes from the host or from fw_cfg.
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "kernel/snp/certificate_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

// Whoever gets a view copies all of it into evidence.
static size_t check_view(struct certificate_view view, const uint8_t *data,
			 size_t count)
{
	if (view.count == 0) {
		CHECK(!view.der);
		return 0;
	}
	CHECK(view.count <= CERTIFICATE_BYTES_MAX);
	CHECK(view.der >= data && view.der + view.count <= data + count);
	CHECK(view.der[0] == 0x30);
	CHECK((size_t)(view.der[2] << 8 | view.der[3]) + 4 == view.count);
	return view.count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	struct certificate_table before, table;
	size_t used;

	memset(&table, 0xa5, sizeof(table));
	memcpy(&before, &table, sizeof(before));
	if (certificate_table_read(data, count, &table) != OK) {
		CHECK(memcmp(&before, &table, sizeof(before)) == 0);
		return 0;
	}
	used = check_view(table.vcek, data, count) +
	       check_view(table.vlek, data, count) +
	       check_view(table.ask, data, count);
	CHECK(used < count); // they lie apart
	return 0;
}

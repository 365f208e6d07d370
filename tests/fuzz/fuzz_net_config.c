// SPDX-License-Identifier: Apache-2.0
// Fuzzes the interface's configuration, as it comes from fw_cfg.
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "net/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

// Whoever gets a configuration relies on this.
static void check_config(const struct net_config *c)
{
	CHECK(c->prefix4 <= 32);
	CHECK(c->dhcp || (c->address4[0] != 0 && c->address4[0] < 224));
	CHECK(!c->has_gateway4 || !c->dhcp);
	CHECK(!c->has_gateway4 || c->gateway4[0] != 127);
	CHECK(!c->has_address6 || c->prefix6 == NET_PREFIX6);
	CHECK(!c->has_address6 || c->address6[0] != 0xff);
	CHECK(!c->has_gateway6 || c->has_address6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	struct text line = { (const char *)data, count };
	struct net_config before, config;

	memset(&config, 0xa5, sizeof(config));
	memcpy(&before, &config, sizeof(before));
	if (net_config_parse(line, &config) == OK)
		check_config(&config);
	else
		CHECK(memcmp(&before, &config, sizeof(before)) == 0);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Fuzzes the command line as the firmware hands it over: UTF-16, then words.
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "boot/command_line.h"
#include "kernel/boot_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

static void check_inside(struct text part, struct text whole)
{
	CHECK(part.at >= whole.at);
	CHECK(part.at + part.length <= whole.at + whole.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	char line[BOOT_COMMAND_LINE_LIMIT];
	struct command_line parsed = { 0 };
	struct text whole, culprit;

	if (command_line_decode(data, count, line, sizeof(line)) != OK)
		return 0;
	whole = text_of(line);
	for (size_t i = 0; i < whole.length; i++)
		CHECK(line[i] >= ' ' && line[i] <= '~');
	if (command_line_parse(whole, &parsed, &culprit) != OK) {
		CHECK(culprit.length > 0);
		check_inside(culprit, whole);
		return 0;
	}
	CHECK(parsed.figures_s <= FIGURES_PERIOD_LIMIT);
	if (parsed.has_ip)
		check_inside(parsed.ip, whole);
	return 0;
}

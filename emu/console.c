// SPDX-License-Identifier: Apache-2.0
// The emulator's text output.
#include "emu/console.h"

#include "emu/cpu.h"
#include "emu/ports.h"

static void console_char(char c)
{
	cpu_out(PORT_CONSOLE, 1, (uint8_t)c);
}

void console_text(const char *text)
{
	while (*text != '\0')
		console_char(*text++);
}

void console_hex(uint64_t value)
{
	int shift = 60;
	while (shift > 0 && value >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		console_char("0123456789abcdef"[value >> shift & 0xf]);
}

void console_fields(const char *text, const char *name,
		    const struct field *fields, unsigned int count)
{
	console_text("emu: ");
	console_text(text);
	console_text(name);
	for (unsigned int i = 0; i < count; i++) {
		console_char(' ');
		console_text(fields[i].name);
		console_char('=');
		console_hex(fields[i].value);
	}
	console_char('\n');
}

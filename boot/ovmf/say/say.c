// SPDX-License-Identifier: Apache-2.0
// By plain instructions, since an assertion may fail before or inside any of
// edk2's libraries. Under SEV-ES each of them is the #VC handler's work.
#include "boot/ovmf/say/say.h"

#include <stdint.h>

// Where OVMF has its own debug console.
#define DEBUG_CONSOLE_PORT 0x402

static void put(const char *text)
{
	for (; *text != '\0'; text++)
		__asm__ volatile("outb %0, %1"
				 :
				 : "a"((uint8_t)*text),
				   "d"((uint16_t)DEBUG_CONSOLE_PORT));
}

void say(const char *text)
{
	put(text);
	put("\n");
}

void stop(const char *why)
{
	put("firmware: halt: ");
	say(why);
	for (;;)
		__asm__ volatile("cli; hlt");
}

// SPDX-License-Identifier: Apache-2.0
// I/O ports that the emulator keeps to itself, and those whose use it reports.
#pragma once

#define PORT_CONSOLE 0x0e9 // isa-debugcon
// A guest that is made for tests says that a knob may act: knobs.h.
#define PORT_CUE 0x0e5
#define PORT_EXIT 0x0f4 // isa-debug-exit

// ACPI's memory hotplug registers would tell the guest of L1's memory.
#define PORT_MEMORY_HOTPLUG 0xa00
#define PORT_MEMORY_HOTPLUG_COUNT 0x18

// q35's power management and reset
#define PORT_PM1_CONTROL 0x604
#define PM1_SLEEP_ENABLE 0x2000
#define PORT_RESET 0xcf9
#define RESET_CPU 0x04
#define PORT_KEYBOARD 0x64
#define KEYBOARD_PULSE_RESET 0xfe

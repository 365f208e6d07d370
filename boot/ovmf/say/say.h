// SPDX-License-Identifier: Apache-2.0
// What the firmware says, and how it ends. The words go to QEMU's debug
// console (`-debugcon`), which is the host's: they are fixed sentences only.
#pragma once

// Writes the text and a line end.
void say(const char *text);

// Says why, as "firmware: halt: WHY", and halts for good.
__attribute__((noreturn)) void stop(const char *why);

// SPDX-License-Identifier: Apache-2.0
// The CPU's halt, out of line so that unit tests link a fake one.
#pragma once

// Opens interrupts, halts until one was handled, closes them again. An
// interrupt that is pending already ends it at once: STI takes effect after the
// instruction behind it (APM volume 3, STI), so none slips in before HLT.
void sleep_until_interrupt(void);

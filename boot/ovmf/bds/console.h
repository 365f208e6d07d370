// SPDX-License-Identifier: Apache-2.0
// The text output that UEFI promises every image. It goes nowhere.
#pragma once

// Gives the system table a ConOut and a StdErr.
void console_install(void);

// SPDX-License-Identifier: Apache-2.0
// CHECK() states what must hold if our own code is right. It stays in release
// builds. Bytes from host, network, app or policy never reach one: those are
// judged and refused with an error.
#pragma once

#define CHECK(condition) \
	((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

// Ends the program: the kernel halts, a host program aborts. Each links its own.
__attribute__((noreturn)) void check_failed(const char *file, int line,
					    const char *condition);

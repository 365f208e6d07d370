// SPDX-License-Identifier: Apache-2.0
// How connections come in, and which segments lwIP gets to see at all.
#pragma once

#include <stdint.h>

// SYNs and connections that a limit turned away.
uint64_t listener_refused(void);

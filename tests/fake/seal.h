// SPDX-License-Identifier: Apache-2.0
// attest/seal.h that does nothing but answer.
#pragma once

#include "attest/seal.h"

// What the next calls come to; ERR_UNSUPPORTED at first, as on a plain machine.
// On OK, *count is what came in and `out` isn't written.
void fake_seal_answer(enum err e);
// The last call that came through.
extern struct seal_call fake_seal_last;
extern unsigned int fake_seal_calls;

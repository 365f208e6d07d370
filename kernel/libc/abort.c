// SPDX-License-Identifier: Apache-2.0
// How code of the libraries ends the guest.
#include <stdlib.h>

#include "kernel/halt.h"

void abort(void)
{
	halt(HALT_BUG, "a library called abort()");
}

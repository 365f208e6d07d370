// SPDX-License-Identifier: Apache-2.0
#include "kernel/profile.h"

enum profile profile_linked(void)
{
	return PROFILE_DEVELOPMENT;
}

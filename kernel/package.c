// SPDX-License-Identifier: Apache-2.0
// Where app and policy lie: in pages behind the kernel that the firmware filled
// and that are mapped read-only, so nothing can change what was hashed.
#include "kernel/package.h"

#include "base/check.h"

static struct package in_image;

void package_set(const struct package *found)
{
	in_image = *found;
}

const struct package *package(void)
{
	CHECK(in_image.app);
	return &in_image;
}

// SPDX-License-Identifier: Apache-2.0
// kernel/cpu/features.h with a CPU that has everything, less one feature.
#include "tests/fake/features.h"

static int missing = -1;

void fake_features_take(int feature)
{
	missing = feature;
}

bool cpu_has(enum cpu_feature feature)
{
	return (int)feature != missing;
}

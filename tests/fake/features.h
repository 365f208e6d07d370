// SPDX-License-Identifier: Apache-2.0
// kernel/cpu/features.h with a CPU that has everything, less one feature.
#pragma once

#include "kernel/cpu/features.h"

// The feature that is missing from now on; -1 for none.
void fake_features_take(int feature);

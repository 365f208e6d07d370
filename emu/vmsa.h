// SPDX-License-Identifier: Apache-2.0
// The save areas that are measured, as KVM and QEMU make them.
#pragma once

#include <stdint.h>

#include "abi/vmsa.h"

// RESET_EIP_BSP for the first CPU, the firmware's AP reset vector for others.
#define RESET_EIP_BSP 0xfffffff0u

void vmsa_make(struct vmsa *vmsa, uint32_t reset_eip, uint32_t signature,
	       uint64_t sev_features, unsigned int vmpl);

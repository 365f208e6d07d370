// SPDX-License-Identifier: Apache-2.0
// MSI-X (PCI 3.0, 6.8.2), with one vector.
#pragma once

#include "base/err.h"
#include "kernel/dev/pci.h"

#define MSIX_VECTOR 0

// Sends vector 0 to wait_until()'s message and leaves all others masked.
// Call after pci_assign_bars(). ERR_UNSUPPORTED without MSI-X, ERR_DEVICE when
// its capability makes no sense, ERR_NO_MEMORY.
enum err msix_enable(const struct pci_function *f);

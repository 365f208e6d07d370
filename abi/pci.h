// SPDX-License-Identifier: Apache-2.0
// PCI configuration space: PCI Local Bus Specification 3.0, chapter 6, with its
// names where it has some. Every value is little-endian.
#pragma once

// Configuration mechanism #1 (3.2.2.3.2).
#define PCI_CONFIG_ADDRESS 0xcf8
#define PCI_CONFIG_DATA 0xcfc
#define PCI_CONFIG_ENABLE 0x80000000u

#define PCI_FUNCTION_LIMIT 256 // on one bus: 32 devices of 8
#define PCI_CONFIG_BYTES 256

// Header (6.1).
#define PCI_VENDOR_ID 0x00
#define PCI_DEVICE_ID 0x02
#define PCI_COMMAND 0x04
#define PCI_STATUS 0x06
#define PCI_CLASS 0x0a // sub-class in the low byte, base class in the high one
#define PCI_HEADER_TYPE 0x0e
#define PCI_BAR0 0x10
#define PCI_BAR_COUNT 6
#define PCI_CAPABILITIES_POINTER 0x34

#define PCI_VENDOR_NONE 0xffff

// Command (6.2.2).
#define PCI_COMMAND_IO_SPACE 0x0001
#define PCI_COMMAND_MEMORY_SPACE 0x0002
#define PCI_COMMAND_BUS_MASTER 0x0004
#define PCI_COMMAND_INTERRUPT_DISABLE 0x0400

// Status (6.2.3).
#define PCI_STATUS_CAPABILITIES_LIST 0x0010

// Header type (6.2.1).
#define PCI_HEADER_MULTI_FUNCTION 0x80
#define PCI_HEADER_LAYOUT 0x7f // 0: a device with six BARs

// Class codes (appendix D).
#define PCI_CLASS_HOST_BRIDGE 0x0600
#define PCI_CLASS_ISA_BRIDGE 0x0601

// Base address registers (6.2.5.1).
#define PCI_BAR_IS_IO 0x1u
#define PCI_BAR_TYPE 0x6u
#define PCI_BAR_TYPE_32 0x0u
#define PCI_BAR_TYPE_64 0x4u
#define PCI_BAR_FLAGS 0xfu

// Capabilities (6.7): identifier, then the next one's offset.
#define PCI_CAPABILITY_FIRST 0x40 // none lies inside the header
#define PCI_CAPABILITY_ID_VENDOR 0x09
#define PCI_CAPABILITY_ID_MSIX 0x11

// MSI-X (6.8.2).
#define PCI_MSIX_CONTROL 0x02
#define PCI_MSIX_TABLE 0x04
#define PCI_MSIX_PBA 0x08
#define PCI_MSIX_CAPABILITY_BYTES 12
#define PCI_MSIX_CONTROL_SIZE 0x07ff // entries less one
#define PCI_MSIX_CONTROL_MASK 0x4000
#define PCI_MSIX_CONTROL_ENABLE 0x8000
#define PCI_MSIX_BIR 0x7u // which BAR, in a table's low bits
#define PCI_MSIX_ENTRY_BYTES 16
#define PCI_MSIX_ENTRY_ADDRESS 0
#define PCI_MSIX_ENTRY_ADDRESS_HIGH 4
#define PCI_MSIX_ENTRY_DATA 8
#define PCI_MSIX_ENTRY_CONTROL 12

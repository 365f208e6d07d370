// SPDX-License-Identifier: Apache-2.0
#include "client/tcb.h"

#include "abi/report.h"
#include "base/check.h"

#define MILAN(field) [offsetof(struct tcb_milan, field)]
#define TURIN(field) [offsetof(struct tcb_turin, field)]

static const char *const milan[TCB_BYTES] = {
	MILAN(boot_loader) = "boot loader",
	MILAN(tee) = "TEE",
	MILAN(snp) = "SNP",
	MILAN(microcode) = "microcode",
};

static const char *const turin[TCB_BYTES] = {
	TURIN(fmc) = "FMC",
	TURIN(boot_loader) = "boot loader",
	TURIN(tee) = "TEE",
	TURIN(snp) = "SNP",
	TURIN(microcode) = "microcode",
};

const char *tcb_component(enum anchorhold_product product, size_t byte)
{
	CHECK(byte < TCB_BYTES);
	return product == ANCHORHOLD_TURIN ? turin[byte] : milan[byte];
}

uint8_t tcb_byte(uint64_t tcb, size_t byte)
{
	CHECK(byte < TCB_BYTES);
	return (uint8_t)(tcb >> 8 * byte);
}

size_t tcb_find_below(uint64_t tcb, const uint8_t floor[TCB_BYTES])
{
	size_t byte = 0;

	while (byte < TCB_BYTES && tcb_byte(tcb, byte) >= floor[byte])
		byte++;
	return byte;
}

bool tcb_is_reserved_zero(enum anchorhold_product product, uint64_t tcb)
{
	for (size_t byte = 0; byte < TCB_BYTES; byte++)
		if (!tcb_component(product, byte) && tcb_byte(tcb, byte) != 0)
			return false;
	return true;
}

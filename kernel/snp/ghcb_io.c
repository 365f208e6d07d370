// SPDX-License-Identifier: Apache-2.0
// One IN or OUT as a GHCB event.
#include "kernel/snp/ghcb_io.h"

#include "abi/ghcb.h"
#include "abi/svm.h"
#include "base/check.h"
#include "kernel/snp/ghcb.h"

static struct ghcb_call call_of(uint16_t port, unsigned int bytes)
{
	CHECK(bytes == 1 || bytes == 2 || bytes == 4);
	return (struct ghcb_call){
		.exit_code = SVM_EXIT_IOIO,
		// The size's bits are in the order of the sizes themselves.
		.info_1 = (uint64_t)port << GHCB_IO_PORT_SHIFT |
			  GHCB_IO_ADDRESS_64 |
			  (uint64_t)bytes << GHCB_IO_SIZE_SHIFT,
		.gives = GHCB_RAX,
	};
}

enum err ghcb_io_read(uint16_t port, unsigned int bytes, uint32_t *value)
{
	struct ghcb_call call = call_of(port, bytes);

	// RAX goes out as zero: the host merges a short read into it.
	call.info_1 |= GHCB_IO_IN;
	call.wants = GHCB_RAX;
	TRY(ghcb_call(&call));
	*value = (uint32_t)call.rax & (UINT32_MAX >> (32 - 8 * bytes));
	return OK;
}

enum err ghcb_io_write(uint16_t port, unsigned int bytes, uint32_t value)
{
	struct ghcb_call call = call_of(port, bytes);

	call.rax = value & (UINT32_MAX >> (32 - 8 * bytes));
	return ghcb_call(&call);
}

// SPDX-License-Identifier: Apache-2.0
// One load or store of a device register as a GHCB event. The bytes travel in
// the page's shared buffer.
#include "kernel/snp/ghcb_mmio.h"

#include "abi/ghcb.h"
#include "base/bytes.h"
#include "base/check.h"
#include "kernel/snp/ghcb.h"

static struct ghcb_call call_of(uint64_t event, struct phys at,
				unsigned int bytes)
{
	CHECK(bytes == 1 || bytes == 2 || bytes == 4);
	CHECK(at.value % bytes == 0);
	return (struct ghcb_call){
		.exit_code = event,
		.info_1 = at.value,
		.info_2 = bytes,
	};
}

// No instruction of ours can have met an exception at a device.
static enum err call_make(struct ghcb_call *call)
{
	return ghcb_call(call) == OK ? OK : ERR_DEVICE;
}

enum err ghcb_mmio_read(struct phys at, unsigned int bytes, uint32_t *value)
{
	struct ghcb_call call = call_of(GHCB_EVENT_MMIO_READ, at, bytes);
	uint8_t buffer[sizeof(*value)] = { 0 };

	call.receive = buffer;
	call.receive_bytes = bytes;
	TRY(call_make(&call));
	*value = load_le32(buffer);
	return OK;
}

enum err ghcb_mmio_write(struct phys at, unsigned int bytes, uint32_t value)
{
	struct ghcb_call call = call_of(GHCB_EVENT_MMIO_WRITE, at, bytes);
	uint8_t buffer[sizeof(value)];

	store_le32(buffer, value);
	call.send = buffer;
	call.send_bytes = bytes;
	return call_make(&call);
}

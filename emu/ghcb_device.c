// SPDX-License-Identifier: Apache-2.0
// IOIO and MMIO events, performed on QEMU's devices.
#include "emu/ghcb_device.h"

#include "emu/cpu.h"
#include "emu/die.h"
#include "emu/host_map.h"
#include "emu/knobs.h"
#include "emu/libc.h"
#include "emu/ports.h"
#include "emu/rmp.h"

#define MMIO_BYTES_MAX 8

// Reads as nothing, drops writes.
static bool is_hidden(uint16_t port)
{
	if (port == PORT_CONSOLE || (port >= PORT_EXIT && port < PORT_EXIT + 4))
		return true;
	return port >= PORT_MEMORY_HOTPLUG &&
	       port < PORT_MEMORY_HOTPLUG + PORT_MEMORY_HOTPLUG_COUNT;
}

static uint32_t port_in(uint16_t port, unsigned int bytes)
{
	return is_hidden(port) ? 0 : cpu_in(port, bytes);
}

// The run ends with the write: say so before QEMU does it.
static void watch_end(uint16_t port, uint32_t value)
{
	const char *why = NULL;
	if (port == PORT_PM1_CONTROL && (value & PM1_SLEEP_ENABLE) != 0)
		why = "guest powered off";
	else if (port == PORT_RESET && (value & RESET_CPU) != 0)
		why = "guest reset the machine";
	else if (port == PORT_KEYBOARD && value == KEYBOARD_PULSE_RESET)
		why = "guest reset the machine by the keyboard controller";
	if (why != NULL)
		end(END_GUEST, why);
}

static void port_out(struct vcpu *v, uint16_t port, unsigned int bytes,
		     uint32_t value)
{
	if (is_hidden(port))
		return;
	if (port == PORT_CUE) {
		knobs_cue(v, (uint8_t)value);
		return;
	}
	watch_end(port, value);
	cpu_out(port, bytes, value);
}

static void io_string(struct ghcb_event *e, uint16_t port, unsigned int bytes)
{
	bool in = (e->info1 & GHCB_IO_IN) != 0;
	uint64_t count = (e->info1 & GHCB_IO_REP) != 0 ? e->info2 : 1;
	uint8_t *at;
	if ((e->valid & FIELD_SCRATCH) == 0) {
		ghcb_event_malformed(e, GHCB_MALFORMED_MISSING_INPUT);
		return;
	}
	if (count > GHCB_SHARED_BUFFER_BYTES) {
		ghcb_event_malformed(e, GHCB_MALFORMED_SCRATCH);
		return;
	}
	if (ghcb_event_scratch(e, count * bytes, &at) != OK)
		return;
	for (; count > 0; count--, at += bytes) {
		uint32_t value = 0;
		if (in) {
			value = port_in(port, bytes);
			memcpy(at, &value, bytes);
		} else {
			memcpy(&value, at, bytes);
			port_out(e->v, port, bytes, value);
		}
	}
}

void ghcb_io(struct ghcb_event *e)
{
	uint16_t port = (uint16_t)(e->info1 >> GHCB_IO_PORT_SHIFT);
	unsigned int bytes = e->info1 >> GHCB_IO_SIZE_SHIFT & GHCB_IO_SIZE_MASK;
	if (bytes != 1 && bytes != 2 && bytes != 4) {
		ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
		return;
	}
	if ((e->info1 & GHCB_IO_STRING) != 0) {
		io_string(e, port, bytes);
		return;
	}
	uint64_t mask = 0xffffffffull >> (32 - 8 * bytes);
	bool in = (e->info1 & GHCB_IO_IN) != 0;
	// An IN of less than 4 bytes leaves the rest of RAX as it is.
	if ((e->valid & FIELD_RAX) == 0 && (!in || bytes < 4)) {
		ghcb_event_malformed(e, GHCB_MALFORMED_MISSING_INPUT);
		return;
	}
	if (!in) {
		port_out(e->v, port, bytes, (uint32_t)(e->rax & mask));
		return;
	}
	uint64_t kept = bytes < 4 ? e->rax & ~mask : 0;
	e->rax = kept | (port_in(port, bytes) & mask);
	e->outputs = FIELD_RAX;
}

// The device behind [gpa, gpa + count), or NULL where there can't be one.
static volatile void *device_at(uint64_t gpa, uint64_t count)
{
	if (count == 0 || count > MMIO_BYTES_MAX ||
	    (count & (count - 1)) != 0 || gpa % count != 0)
		return NULL;
	if ((gpa & CBIT) != 0 || rmp_is_memory(gpa))
		return NULL;
	return host_map_device(gpa);
}

static uint64_t device_read(volatile void *at, uint64_t count)
{
	switch (count) {
	case 1:
		return *(volatile uint8_t *)at;
	case 2:
		return *(volatile uint16_t *)at;
	case 4:
		return *(volatile uint32_t *)at;
	default:
		return *(volatile uint64_t *)at;
	}
}

static void device_write(volatile void *at, uint64_t count, uint64_t value)
{
	switch (count) {
	case 1:
		*(volatile uint8_t *)at = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)at = value;
	}
}

// False: the event is answered as malformed already.
static bool mmio_operands(struct ghcb_event *e, volatile void **at,
			  uint8_t **scratch)
{
	*at = device_at(e->info1, e->info2);
	if (*at == NULL) {
		ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
		return false;
	}
	return ghcb_event_scratch(e, e->info2, scratch) == OK;
}

void ghcb_mmio_read(struct ghcb_event *e)
{
	uint8_t *scratch;
	volatile void *at;
	if (!mmio_operands(e, &at, &scratch))
		return;
	uint64_t value = device_read(at, e->info2);
	memcpy(scratch, &value, e->info2);
}

void ghcb_mmio_write(struct ghcb_event *e)
{
	uint8_t *scratch;
	uint64_t value = 0;
	volatile void *at;
	if (!mmio_operands(e, &at, &scratch))
		return;
	memcpy(&value, scratch, e->info2);
	device_write(at, e->info2, value);
}

// SPDX-License-Identifier: Apache-2.0
#include "kernel/dev/pci.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "abi/layout.h"
#include "base/bytes.h"
#include "kernel/dev/msix.h"
#include "tests/fake/virtio_device.h"

static struct boot_info info;

static const uint16_t nic_ids[] = { 0x1041, 0x1000 };

static int set_up(void **state)
{
	(void)state;
	fake_bus_reset(1);
	memset(&info, 0, sizeof(info));
	info.ram[0] = (struct boot_region){ 0x100000, 0x10000 };
	info.ram_count = 1;
	info.image_base = 0x8000000;
	info.image_bytes = 0x40000;
	info.loaded_bytes = 0x40000;
	fake_bus_add(0, 0, 0x8086, 0x29c0, PCI_CLASS_HOST_BRIDGE);
	return 0;
}

static uint16_t command_of(const struct fake_function *f)
{
	return load_le16(f->config + PCI_COMMAND);
}

static void finds_functions(void **state)
{
	struct pci_function f;

	(void)state;
	assert_int_equal(pci_find(0x1af4, nic_ids, 2, &f), ERR_NOT_FOUND);
	// Function 3 of a device that says it has one function isn't looked at.
	struct fake_function *first = fake_bus_add(5, 0, 0x8086, 1, 0x0100);
	fake_bus_add(5, 3, 0x1af4, 0x1000, 0x0200);
	assert_int_equal(pci_find(0x1af4, nic_ids, 2, &f), ERR_NOT_FOUND);
	first->config[PCI_HEADER_TYPE] = PCI_HEADER_MULTI_FUNCTION;
	assert_int_equal(pci_find(0x1af4, nic_ids, 2, &f), OK);
	assert_int_equal(f.device, 5);
	assert_int_equal(f.function, 3);
	fake_bus_add(2, 0, 0x1af4, 0x1041, 0x0200);
	assert_int_equal(pci_find(0x1af4, nic_ids, 2, &f), OK);
	assert_int_equal(f.device, 2);
	assert_int_equal(f.function, 0);
	// 31.7 is the last one.
	fake_bus_add(31, 0, 0x8086, 1, 0)->config[PCI_HEADER_TYPE] =
		PCI_HEADER_MULTI_FUNCTION;
	fake_bus_add(31, 7, 0x1234, 0x1041, 0);
	assert_int_equal(pci_find(0x1234, nic_ids, 2, &f), OK);
	assert_int_equal(f.function, 7);
}

static void silences_all_but_bridges(void **state)
{
	(void)state;
	struct fake_function *isa =
		fake_bus_add(31, 0, 0x8086, 0x2918, PCI_CLASS_ISA_BRIDGE);
	struct fake_function *disk =
		fake_bus_add(31, 2, 0x8086, 0x2922, 0x0106);
	struct fake_function *port = fake_bus_add(4, 0, 0x1b36, 12, 0x0604);

	isa->config[PCI_HEADER_TYPE] = PCI_HEADER_MULTI_FUNCTION;
	pci_silence_bus();
	assert_int_equal(command_of(&fake_bus.functions[0]), 7);
	assert_int_equal(command_of(isa), 7);
	assert_int_equal(command_of(disk), PCI_COMMAND_INTERRUPT_DISABLE);
	assert_int_equal(command_of(port), PCI_COMMAND_INTERRUPT_DISABLE);
}

static struct fake_function *add_nic(struct pci_function *f)
{
	struct fake_function *fake = fake_bus_add(3, 0, 0x1af4, 0x1041, 0x0200);

	assert_int_equal(pci_find(0x1af4, nic_ids, 2, f), OK);
	return fake;
}

static void assigns_bars(void **state)
{
	struct pci_function f;
	struct fake_function *fake = add_nic(&f);

	(void)state;
	fake_function_bar(fake, 0, 32, PCI_BAR_IS_IO);
	fake_function_bar(fake, 1, 64, 0);
	fake_function_bar(fake, 2, 0x100000, PCI_BAR_TYPE_64 | 8);
	fake_function_bar(fake, 4, 0x4000, PCI_BAR_TYPE_64);
	assert_int_equal(pci_assign_bars(&f, &info), OK);
	assert_int_equal(f.bars[0].bytes, 0);
	assert_int_equal(f.bars[1].bytes, 64);
	assert_int_equal(f.bars[1].base.value, 0xc0000000);
	assert_int_equal(f.bars[2].bytes, 0x100000);
	assert_int_equal(f.bars[2].base.value, 0xc0100000);
	assert_int_equal(f.bars[3].bytes, 0);
	assert_int_equal(f.bars[4].base.value, 0xc0200000);
	assert_int_equal(fake_function_read32(fake, PCI_BAR0 + 4), 0xc0000000);
	assert_int_equal(fake_function_read32(fake, PCI_BAR0 + 8), 0xc010000c);
	assert_int_equal(fake_function_read32(fake, PCI_BAR0 + 12), 0);
	assert_int_equal(command_of(fake), 0x0406);
}

static void refuses_bars(uint64_t bytes, uint32_t flags, unsigned int bar,
			 enum err expected)
{
	struct pci_function f;

	set_up(NULL);
	struct fake_function *fake = add_nic(&f);
	fake_function_bar(fake, bar, bytes, flags);
	assert_int_equal(pci_assign_bars(&f, &info), expected);
	if (expected != OK) {
		assert_int_equal(command_of(fake), 0x0400);
		assert_int_equal(f.bars[bar].bytes, 0);
	}
}

static void judges_bars(void **state)
{
	(void)state;
	refuses_bars(0x20000000, 0, 0, OK);
	refuses_bars(0x40000000, 0, 0, ERR_UNSUPPORTED);
	refuses_bars(1ull << 40, PCI_BAR_TYPE_64, 0, ERR_UNSUPPORTED);
	refuses_bars(0x1000, 0x2, 0, ERR_DEVICE); // below 1 MiB: reserved
	refuses_bars(0x1000, 0x6, 0, ERR_DEVICE);
	refuses_bars(0x1000, PCI_BAR_TYPE_64, 5, ERR_DEVICE);
	refuses_bars(0x3000, 0, 0, ERR_DEVICE); // holes in the mask
}

static void keeps_bars_in_the_window(void **state)
{
	struct pci_function f;
	struct fake_function *fake = add_nic(&f);

	(void)state;
	fake_function_bar(fake, 0, 0x10000000, 0);
	fake_function_bar(fake, 1, 0x10000000, 0);
	assert_int_equal(pci_assign_bars(&f, &info), OK);
	fake_function_bar(fake, 2, 0x10, 0);
	assert_int_equal(pci_assign_bars(&f, &info), ERR_UNSUPPORTED);
	assert_int_equal(command_of(fake), 0x0400);
}

static void keeps_bars_off_ram(void **state)
{
	struct pci_function f;

	(void)state;
	fake_function_bar(add_nic(&f), 0, 0x2000, 0);
	info.ram[1] = (struct boot_region){ 0xc0001000, 1 };
	info.ram_count = 2;
	assert_int_equal(pci_assign_bars(&f, &info), ERR_UNSUPPORTED);
	info.ram[1].base = 0xc0002000;
	assert_int_equal(pci_assign_bars(&f, &info), OK);
	info.image_base = 0xbffff000;
	info.image_bytes = 0x1000;
	info.loaded_bytes = 0x1000;
	assert_int_equal(pci_assign_bars(&f, &info), OK);
	// what is packed behind the image
	info.loaded_bytes = 0x2000;
	assert_int_equal(pci_assign_bars(&f, &info), ERR_UNSUPPORTED);
}

static void refuses_a_bar_that_moves(void **state)
{
	struct pci_function f;
	struct fake_function *fake = add_nic(&f);

	(void)state;
	fake->bar_mask[0] = 0xeffff000;
	fake_function_write32(fake, PCI_BAR0, 0x10000000); // a bit that stays
	assert_int_equal(pci_assign_bars(&f, &info), ERR_DEVICE);
	fake_function_bar(fake, 0, 0x1000, PCI_BAR_TYPE_64);
	assert_int_equal(pci_assign_bars(&f, &info), OK);
	fake->bar_mask[1] = 0xfffffff0;
	fake_function_write32(fake, PCI_BAR0 + 4, 0xf);
	assert_int_equal(pci_assign_bars(&f, &info), ERR_DEVICE);
}

static void refuses_a_bridge_header(void **state)
{
	struct pci_function f;

	(void)state;
	add_nic(&f)->config[PCI_HEADER_TYPE] = 1;
	assert_int_equal(pci_assign_bars(&f, &info), ERR_DEVICE);
}

static void maps_within_a_bar(void **state)
{
	struct pci_function f;
	volatile void *at = NULL;

	(void)state;
	fake_function_bar(add_nic(&f), 1, 0x4000, 0);
	assert_int_equal(pci_assign_bars(&f, &info), OK);
	assert_int_equal(pci_map(&f, 1, 0, 0x4000, &at), OK);
	const volatile uint8_t *start = at;
	assert_int_equal(pci_map(&f, 1, 0x3ffe, 2, &at), OK);
	assert_ptr_equal(at, start + 0x3ffe);
	assert_int_equal(pci_map(&f, 1, 0x3ffe, 3, &at), ERR_DEVICE);
	assert_int_equal(pci_map(&f, 1, 0x4001, 0, &at), ERR_DEVICE);
	assert_int_equal(pci_map(&f, 1, 0, 0, &at), ERR_DEVICE);
	assert_int_equal(pci_map(&f, 1, UINT64_MAX, 2, &at), ERR_DEVICE);
	assert_int_equal(pci_map(&f, 1, 2, UINT64_MAX, &at), ERR_DEVICE);
	assert_int_equal(pci_map(&f, 0, 0, 1, &at), ERR_DEVICE);
	assert_int_equal(pci_map(&f, 6, 0, 1, &at), ERR_DEVICE);
	assert_int_equal(pci_map(&f, 7, 0, 1, &at), ERR_DEVICE);
	assert_ptr_equal(at, start + 0x3ffe);
}

static void walks_capabilities(void **state)
{
	struct pci_function f;
	struct pci_walk walk = { 0 };
	struct fake_function *fake = add_nic(&f);

	(void)state;
	fake->config[PCI_CAPABILITIES_POINTER] = 0x42; // low bits don't count
	fake->config[0x40] = 9;
	fake->config[0x41] = 0xfc;
	fake->config[0xfc] = 0x11;
	assert_int_equal(pci_walk_next(&f, &walk), ERR_NOT_FOUND);
	fake_function_write16(fake, PCI_STATUS, PCI_STATUS_CAPABILITIES_LIST);
	assert_int_equal(pci_walk_next(&f, &walk), OK);
	assert_int_equal(walk.offset, 0x40);
	assert_int_equal(walk.id, 9);
	assert_int_equal(pci_walk_next(&f, &walk), OK);
	assert_int_equal(walk.offset, 0xfc);
	assert_int_equal(walk.id, 0x11);
	assert_int_equal(pci_walk_next(&f, &walk), ERR_NOT_FOUND);
}

static void stops_at_a_bad_list(void **state)
{
	struct pci_function f;
	struct pci_walk walk = { 0 };
	struct fake_function *fake = add_nic(&f);
	unsigned int steps = 0;

	(void)state;
	fake_function_write16(fake, PCI_STATUS, PCI_STATUS_CAPABILITIES_LIST);
	fake->config[PCI_CAPABILITIES_POINTER] = 0x3c;
	assert_int_equal(pci_walk_next(&f, &walk), ERR_DEVICE);
	fake->config[PCI_CAPABILITIES_POINTER] = 0x40;
	fake->config[0x41] = 0x40;
	enum err e;
	while ((e = pci_walk_next(&f, &walk)) == OK)
		steps++;
	assert_int_equal(e, ERR_DEVICE);
	assert_int_equal(steps, 48);
}

static void add_virtio(struct pci_function *f)
{
	set_up(NULL);
	fake_virtio_add(0x1041, VIRTIO_F_VERSION_1, 256);
	assert_int_equal(pci_find(0x1af4, nic_ids, 2, f), OK);
	assert_int_equal(pci_assign_bars(f, &info), OK);
}

static void enables_msix(void **state)
{
	struct pci_function f;

	(void)state;
	add_virtio(&f);
	assert_int_equal(msix_enable(&f), OK);
	assert_int_equal(load_le32(fake_virtio.msix), FAKE_MSI_ADDRESS);
	assert_int_equal(load_le32(fake_virtio.msix + 4), 0);
	assert_int_equal(load_le32(fake_virtio.msix + 8), FAKE_MSI_DATA);
	assert_int_equal(load_le32(fake_virtio.msix + 12), 0);
	assert_int_equal(load_le32(fake_virtio.msix + 16 + 12), 1);
	assert_int_equal(load_le32(fake_virtio.msix + 32 + 12), 1);
	assert_int_equal(fake_virtio.msix[48], 0xa5);
	uint32_t control =
		fake_function_read32(fake_virtio.function, FAKE_CAP_MSIX) >> 16;
	assert_int_equal(control, PCI_MSIX_CONTROL_ENABLE);
}

static void refuses_msix(unsigned int offset, uint32_t value, enum err expected)
{
	struct pci_function f;

	add_virtio(&f);
	fake_function_write32(fake_virtio.function, offset, value);
	assert_int_equal(msix_enable(&f), expected);
}

static void judges_msix(void **state)
{
	const unsigned int table = FAKE_CAP_MSIX + PCI_MSIX_TABLE;
	const unsigned int pending = FAKE_CAP_MSIX + PCI_MSIX_PBA;

	(void)state;
	refuses_msix(PCI_CAPABILITIES_POINTER, FAKE_CAP_COMMON,
		     ERR_UNSUPPORTED);
	refuses_msix(table, 0xfd0 | 1, OK);
	refuses_msix(table, 0xfd8 | 1, ERR_DEVICE);
	refuses_msix(table, 0xfffffff8 | 1, ERR_DEVICE);
	refuses_msix(table, 0, ERR_DEVICE); // an I/O BAR
	refuses_msix(table, 7, ERR_DEVICE);
	refuses_msix(pending, 0xff8 | 1, OK);
	refuses_msix(pending, 0x1000 | 1, ERR_DEVICE);
	refuses_msix(pending, 6, ERR_DEVICE);
}

static void judges_where_msix_ends(void **state)
{
	struct pci_function f;

	(void)state;
	add_virtio(&f);
	fake_virtio.function->config[PCI_CAPABILITIES_POINTER] = 0xf8;
	fake_virtio.function->config[0xf8] = PCI_CAPABILITY_ID_MSIX;
	assert_int_equal(msix_enable(&f), ERR_DEVICE);
}

// Whatever it answers: an error or success, and no access out of place.
static void survives_noise(void **state)
{
	struct pci_function f;

	(void)state;
	for (unsigned int turn = 0; turn < 20000; turn++) {
		add_virtio(&f);
		fake_bus_reset(turn + 1);
		fake_virtio_add(0x1041, 0, 256);
		fake_virtio.function->noise = turn % 64;
		pci_silence_bus();
		if (pci_find(0x1af4, nic_ids, 2, &f) != OK ||
		    pci_assign_bars(&f, &info) != OK)
			continue;
		enum err e = msix_enable(&f);
		assert_true(e == OK || e == ERR_DEVICE ||
			    e == ERR_UNSUPPORTED || e == ERR_NO_MEMORY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_functions, set_up),
		cmocka_unit_test_setup(silences_all_but_bridges, set_up),
		cmocka_unit_test_setup(assigns_bars, set_up),
		cmocka_unit_test_setup(judges_bars, set_up),
		cmocka_unit_test_setup(keeps_bars_in_the_window, set_up),
		cmocka_unit_test_setup(keeps_bars_off_ram, set_up),
		cmocka_unit_test_setup(refuses_a_bar_that_moves, set_up),
		cmocka_unit_test_setup(refuses_a_bridge_header, set_up),
		cmocka_unit_test_setup(maps_within_a_bar, set_up),
		cmocka_unit_test_setup(walks_capabilities, set_up),
		cmocka_unit_test_setup(stops_at_a_bad_list, set_up),
		cmocka_unit_test_setup(enables_msix, set_up),
		cmocka_unit_test_setup(judges_msix, set_up),
		cmocka_unit_test_setup(judges_where_msix_ends, set_up),
		cmocka_unit_test_setup(survives_noise, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

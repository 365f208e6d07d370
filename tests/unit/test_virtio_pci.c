// SPDX-License-Identifier: Apache-2.0
// How the card starts, and which one is refused.
#include "kernel/dev/virtio_pci.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "abi/snp.h"
#include "kernel/dev/nic.h"
#include "kernel/entropy/entropy.h"
#include "tests/fake/shared_array.h"
#include "tests/fake/snp.h"
#include "tests/fake/virtio_device.h"

#define RECEIVE VIRTIO_NET_QUEUE_RECEIVE
#define TRANSMIT VIRTIO_NET_QUEUE_TRANSMIT
#define QUEUE_SIZE 16
#define MAC_TEXT "\x52\x54\x00\x12\x34\x56"

#define OFFERED                                                        \
	(VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX | VIRTIO_NET_F_CSUM | \
	 VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS)

static const struct boot_info info = {
	.ram = { { 0x100000, 0x1000 } },
	.ram_count = 1,
};

enum err entropy_get(uint8_t *out, size_t count)
{
	memset(out, 0xff, count);
	return OK;
}

static void add_card(uint64_t offered)
{
	fake_bus_reset(1);
	fake_shared_reset(nic_shared_bytes());
	fake_bus_add(0, 0, 0x8086, 0x29c0, PCI_CLASS_HOST_BRIDGE);
	fake_virtio_add(VIRTIO_PCI_DEVICE_NET, offered, QUEUE_SIZE);
}

static void starts(void **state)
{
	uint8_t mac[NIC_MAC_BYTES];

	(void)state;
	// Segmentation, merged buffers and indirect descriptors aren't taken.
	add_card(OFFERED | 1ull << 7 | 1ull << 15 | 1ull << 28 | 1ull << 34);
	assert_int_equal(nic_init(&info), OK);
	assert_true(fake_virtio.accepted == OFFERED);
	assert_int_equal(fake_virtio.common.device_status, 15);
	assert_int_equal(fake_virtio.queues[RECEIVE].vector, 0);
	assert_int_equal(fake_virtio.queues[TRANSMIT].vector,
			 VIRTIO_MSI_NO_VECTOR);
	assert_int_equal(fake_virtio.queues[RECEIVE].enable, 1);
	assert_int_equal(fake_virtio.queues[TRANSMIT].enable, 1);
	assert_int_equal(fake_virtio.queues[RECEIVE].rings, 1);
	assert_int_equal(fake_virtio.queues[TRANSMIT].rings, 0);
	nic_mac(mac);
	assert_memory_equal(mac, MAC_TEXT, 6);
	assert_true(nic_offloads_checksum());
	assert_true(nic_link_is_up());
	fake_virtio.config[6] = 0;
	assert_false(nic_link_is_up());
}

static void starts_without_extras(void **state)
{
	uint8_t mac[NIC_MAC_BYTES];

	(void)state;
	add_card(VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
	assert_int_equal(nic_init(&info), OK);
	assert_true(fake_virtio.accepted ==
		    (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM));
	nic_mac(mac);
	assert_memory_equal(mac, "\xfe\xff\xff\xff\xff\xff", 6);
	assert_false(nic_offloads_checksum());
	assert_true(nic_link_is_up());
}

// A card that would reach for private memory is no card for an SEV-SNP guest.
static void demands_the_platforms_rules(void **state)
{
	(void)state;
	fake_snp_set_status(SEV_STATUS_SNP);
	add_card(OFFERED);
	assert_int_equal(nic_init(&info), ERR_UNSUPPORTED);
	assert_int_equal(fake_virtio.common.device_status,
			 VIRTIO_STATUS_FAILED);
	add_card(OFFERED | VIRTIO_F_ACCESS_PLATFORM);
	assert_int_equal(nic_init(&info), OK);
	assert_true(fake_virtio.accepted ==
		    (OFFERED | VIRTIO_F_ACCESS_PLATFORM));
	fake_snp_set_status(0);
}

static void makes_a_mac_of_its_own(void **state)
{
	uint8_t mac[NIC_MAC_BYTES];

	(void)state;
	add_card(OFFERED);
	memset(fake_virtio.config, 0, 6);
	assert_int_equal(nic_init(&info), OK);
	nic_mac(mac);
	assert_memory_equal(mac, "\xfe\xff\xff\xff\xff\xff", 6);
	add_card(OFFERED);
	fake_virtio.config[0] = 0x53; // a group
	assert_int_equal(nic_init(&info), OK);
	nic_mac(mac);
	assert_memory_equal(mac, "\xfe\xff\xff\xff\xff\xff", 6);
}

static void takes_a_transitional_card(void **state)
{
	(void)state;
	fake_bus_reset(1);
	fake_shared_reset(nic_shared_bytes());
	fake_bus_add(0, 0, 0x8086, 0x29c0, PCI_CLASS_HOST_BRIDGE);
	assert_int_equal(nic_init(&info), ERR_NOT_FOUND);
	fake_virtio_add(VIRTIO_PCI_DEVICE_NET_TRANSITIONAL, OFFERED,
			QUEUE_SIZE);
	assert_int_equal(nic_init(&info), OK);
}

static void refuse(enum err expected)
{
	struct nic_frame frame;
	uint8_t out[NIC_FRAME_LIMIT];

	assert_int_equal(nic_init(&info), expected);
	assert_int_equal(nic_receive(out, sizeof(out), &frame), ERR_DEVICE);
	assert_int_equal(nic_flush(), ERR_DEVICE);
	assert_false(nic_link_is_up());
	assert_false(nic_arm_interrupt());
}

static void refuses_a_bad_card(void **state)
{
	(void)state;
	add_card(OFFERED & ~VIRTIO_F_VERSION_1);
	refuse(ERR_UNSUPPORTED);
	assert_int_equal(fake_virtio.common.device_status,
			 VIRTIO_STATUS_FAILED);
	add_card(OFFERED);
	fake_virtio.refuses_features = true;
	refuse(ERR_UNSUPPORTED);
	add_card(OFFERED);
	fake_virtio.keeps_status = true;
	refuse(ERR_DEVICE);
	add_card(OFFERED);
	fake_virtio.refuses_vectors = true;
	refuse(ERR_DEVICE);
	add_card(OFFERED);
	fake_virtio.is_restless = true;
	refuse(ERR_DEVICE);
	add_card(OFFERED);
	fake_virtio.wants_reset = true;
	refuse(ERR_DEVICE);
	add_card(OFFERED);
	fake_shared_reset(20000);
	refuse(ERR_NO_MEMORY);
}

static void judges_queues(void **state)
{
	static const uint16_t bad[] = { 0, 3, 0x8001, 0xffff };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		add_card(OFFERED);
		fake_virtio.queues[TRANSMIT].size = bad[i];
		refuse(ERR_DEVICE);
	}
	add_card(OFFERED);
	fake_virtio.queues[TRANSMIT].size = 0x8000;
	assert_int_equal(nic_init(&info), OK);
	assert_int_equal(fake_virtio.queues[TRANSMIT].size, 256);
	add_card(OFFERED);
	fake_virtio.queues[RECEIVE].enable = 1; // although just reset
	refuse(ERR_DEVICE);
	// The doorbell: its structure has room for offsets 0 to 0x3ff.
	add_card(OFFERED);
	fake_virtio.queues[TRANSMIT].notify_off = 0x3ff;
	assert_int_equal(nic_init(&info), OK);
	add_card(OFFERED);
	fake_virtio.queues[TRANSMIT].notify_off = 0x400;
	refuse(ERR_DEVICE);
}

static void refuse_capability(unsigned int offset, uint32_t value,
			      enum err expected)
{
	add_card(OFFERED);
	fake_function_write32(fake_virtio.function, offset, value);
	refuse(expected);
}

static void judges_capabilities(void **state)
{
	const unsigned int at = VIRTIO_PCI_CAP_OFFSET;
	const unsigned int bytes = VIRTIO_PCI_CAP_BYTES;

	(void)state;
	refuse_capability(FAKE_CAP_COMMON + at, 0x4000, ERR_DEVICE);
	refuse_capability(FAKE_CAP_COMMON + at, 0x3fcc, ERR_DEVICE);
	refuse_capability(FAKE_CAP_COMMON + at, 0xfffffffc, ERR_DEVICE);
	refuse_capability(FAKE_CAP_COMMON + at, 2, ERR_DEVICE);
	refuse_capability(FAKE_CAP_COMMON + bytes, 55, ERR_DEVICE);
	refuse_capability(FAKE_CAP_COMMON + 4, 0, ERR_DEVICE); // I/O BAR
	refuse_capability(FAKE_CAP_COMMON + 4, 6, ERR_UNSUPPORTED);
	refuse_capability(FAKE_CAP_NOTIFY + 4, 6, ERR_UNSUPPORTED);
	refuse_capability(FAKE_CAP_NOTIFY + at, 0x4000, ERR_DEVICE);
	refuse_capability(FAKE_CAP_NOTIFY + at, 0x3001, ERR_DEVICE);
	refuse_capability(FAKE_CAP_NOTIFY + bytes, 1, ERR_DEVICE);
	refuse_capability(FAKE_CAP_NOTIFY + 16, 3, ERR_DEVICE);
	refuse_capability(FAKE_CAP_NOTIFY + 16, 0xfffffffe, ERR_DEVICE);
	refuse_capability(FAKE_CAP_DEVICE + at, 0x4000, ERR_DEVICE);
	refuse_capability(FAKE_CAP_DEVICE + at, 0x2001, ERR_DEVICE);
	refuse_capability(FAKE_CAP_DEVICE + bytes, 5, ERR_DEVICE);
	refuse_capability(FAKE_CAP_DEVICE + 4, 9, ERR_DEVICE);
	add_card(OFFERED);
	fake_virtio.function->config[FAKE_CAP_COMMON + 2] = 15;
	refuse(ERR_DEVICE);
	add_card(OFFERED);
	fake_virtio.function->config[FAKE_CAP_NOTIFY + 2] = 16;
	refuse(ERR_DEVICE);
	add_card(OFFERED); // one that ends beyond configuration space
	fake_virtio.function->config[FAKE_CAP_DEVICE + 1] = 0xf4;
	fake_virtio.function->config[0xf4] = PCI_CAPABILITY_ID_VENDOR;
	refuse(ERR_DEVICE);
	add_card(OFFERED); // a notification one whose multiplier would
	uint8_t *config = fake_virtio.function->config;
	config[FAKE_CAP_DEVICE + 1] = 0xf0;
	memcpy(config + 0xf0, config + FAKE_CAP_NOTIFY, 16);
	config[0xf1] = 0;
	config[FAKE_CAP_NOTIFY + VIRTIO_PCI_CAP_TYPE] = 0xff;
	refuse(ERR_DEVICE);
}

// A device whose registers hold noise starts or doesn't; nothing else happens.
static void survives_noise(void **state)
{
	unsigned int started = 0;

	(void)state;
	for (unsigned int turn = 0; turn < 8000; turn++) {
		add_card(OFFERED);
		fake_bus.random += 2 * turn;
		fake_virtio.noise = turn % 16;
		fake_virtio.function->noise = turn / 16 % 8;
		started += nic_init(&info) == OK;
	}
	assert_in_range(started, 100, 7900);
}

static int tear_down(void **state)
{
	(void)state;
	fake_shared_reset(0);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts),
		cmocka_unit_test(starts_without_extras),
		cmocka_unit_test(demands_the_platforms_rules),
		cmocka_unit_test(makes_a_mac_of_its_own),
		cmocka_unit_test(takes_a_transitional_card),
		cmocka_unit_test(refuses_a_bad_card),
		cmocka_unit_test(judges_queues),
		cmocka_unit_test(judges_capabilities),
		cmocka_unit_test(survives_noise),
	};
	return cmocka_run_group_tests(tests, NULL, tear_down);
}

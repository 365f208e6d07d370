// SPDX-License-Identifier: Apache-2.0
// Frames through a card that runs.
#include "kernel/dev/nic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "kernel/entropy/entropy.h"
#include "tests/fake/shared_array.h"
#include "tests/fake/virtio_device.h"

#define HEADER_BYTES 12
#define RECEIVE VIRTIO_NET_QUEUE_RECEIVE
#define TRANSMIT VIRTIO_NET_QUEUE_TRANSMIT
#define QUEUE_SIZE 16

#define OFFERED                                                        \
	(VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX | VIRTIO_NET_F_CSUM | \
	 VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS)

static const struct boot_info info = {
	.ram = { { 0x100000, 0x1000 } },
	.ram_count = 1,
};
static const struct nic_checksum no_checksum;
static const uint8_t zeros[2000];

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

static void start_card(uint64_t offered)
{
	add_card(offered);
	assert_int_equal(nic_init(&info), OK);
}

// Delivers `length` bytes of frame behind a header.
static void deliver(size_t length, uint8_t flags, uint8_t gso_type,
		    uint8_t buffer_count)
{
	uint8_t bytes[HEADER_BYTES + 1600] = { 0 };

	bytes[0] = flags;
	bytes[1] = gso_type;
	bytes[10] = buffer_count;
	for (size_t i = 0; i < length; i++)
		bytes[HEADER_BYTES + i] = (uint8_t)i;
	assert_true(fake_virtio_deliver(bytes, HEADER_BYTES + length));
}

static void receives(void **state)
{
	struct nic_frame frame;
	uint8_t out[NIC_FRAME_LIMIT];

	(void)state;
	start_card(OFFERED);
	assert_int_equal(nic_receive(out, sizeof(out), &frame), ERR_AGAIN);
	// Enough for every buffer to be used several times.
	for (unsigned int i = 0; i < 5 * QUEUE_SIZE; i++) {
		size_t length = i % 2 ? NIC_FRAME_LIMIT : 14;
		deliver(length, i % 4 == 3 ? VIRTIO_NET_HDR_F_DATA_VALID : 0, 0,
			i / 4 % 2); // QEMU 7.2 says 0 for 1
		assert_int_equal(nic_receive(out, sizeof(out), &frame), OK);
		assert_int_equal(frame.length, length);
		assert_int_equal(frame.checksum_is_valid, i % 4 == 3);
		assert_int_equal(out[length - 1], (uint8_t)(length - 1));
		assert_int_equal(nic_flush(), OK);
	}
	assert_int_equal(nic_receive(out, sizeof(out), &frame), ERR_AGAIN);
	assert_int_equal(nic_figures().received_frames, 5 * QUEUE_SIZE);
	assert_int_equal(nic_figures().received_bytes,
			 5 * QUEUE_SIZE / 2 * (14 + NIC_FRAME_LIMIT));
	assert_int_equal(nic_figures().dropped_frames, 0);
}

static void drops_bad_frames(void **state)
{
	struct nic_frame frame = { .length = 99 };
	uint8_t out[NIC_FRAME_LIMIT + 1] = { 0xee };

	(void)state;
	start_card(OFFERED);
	assert_true(fake_virtio_deliver(zeros, 0));
	assert_true(fake_virtio_deliver(zeros, HEADER_BYTES - 1));
	deliver(13, 0, 0, 1);
	deliver(NIC_FRAME_LIMIT + 1, 0, 0, 1);
	deliver(60, 0, 0, 2);
	deliver(60, 0, 1, 1);
	assert_int_equal(nic_receive(out, sizeof(out), &frame), ERR_AGAIN);
	assert_int_equal(frame.length, 99);
	assert_int_equal(out[0], 0xee);
	assert_int_equal(nic_figures().dropped_frames, 6);
	deliver(60, 0, 0, 1);
	assert_int_equal(nic_receive(out, 59, &frame), ERR_AGAIN);
	deliver(60, 0, 0, 1);
	assert_int_equal(nic_receive(out, 60, &frame), OK);
	// All buffers are back: a full ring of frames comes through.
	for (unsigned int i = 0; i < QUEUE_SIZE; i++)
		deliver(60, 0, 0, 1);
	for (unsigned int i = 0; i < QUEUE_SIZE; i++)
		assert_int_equal(nic_receive(out, 60, &frame), OK);
}

static void believes_no_checksum_unasked(void **state)
{
	struct nic_frame frame;
	uint8_t out[64];

	(void)state;
	start_card(VIRTIO_F_VERSION_1);
	deliver(60, VIRTIO_NET_HDR_F_DATA_VALID, 0, 1);
	assert_int_equal(nic_receive(out, sizeof(out), &frame), OK);
	assert_false(frame.checksum_is_valid);
}

static enum err send(size_t length)
{
	const struct nic_piece piece = { zeros, length };

	return nic_send(&piece, 1, no_checksum);
}

static void sends(void **state)
{
	const struct nic_piece pieces[] = { { "abc", 3 },
					    { "", 0 },
					    { "defg", 4 } };
	const struct nic_checksum sum = { true, 34, 16 };
	uint8_t out[2048];

	(void)state;
	start_card(OFFERED);
	assert_int_equal(nic_send(pieces, 3, no_checksum), OK);
	assert_int_equal(fake_virtio.queues[TRANSMIT].rings, 0);
	assert_int_equal(nic_flush(), OK);
	assert_int_equal(fake_virtio.queues[TRANSMIT].rings, 1);
	assert_int_equal(fake_virtio_take_sent(out, sizeof(out)), 19);
	assert_memory_equal(out, "\0\0\0\0\0\0\0\0\0\0\0\0abcdefg", 19);
	assert_int_equal(nic_send(pieces, 1, sum), OK);
	assert_int_equal(fake_virtio_take_sent(out, sizeof(out)), 15);
	assert_memory_equal(out, "\1\0\0\0\0\0\x22\0\x10\0\0\0abc", 15);
	assert_int_equal(send(NIC_FRAME_LIMIT), OK);
	assert_int_equal(fake_virtio_take_sent(out, sizeof(out)),
			 HEADER_BYTES + NIC_FRAME_LIMIT);
	assert_int_equal(send(NIC_FRAME_LIMIT + 1), ERR_TOO_BIG);
	assert_int_equal(nic_figures().sent_frames, 3);
	assert_int_equal(nic_figures().sent_bytes, 7 + 3 + NIC_FRAME_LIMIT);
}

static void judges_pieces(void **state)
{
	const struct nic_piece pieces[] = { { zeros, NIC_FRAME_LIMIT },
					    { zeros, 1 } };
	const struct nic_piece huge[] = { { zeros, 10 },
					  { zeros, SIZE_MAX - 5 } };

	(void)state;
	start_card(OFFERED);
	assert_int_equal(nic_send(pieces, 2, no_checksum), ERR_TOO_BIG);
	assert_int_equal(nic_send(huge, 2, no_checksum), ERR_TOO_BIG);
	assert_int_equal(nic_figures().sent_frames, 0);
}

static void says_when_the_ring_is_full(void **state)
{
	uint8_t out[2048];

	(void)state;
	start_card(OFFERED);
	for (unsigned int i = 0; i < QUEUE_SIZE; i++)
		assert_int_equal(send(60), OK);
	assert_int_equal(send(60), ERR_AGAIN);
	assert_int_equal(nic_figures().ring_full, 1);
	// Nothing came free: sleep. Something did: don't, though no frame came.
	assert_true(nic_arm_interrupt());
	assert_int_equal(send(60), ERR_AGAIN);
	assert_int_not_equal(fake_virtio_take_sent(out, sizeof(out)), 0);
	assert_false(nic_arm_interrupt());
	assert_true(nic_arm_interrupt());
	assert_int_equal(send(60), OK);
	assert_int_equal(send(60), ERR_AGAIN);
}

static void rings_once_for_many(void **state)
{
	(void)state;
	start_card(OFFERED);
	for (unsigned int i = 0; i < QUEUE_SIZE; i++)
		assert_int_equal(send(60), OK);
	assert_int_equal(nic_flush(), OK);
	assert_int_equal(nic_flush(), OK);
	assert_int_equal(fake_virtio.queues[TRANSMIT].rings, 1);
	assert_int_equal(nic_figures().notifications, 2); // one at the start
}

static void arms_without_a_race(void **state)
{
	struct nic_frame frame;
	uint8_t out[64];

	(void)state;
	start_card(OFFERED);
	assert_true(nic_arm_interrupt());
	assert_int_equal(fake_virtio_used_event(RECEIVE), 0);
	deliver(60, 0, 0, 1);
	assert_false(nic_arm_interrupt());
	assert_int_equal(nic_receive(out, sizeof(out), &frame), OK);
	assert_true(nic_arm_interrupt());
	assert_int_equal(fake_virtio_used_event(RECEIVE), 1);
}

static void assert_dead(void)
{
	struct nic_frame frame;
	uint8_t out[NIC_FRAME_LIMIT];

	assert_int_equal(fake_virtio.common.device_status,
			 VIRTIO_STATUS_FAILED);
	assert_int_equal(nic_receive(out, sizeof(out), &frame), ERR_DEVICE);
	assert_int_equal(send(60), ERR_DEVICE);
	assert_int_equal(nic_flush(), ERR_DEVICE);
	assert_false(nic_arm_interrupt());
}

static void dies_of_a_lie(void **state)
{
	struct nic_frame frame;
	uint8_t out[NIC_FRAME_LIMIT];

	(void)state;
	start_card(OFFERED);
	fake_virtio_push_used(RECEIVE, 0, 1537);
	assert_int_equal(nic_receive(out, sizeof(out), &frame), ERR_DEVICE);
	assert_dead();
	start_card(OFFERED);
	store_le16(fake_virtio_used_index(RECEIVE), QUEUE_SIZE + 1);
	assert_int_equal(nic_receive(out, sizeof(out), &frame), ERR_DEVICE);
	assert_dead();
	start_card(OFFERED);
	for (unsigned int i = 0; i < QUEUE_SIZE; i++)
		assert_int_equal(send(60), OK);
	fake_virtio_push_used(TRANSMIT, QUEUE_SIZE, 0);
	assert_int_equal(send(60), ERR_DEVICE);
	assert_dead();
}

static void use_the_card(void)
{
	struct nic_frame frame;
	uint8_t out[NIC_FRAME_LIMIT];

	for (unsigned int step = 0; step < 40; step++) {
		unsigned int queue = step % 2 ? RECEIVE : TRANSMIT;
		if (fake_random() % 4 == 0)
			fake_virtio_scribble(queue);
		else
			fake_virtio_push_used(
				queue, (uint32_t)(fake_random() % QUEUE_SIZE),
				queue == RECEIVE
					? (uint32_t)(fake_random() % 1540)
					: 0);
		(void)nic_arm_interrupt();
		if (nic_receive(out, sizeof(out), &frame) == OK)
			assert_in_range(frame.length, 14, sizeof(out));
		if (send(60) == ERR_DEVICE || nic_flush() != OK)
			return;
	}
}

static void survives_noise(void **state)
{
	unsigned int started = 0;

	(void)state;
	for (unsigned int turn = 0; turn < 8000; turn++) {
		fake_bus_reset(turn + 1);
		fake_shared_reset(nic_shared_bytes());
		fake_virtio_add(VIRTIO_PCI_DEVICE_NET, OFFERED, QUEUE_SIZE);
		fake_virtio.noise = turn % 8;
		fake_virtio.function->noise = turn / 8 % 4;
		if (nic_init(&info) != OK)
			continue;
		started++;
		// Noise may have put a queue in a place that isn't known.
		if (fake_virtio.queues[RECEIVE].enable == 1 &&
		    fake_virtio.queues[TRANSMIT].enable == 1)
			use_the_card();
	}
	assert_in_range(started, 100, 7000);
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
		cmocka_unit_test(receives),
		cmocka_unit_test(drops_bad_frames),
		cmocka_unit_test(believes_no_checksum_unasked),
		cmocka_unit_test(sends),
		cmocka_unit_test(judges_pieces),
		cmocka_unit_test(says_when_the_ring_is_full),
		cmocka_unit_test(rings_once_for_many),
		cmocka_unit_test(arms_without_a_race),
		cmocka_unit_test(dies_of_a_lie),
		cmocka_unit_test(survives_noise),
	};
	return cmocka_run_group_tests(tests, NULL, tear_down);
}

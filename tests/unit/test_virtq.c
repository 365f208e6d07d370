// SPDX-License-Identifier: Apache-2.0
#include "kernel/dev/virtq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/virtio.h"
#include "base/bytes.h"
#include "kernel/dev/mmio.h"
#include "tests/fake/shared_array.h"

#define SIZE 8
#define BUFFER_BYTES 64

static struct virtq q;
static uint32_t doorbell; // its address is all that counts
static unsigned int doorbell_rings;

// The device's view.
static struct {
	uint8_t *descriptors, *available, *used;
	uint16_t index;
} device;

void mmio_write16(volatile void *at, uint16_t value)
{
	if (at != &doorbell || value != 1)
		abort();
	doorbell_rings++;
}

static void make(enum virtq_direction direction, bool event_idx)
{
	const struct virtq_config config = {
		.size = SIZE,
		.buffer_bytes = BUFFER_BYTES,
		.direction = direction,
		.event_idx = event_idx,
		.doorbell = &doorbell,
		.doorbell_value = 1,
	};

	fake_shared_reset(virtq_shared_bytes(SIZE, BUFFER_BYTES));
	doorbell_rings = 0;
	assert_int_equal(virtq_init(&q, &config), OK);
	struct virtq_addresses at = virtq_addresses(&q);
	device.descriptors = (uint8_t *)(uintptr_t)at.descriptors.value;
	device.available = (uint8_t *)(uintptr_t)at.available.value;
	device.used = (uint8_t *)(uintptr_t)at.used.value;
	device.index = 0;
}

static void set_used_index(uint16_t index)
{
	store_le16(device.used + VIRTQ_USED_IDX, index);
}

static void push_used(uint32_t id, uint32_t length)
{
	uint8_t *entry =
		device.used + VIRTQ_USED_RING + 8u * (device.index % SIZE);

	store_le32(entry, id);
	store_le32(entry + 4, length);
	set_used_index(++device.index);
}

static uint16_t post_one(uint16_t bytes)
{
	uint16_t slot;

	assert_int_equal(virtq_claim(&q, &slot), OK);
	virtq_post(&q, slot, bytes);
	return slot;
}

static enum err collect(void)
{
	uint16_t slot;
	uint16_t written;

	return virtq_collect(&q, &slot, &written);
}

static void takes_no_more_than_it_says(void **state)
{
	const struct virtq_config config = { .size = 256,
					     .buffer_bytes = 1536 };

	(void)state;
	fake_shared_reset(virtq_shared_bytes(256, 1536));
	assert_int_equal(virtq_init(&q, &config), OK);
	fake_shared_reset(256 * 1536);
	assert_int_equal(virtq_init(&q, &config), ERR_NO_MEMORY);
	fake_shared_reset(100);
	assert_int_equal(virtq_init(&q, &config), ERR_NO_MEMORY);
}

static void describes_buffers(void **state)
{
	(void)state;
	make(VIRTQ_FROM_DEVICE, false);
	uint16_t first = post_one(BUFFER_BYTES);
	const uint8_t *d = device.descriptors + 16u * first;
	uint8_t *buffer = (uint8_t *)(uintptr_t)load_le64(d);
	uint8_t out[4];

	assert_int_equal(first, 0);
	assert_int_equal(load_le32(d + 8), BUFFER_BYTES);
	assert_int_equal(load_le16(d + 12), VIRTQ_DESC_F_WRITE);
	assert_int_equal(load_le16(device.available + VIRTQ_AVAIL_IDX), 1);
	assert_int_equal(load_le16(device.available + VIRTQ_AVAIL_RING), first);
	memcpy(buffer + BUFFER_BYTES - 4, "abcd", 4);
	virtq_read(&q, first, BUFFER_BYTES - 4, out, 4);
	assert_memory_equal(out, "abcd", 4);
	make(VIRTQ_TO_DEVICE, false);
	assert_int_equal(load_le16(device.descriptors + 12), 0);
}

static void goes_round_past_the_index_wrap(void **state)
{
	(void)state;
	make(VIRTQ_FROM_DEVICE, true);
	for (unsigned int turn = 0; turn < 70000; turn++) {
		uint16_t posted = post_one(BUFFER_BYTES);
		uint16_t slot;
		uint16_t written;
		push_used(posted, turn % (BUFFER_BYTES + 1));
		assert_int_equal(virtq_collect(&q, &slot, &written), OK);
		assert_int_equal(slot, posted);
		assert_int_equal(written, turn % (BUFFER_BYTES + 1));
		virtq_release(&q, slot);
		assert_int_equal(collect(), ERR_AGAIN);
	}
}

static void takes_slots_in_any_order(void **state)
{
	uint16_t slot;
	uint16_t written;

	(void)state;
	make(VIRTQ_FROM_DEVICE, false);
	for (unsigned int i = 0; i < SIZE; i++)
		post_one(BUFFER_BYTES);
	assert_int_equal(virtq_claim(&q, &slot), ERR_AGAIN);
	for (unsigned int i = SIZE; i-- > 0;)
		push_used(i, i);
	for (unsigned int i = SIZE; i-- > 0;) {
		assert_int_equal(virtq_collect(&q, &slot, &written), OK);
		assert_int_equal(slot, i);
		assert_int_equal(written, i);
	}
	assert_int_equal(collect(), ERR_AGAIN);
}

static void assert_dead(void)
{
	uint16_t slot = 77;
	uint16_t written = 78;

	assert_int_equal(virtq_collect(&q, &slot, &written), ERR_DEVICE);
	assert_int_equal(slot, 77);
	assert_int_equal(written, 78);
	// For good: a good index doesn't wake it.
	set_used_index(0);
	assert_int_equal(collect(), ERR_DEVICE);
	assert_false(virtq_announce(&q));
	assert_false(virtq_arm(&q));
}

static void judges_the_index(void **state)
{
	(void)state;
	make(VIRTQ_FROM_DEVICE, false);
	set_used_index(1); // nothing is in flight
	assert_dead();
	make(VIRTQ_FROM_DEVICE, false);
	post_one(BUFFER_BYTES);
	post_one(BUFFER_BYTES);
	set_used_index(3);
	assert_dead();
	make(VIRTQ_FROM_DEVICE, false);
	push_used(post_one(BUFFER_BYTES), 1);
	assert_int_equal(collect(), OK);
	set_used_index(0); // backward
	assert_dead();
}

static void judges_the_slot(void **state)
{
	static const uint32_t bad[] = { 1, SIZE, 0x10000, 0xffffffff };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		make(VIRTQ_FROM_DEVICE, false);
		assert_int_equal(post_one(BUFFER_BYTES), 0);
		push_used(bad[i], 1);
		assert_dead();
	}
	// The same one twice.
	make(VIRTQ_FROM_DEVICE, false);
	post_one(BUFFER_BYTES);
	post_one(BUFFER_BYTES);
	push_used(0, 1);
	push_used(0, 1);
	assert_int_equal(collect(), OK);
	assert_dead();
}

static void judges_the_length(void **state)
{
	(void)state;
	make(VIRTQ_FROM_DEVICE, false);
	push_used(post_one(BUFFER_BYTES), BUFFER_BYTES + 1);
	assert_dead();
	make(VIRTQ_FROM_DEVICE, false);
	push_used(post_one(16), 17);
	assert_dead();
	make(VIRTQ_TO_DEVICE, false);
	push_used(post_one(BUFFER_BYTES), 1);
	assert_dead();
	make(VIRTQ_TO_DEVICE, false);
	push_used(post_one(BUFFER_BYTES), 0);
	assert_int_equal(collect(), OK);
}

static void announces_by_flag(void **state)
{
	(void)state;
	make(VIRTQ_TO_DEVICE, false);
	assert_false(virtq_announce(&q));
	post_one(1);
	post_one(1);
	assert_true(virtq_announce(&q));
	assert_false(virtq_announce(&q));
	assert_int_equal(doorbell_rings, 1);
	store_le16(device.used + VIRTQ_USED_FLAGS, VIRTQ_USED_F_NO_NOTIFY);
	post_one(1);
	assert_false(virtq_announce(&q));
	assert_int_equal(doorbell_rings, 1);
}

static void announces_by_event(void **state)
{
	uint8_t *event;

	(void)state;
	make(VIRTQ_TO_DEVICE, true);
	event = device.used + VIRTQ_USED_RING + 8u * SIZE;
	// A flag means nothing now.
	store_le16(device.used + VIRTQ_USED_FLAGS, VIRTQ_USED_F_NO_NOTIFY);
	post_one(1);
	assert_true(virtq_announce(&q)); // 0 was passed
	post_one(1);
	assert_false(virtq_announce(&q));
	store_le16(event, 3);
	post_one(1);
	assert_false(virtq_announce(&q)); // entries 0 to 2 are there
	post_one(1);
	assert_true(virtq_announce(&q)); // and now 3
	store_le16(event, 6);
	post_one(1);
	post_one(1);
	post_one(1);
	assert_true(virtq_announce(&q)); // once for 4, 5 and 6
	assert_int_equal(doorbell_rings, 3);
}

static void arms_by_event(void **state)
{
	const uint8_t *event;

	(void)state;
	make(VIRTQ_FROM_DEVICE, true);
	event = device.available + VIRTQ_AVAIL_RING + 2u * SIZE;
	uint16_t a = post_one(BUFFER_BYTES);
	uint16_t b = post_one(BUFFER_BYTES);
	assert_true(virtq_arm(&q));
	assert_int_equal(load_le16(event), 0);
	push_used(a, 1);
	assert_false(virtq_arm(&q)); // one lies there
	assert_int_equal(collect(), OK);
	assert_true(virtq_arm(&q));
	assert_int_equal(load_le16(event), 1);
	push_used(b, 1);
	assert_int_equal(collect(), OK);
	assert_int_equal(load_le16(event), 1);
}

static void arms_by_flag(void **state)
{
	const uint8_t *flags;

	(void)state;
	make(VIRTQ_FROM_DEVICE, false);
	flags = device.available + VIRTQ_AVAIL_FLAGS;
	assert_int_equal(load_le16(flags), VIRTQ_AVAIL_F_NO_INTERRUPT);
	uint16_t a = post_one(BUFFER_BYTES);
	assert_true(virtq_arm(&q));
	assert_int_equal(load_le16(flags), 0);
	push_used(a, 1);
	assert_int_equal(collect(), OK);
	assert_int_equal(load_le16(flags), VIRTQ_AVAIL_F_NO_INTERRUPT);
}

static void refuses_to_sleep_on_known_entries(void **state)
{
	(void)state;
	make(VIRTQ_FROM_DEVICE, true);
	uint16_t a = post_one(BUFFER_BYTES);
	uint16_t b = post_one(BUFFER_BYTES);
	push_used(a, 1);
	push_used(b, 1);
	assert_int_equal(collect(), OK);
	assert_false(virtq_arm(&q)); // b is still uncollected
}

// One thing that a hostile device may do.
static void misbehave(void)
{
	switch (rand() % 6) {
	case 0:
		device.used[rand() % (6 + 8 * SIZE)] = (uint8_t)rand();
		break;
	case 1:
		device.available[rand() % (6 + 2 * SIZE)] = (uint8_t)rand();
		break;
	case 2:
		device.descriptors[rand() % (16 * SIZE)] = (uint8_t)rand();
		break;
	default:
		push_used((uint32_t)rand() % (SIZE + 1),
			  (uint32_t)rand() % (BUFFER_BYTES + 1));
		break;
	}
}

static void survives_noise(void **state)
{
	(void)state;
	srand(1);
	for (unsigned int turn = 0; turn < 20000; turn++) {
		unsigned int collected = 0;
		make(turn % 2 ? VIRTQ_TO_DEVICE : VIRTQ_FROM_DEVICE,
		     turn % 4 < 2);
		for (unsigned int step = 0; step < 50; step++) {
			uint16_t slot;
			uint16_t written;
			if (rand() % 2 && virtq_claim(&q, &slot) == OK)
				virtq_post(&q, slot, BUFFER_BYTES);
			misbehave();
			(void)virtq_announce(&q);
			(void)virtq_arm(&q);
			if (virtq_collect(&q, &slot, &written) != OK)
				continue;
			collected++;
			assert_true(slot < SIZE && written <= BUFFER_BYTES);
			virtq_release(&q, slot);
		}
		assert_true(collected <= q.posted);
		assert_int_equal(q.in_flight + q.free_count, SIZE);
	}
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
		cmocka_unit_test(takes_no_more_than_it_says),
		cmocka_unit_test(describes_buffers),
		cmocka_unit_test(goes_round_past_the_index_wrap),
		cmocka_unit_test(takes_slots_in_any_order),
		cmocka_unit_test(judges_the_index),
		cmocka_unit_test(judges_the_slot),
		cmocka_unit_test(judges_the_length),
		cmocka_unit_test(announces_by_flag),
		cmocka_unit_test(announces_by_event),
		cmocka_unit_test(arms_by_event),
		cmocka_unit_test(arms_by_flag),
		cmocka_unit_test(refuses_to_sleep_on_known_entries),
		cmocka_unit_test(survives_noise),
	};
	return cmocka_run_group_tests(tests, NULL, tear_down);
}

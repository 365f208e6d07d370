// SPDX-License-Identifier: Apache-2.0
// A key that this chip makes for this guest, and makes again for the same guest
// after a reboot (AMD 56860, 7.2, "Key Derivation"). Rooted in the chip (VCEK)
// even where a VLEK is installed: a VLEK is the cloud's, the same on many chips.
#pragma once

#include <stdint.h>

#include "abi/guest_message.h"
#include "base/err.h"

// Begins the message for VMPL 0's key with `fields` (KEY_FIELD_POLICY,
// _IMAGE_ID, _FAMILY_ID, _MEASUREMENT, _TCB; others are CHECKed away) mixed in.
// `tcb` is what KEY_FIELD_TCB mixes in; no component may be above the
// platform's COMMITTED_TCB, which a report says. Message version 1, which all
// firmware takes: version 2 only adds the mitigation vector. ERR_CLOSED as
// guest_message_begin says. CHECKs that no message is under way.
enum err derived_key_begin(uint64_t fields, uint64_t tcb);
// ERR_AGAIN: the host is busy, poll again after a while. ERR_UNSUPPORTED: the
// platform has no such key to give (MASK_CHIP_KEY). ERR_DEVICE: the secure
// processor refused otherwise. ERR_CLOSED: there won't be another message.
// `key` is untouched but on OK; the caller wipes it.
enum err derived_key_poll(uint8_t key[KEY_BYTES]);

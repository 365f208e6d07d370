// SPDX-License-Identifier: Apache-2.0
// The one interface: lwIP's netif over the NIC.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/config.h"

struct netif;

// Brings the interface up with its addresses. ERR_NO_MEMORY.
enum err link_init(const struct net_config *config);
struct netif *link_interface(void);
// Hands received frames to the stack, at most NET_FRAMES_PER_TURN. true if
// there was any. ERR_DEVICE ends the guest.
bool link_receive(uint64_t now_ns);
// Lets the stack send again what a full ring turned away. true if there was
// anything.
bool link_retry(void);
// Tells the device what is new, and ends the guest if the device is dead.
void link_flush(void);
// Whether some address besides the link-local one can be reached.
bool link_has_address(void);
// Frames refused before the stack saw them.
uint64_t link_refused(void);

// SPDX-License-Identifier: Apache-2.0
#include "net/timers.h"

#include "net/lwip/base.h"

#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/mld6.h"
#include "lwip/nd6.h"
#include "lwip/netif.h"
#include "lwip/prot/dhcp.h"
#include "lwip/priv/nd6_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"

#include "base/num.h"
#include "kernel/time/clock.h"
#include "net/closing.h"

static struct netif *interface;

static bool always(void)
{
	return true;
}

static bool tcp_has_work(void)
{
	return tcp_active_pcbs != NULL || tcp_tw_pcbs != NULL;
}

// The fine timer only ends waits for a server's answer.
static bool dhcp_waits(void)
{
	const struct dhcp *dhcp = netif_dhcp_data(interface);

	return dhcp != NULL && dhcp->request_timeout > 0;
}

static bool dhcp_runs(void)
{
	return netif_dhcp_data(interface) != NULL;
}

static bool mld_waits(void)
{
	const struct mld_group *group = netif_mld6_data(interface);

	for (; group != NULL; group = group->next)
		if (group->timer > 0)
			return true;
	return false;
}

static struct timer {
	uint32_t interval_ms;
	void (*run)(void);
	bool (*has_work)(void);
	uint64_t due_ns; // UINT64_MAX while it has no work
} timers[] = {
	{ TCP_TMR_INTERVAL, tcp_tmr, tcp_has_work, 0 },
	{ TCP_TMR_INTERVAL, closing_tick, tcp_has_work, 0 },
	{ ARP_TMR_INTERVAL, etharp_tmr, always, 0 },
	{ ND6_TMR_INTERVAL, nd6_tmr, always, 0 },
	{ MLD6_TMR_INTERVAL, mld6_tmr, mld_waits, 0 },
	{ DHCP_FINE_TIMER_MSECS, dhcp_fine_tmr, dhcp_waits, 0 },
	{ DHCP_COARSE_TIMER_MSECS, dhcp_coarse_tmr, dhcp_runs, 0 },
};

// Due times are whole multiples of the intervals, so that timers share wakes.
static void timer_arm(struct timer *t, uint64_t now_ns)
{
	uint64_t interval_ns = t->interval_ms * NS_PER_MS;

	if (!t->has_work())
		t->due_ns = UINT64_MAX;
	else if (t->due_ns == UINT64_MAX)
		t->due_ns = (now_ns / interval_ns + 1) * interval_ns;
}

void timers_init(struct netif *the_interface, uint64_t now_ns)
{
	interface = the_interface;
	for (size_t i = 0; i < ARRAY_COUNT(timers); i++) {
		timers[i].due_ns = UINT64_MAX;
		timer_arm(&timers[i], now_ns);
	}
}

// A guest that slept too long runs each timer once, not once for each interval
// that it missed.
bool timers_run(uint64_t now_ns)
{
	bool ran = false;

	for (size_t i = 0; i < ARRAY_COUNT(timers); i++) {
		struct timer *t = &timers[i];

		timer_arm(t, now_ns);
		if (t->due_ns > now_ns)
			continue;
		t->due_ns = UINT64_MAX;
		t->run();
		timer_arm(t, now_ns);
		ran = true;
	}
	return ran;
}

uint64_t timers_deadline_ns(void)
{
	uint64_t deadline_ns = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_COUNT(timers); i++)
		deadline_ns = min_u64(deadline_ns, timers[i].due_ns);
	return deadline_ns;
}

// What lwIP asks of whoever keeps its timers.
void sys_timeouts_init(void)
{
}

u32_t sys_now(void)
{
	return (u32_t)(clock_now_ns() / NS_PER_MS);
}

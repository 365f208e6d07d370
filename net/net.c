// SPDX-License-Identifier: Apache-2.0
#include "net/net.h"

#include "net/lwip/base.h"

#include "lwip/stats.h"

#include "base/num.h"
#include "kernel/time/clock.h"
#include "net/closing.h"
#include "net/conn_state.h"
#include "net/link.h"
#include "net/listener.h"
#include "net/memory.h"
#include "net/random.h"
#include "net/timers.h"

enum err net_init(const struct net_config *config)
{
	TRY(random_init());
	TRY(link_init(config));
	timers_init(link_interface(), clock_now_ns());
	link_flush();
	return OK;
}

bool net_poll(void)
{
	uint64_t now_ns = clock_now_ns();
	bool any = link_retry();

	any = link_receive(now_ns) || any;
	any = timers_run(now_ns) || any;
	any = conn_dispatch() || any;
	link_flush();
	return any;
}

uint64_t net_deadline_ns(void)
{
	return conn_is_pending() ? 0 : timers_deadline_ns();
}

bool net_is_up(void)
{
	return link_has_address();
}

static uint64_t frames_bad(void)
{
	return link_refused() + lwip_stats.ip.lenerr + lwip_stats.ip.chkerr +
	       lwip_stats.ip6.lenerr + lwip_stats.ip6.err +
	       lwip_stats.icmp.lenerr + lwip_stats.icmp.chkerr +
	       lwip_stats.icmp6.lenerr + lwip_stats.icmp6.chkerr +
	       lwip_stats.nd6.lenerr + lwip_stats.nd6.proterr +
	       lwip_stats.tcp.lenerr + lwip_stats.tcp.chkerr;
}

struct net_figures net_figures(void)
{
	struct conn_figures conns = conn_figures();
	struct memory_figures memory = memory_figures();

	return (struct net_figures){
		.connections = conns.open,
		.connections_peak = conns.open_peak,
		.closing = closing_left(),
		.accepted = conns.accepted,
		.refused = listener_refused(),
		.resets = conns.resets,
		.frames_bad = frames_bad(),
		.no_memory = memory.refused,
		.buffer_bytes_peak = memory.peak_bytes,
		.used_bytes = memory.used_bytes,
		.kept_bytes = memory.kept_bytes,
	};
}

// SPDX-License-Identifier: Apache-2.0
// One line of counters, gathered from the rooms.
#include "boot/figures.h"

#include <stddef.h>
#include <stdint.h>

#include "attest/server.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/num.h"
#include "kernel/dev/nic.h"
#include "kernel/log.h"
#include "kernel/mem/heap.h"
#include "kernel/mem/page_pool.h"
#include "net/net.h"
#include "tls/session.h"

struct figure {
	const char *name;
	uint64_t value;
};

static uint64_t period_ns;
static uint64_t due_ns = UINT64_MAX;

static void print(const struct figure *figures, size_t count)
{
	char text[LOG_LINE_LIMIT];
	struct writer w = writer_of(text, sizeof(text) - 1);
	enum err e = write_text(&w, "figures");

	for (size_t i = 0; i < count && e == OK; i++)
		if ((e = write_text(&w, " ")) == OK &&
		    (e = write_text(&w, figures[i].name)) == OK &&
		    (e = write_text(&w, "=")) == OK)
			e = write_decimal(&w, figures[i].value);
	text[w.used] = '\0';
	log_line("%s", text);
}

static void print_all(void)
{
	struct heap_figures heap = heap_figures();
	struct net_figures net = net_figures();
	struct nic_figures nic = nic_figures();
	struct server_figures server = server_figures();
	struct tls_figures tls = tls_figures();
	const struct figure figures[] = {
		{ "pages_free", page_pool_free_pages() },
		{ "heap_used", heap.used_bytes },
		{ "heap_held", heap.held_bytes },
		{ "heap_peak", heap.peak_bytes },
		{ "blocks", heap.blocks },
		{ "heap_refused", heap.refused },
		{ "net_used", net.used_bytes },
		{ "net_kept", net.kept_bytes },
		{ "tls_kept", tls.kept_bytes },
		{ "conns", net.connections },
		{ "conns_peak", net.connections_peak },
		{ "closing", net.closing },
		{ "accepted", net.accepted },
		{ "conns_refused", net.refused },
		{ "frames_in", nic.received_frames },
		{ "frames_out", nic.sent_frames },
		{ "frames_dropped", nic.dropped_frames },
		{ "ring_full", nic.ring_full },
		{ "notifications", nic.notifications },
		{ "handshakes", tls.handshakes },
		{ "handshakes_failed", tls.handshake_failures },
		{ "alerts", tls.alerts_sent },
		{ "sessions", tls.sessions },
		{ "records", tls.records_held },
		{ "session_idle", tls.idle_bytes },
		{ "session_active", tls.active_bytes },
		{ "requests", server.requests },
		{ "requests_refused", server.refused },
		{ "timeouts", server.timeouts },
		{ "reports", server.reports },
		{ "batches", server.batches },
		{ "evidence", server.evidence },
		{ "bodies_held", server.body_bytes_held },
	};

	print(figures, ARRAY_COUNT(figures));
}

void figures_start(uint64_t now_ns, uint64_t period_s)
{
	if (period_s == 0)
		return;
	period_ns = period_s * NS_PER_SECOND;
	due_ns = now_ns + period_ns;
}

uint64_t figures_tick(uint64_t now_ns)
{
	if (now_ns >= due_ns) {
		print_all();
		due_ns = now_ns + period_ns;
	}
	return due_ns;
}

// SPDX-License-Identifier: Apache-2.0
// The HTTPS server's start and figures.
#include "attest/server.h"

#include "attest/batch.h"
#include "attest/http_client.h"
#include "attest/identity.h"
#include "attest/reporter.h"
#include "kernel/snp/snp.h"
#include "tls/session.h"

static const struct tls_handler handler = {
	.opened = http_client_opened,
	.ready = http_client_ready,
};

enum err server_init(uint16_t port)
{
	return identity_listen(port, &handler);
}

// Whoever is free first has the reporter; a renewal is rare, so it may go first.
uint64_t server_tick(uint64_t now_ns)
{
	uint64_t renewal_ns;
	uint64_t batch_ns;

	if (!snp_is_on())
		return UINT64_MAX;
	renewal_ns = identity_tick(now_ns);
	batch_ns = batch_tick(now_ns);
	return min_u64(min_u64(renewal_ns, batch_ns), reporter_tick(now_ns));
}

struct server_figures server_figures(void)
{
	struct http_body_figures bodies = http_body_figures();
	struct batch_figures batches = batch_figures();
	struct server_figures figures = http_counts;

	figures.body_bytes_held = bodies.held;
	figures.body_bytes_held_peak = bodies.held_peak;
	figures.reports = reporter_count();
	figures.batches = batches.batches;
	figures.evidence = batches.answered;
	return figures;
}

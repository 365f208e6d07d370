// SPDX-License-Identifier: Apache-2.0
// The HTTPS server's start and figures.
#include "attest/server.h"

#include "attest/certificate.h"
#include "attest/http_client.h"
#include "tls/session.h"

static const struct tls_handler handler = {
	.opened = http_client_opened,
	.ready = http_client_ready,
};

enum err server_init(uint16_t port)
{
	// It must stay as long as the endpoint does.
	static uint8_t certificate[CERTIFICATE_LIMIT];
	size_t count = 0;

	TRY(certificate_make(certificate, sizeof(certificate), &count));
	return tls_listen(port, certificate, count, &handler);
}

struct server_figures server_figures(void)
{
	struct http_body_figures bodies = http_body_figures();
	struct server_figures figures = http_counts;

	figures.body_bytes_held = bodies.held;
	figures.body_bytes_held_peak = bodies.held_peak;
	return figures;
}

// SPDX-License-Identifier: Apache-2.0
// What the server asks of attestation, on a machine without SEV-SNP: nothing is
// there but a policy, and a certificate of one byte.
#include <stdlib.h>

#include "attest/batch.h"
#include "attest/identity.h"
#include "attest/reporter.h"
#include "kernel/package.h"
#include "kernel/snp/guest_message.h"
#include "kernel/snp/snp.h"

bool snp_is_on(void)
{
	return false;
}

bool guest_message_is_open(void)
{
	return false;
}

const struct package *package(void)
{
	static const struct package packed = {
		.policy = (const uint8_t *)"\xa0",
		.policy_bytes = 1,
	};

	return &packed;
}

enum err identity_listen(uint16_t port, const struct tls_handler *handler)
{
	static const uint8_t byte = 0;
	const struct tls_identity identity = { 1, &byte, 1 };

	return tls_listen(port, &identity, handler);
}

uint64_t identity_tick(uint64_t now_ns)
{
	(void)now_ns;
	abort();
}

enum err batch_join(struct http_client *c,
		    const uint8_t nonce[EVIDENCE_NONCE_BYTES], bool wants_json,
		    uint64_t now_ns)
{
	(void)c;
	(void)nonce;
	(void)wants_json;
	(void)now_ns;
	abort();
}

uint64_t batch_tick(uint64_t now_ns)
{
	(void)now_ns;
	abort();
}

uint64_t reporter_tick(uint64_t now_ns)
{
	(void)now_ns;
	abort();
}

struct batch_figures batch_figures(void)
{
	return (struct batch_figures){ 0 };
}

uint64_t reporter_count(void)
{
	return 0;
}

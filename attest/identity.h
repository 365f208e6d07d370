// SPDX-License-Identifier: Apache-2.0
// The endpoint's key, its report and its certificate, and their renewal. A new
// identity is taken into use when all three are there; until then, and for as
// long as its sessions last, the one before goes on. Without SEV-SNP there is
// no report, and one identity for good.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/evidence_form.h"
#include "base/num.h"
#include "tls/session.h"

// An identity is renewed after this time, or that many handshakes, which anybody
// can make: not before the third figure, since every second renewal ends all
// older sessions.
#define IDENTITY_AGE_NS (24 * 3600ull * NS_PER_SECOND)
#define IDENTITY_HANDSHAKES (1u << 20)
#define IDENTITY_LEAST_NS (3600ull * NS_PER_SECOND)
// The first report: a busy host is asked again this long.
#define IDENTITY_BOOT_NS (60 * NS_PER_SECOND)
// After a renewal that failed, and between looks at sessions that must end
// first.
#define IDENTITY_RETRY_NS (60 * NS_PER_SECOND)
#define IDENTITY_ADOPT_NS (100 * NS_PER_MS)

// Makes the first identity. Waits for the report, IDENTITY_BOOT_NS at most:
// ERR_TIMEOUT. ERR_CLOSED, ERR_DEVICE: there is none. ERR_CRYPTO,
// ERR_NO_MEMORY.
enum err identity_init(void);
// COMMITTED_TCB of the first report, for the sealing root.
uint64_t identity_committed_tcb(void);
// Opens the endpoint with it. Fails as tls_listen does.
enum err identity_listen(uint16_t port, const struct tls_handler *handler);
// The boot form's claims of tls_generation() `generation`: the present one or
// the one before.
const struct evidence_claims *identity_claims(uint32_t generation);
// Has it renewed at the next tick that may: the platform isn't any more what its
// certificates say.
void identity_renew(void);
// Renews when it is time and the reporter is free; returns when to call it
// next. Only where there is SEV-SNP.
uint64_t identity_tick(uint64_t now_ns);

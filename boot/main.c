// SPDX-License-Identifier: Apache-2.0
// The composition root: which parts make up an image, in which order they
// start, and the one loop that runs them. Whatever can't start ends the guest
// with one line.
#include <stdbool.h>
#include <stdint.h>

#include "abi/layout.h"
#include "abi/snp.h"
#include "app/loader.h"
#include "app/runtime.h"
#include "attest/http_framing.h"
#include "attest/identity.h"
#include "attest/seal.h"
#include "attest/server.h"
#include "base/bytes.h"
#include "base/num.h"
#include "boot/command_line.h"
#include "boot/figures.h"
#include "boot/package.h"
#include "boot/start.h"
#include "kernel/cpu/regs.h"
#include "kernel/dev/fw_cfg.h"
#include "kernel/dev/nic.h"
#include "kernel/entropy/entropy.h"
#include "kernel/halt.h"
#include "kernel/log.h"
#include "kernel/mem/heap.h"
#include "kernel/mem/page_pool.h"
#include "kernel/mem/shared_pool.h"
#include "kernel/policy/in_force.h"
#include "kernel/profile.h"
#include "kernel/snp/guest_message.h"
#include "kernel/snp/secrets.h"
#include "kernel/snp/snp.h"
#include "kernel/stack_guard.h"
#include "kernel/time/clock.h"
#include "kernel/time/tsc_rate.h"
#include "kernel/time/wait.h"
#include "net/conn.h"
#include "net/net.h"
#include "tls/key.h"
#include "tls/session.h"

#define HTTPS_PORT 443
#define NET_ITEM "opt/org.anchorhold/net"

static struct net_config network;

static void require(enum err e, enum halt_reason reason, const char *line)
{
	if (e != OK) {
		log_line("%s: %s", line, err_name(e));
		halt(reason, line);
	}
}

static unsigned int free_mib(void)
{
	return (unsigned int)(page_pool_free_pages() / (MIB / PAGE_SIZE));
}

static void memory_start(void)
{
	uint64_t free_bytes = page_pool_free_pages() * PAGE_SIZE;

	// The rest is for stacks, tables and the shared pool.
	heap_init(free_bytes - free_bytes / 8);
}

// Starts entropy and hands out a value for the stack's canary. Only a function
// that never returns may set it: kernel_main does.
static uint64_t entropy_start(void)
{
	uint64_t guard = 0;

	require(entropy_init(), HALT_NO_ENTROPY,
		"the CPU gives no random numbers");
	require(entropy_get((uint8_t *)&guard, sizeof(guard)), HALT_NO_ENTROPY,
		"the CPU's random numbers fail their test");
	return guard;
}

static void package_start(const struct boot_info *info)
{
	struct package found;

	switch (package_find((const uint8_t *)KERNEL_BASE, info->image_bytes,
			     info->loaded_bytes, &found)) {
	case OK:
		break;
	case ERR_NOT_FOUND:
		halt(HALT_PACKAGE, "no app is packed");
	default:
		halt(HALT_PACKAGE, "the image's sections make no sense");
	}
	package_set(&found);
}

// What holds whatever a policy says, and what it can make tighter.
static void policy_take(void)
{
	const struct policy_means means = {
		.has_console = profile_linked() == PROFILE_DEVELOPMENT,
		.limits = {
			[POLICY_LIMIT_MEMORY_BYTES] = POLICY_NO_LIMIT,
			[POLICY_LIMIT_REQUEST_BYTES] = HTTP_BODY_LIMIT,
			[POLICY_LIMIT_REQUEST_CPU_MS] = POLICY_NO_LIMIT,
			[POLICY_LIMIT_CONNECTIONS] = CONN_LIMIT,
		},
		.is_adjustable = { [POLICY_LIMIT_MEMORY_BYTES] = true },
	};

	policy_start(&means);
}

static size_t shared_bytes(void)
{
	size_t bytes = nic_shared_bytes();

	if (snp_is_on())
		bytes += guest_message_shared_bytes();
	return bytes;
}

// The keys leave the firmware's page before devices and the host's
// configuration are read, and no copy of one stays on the stack. The counter's
// factor comes with them.
static void secrets_read(void)
{
	uint8_t key[VMPCK_BYTES];
	uint32_t tsc_factor = 0;
	enum err e;

	if (!snp_is_on())
		return;
	require(secrets_take(key, &tsc_factor), HALT_SECRETS,
		"the secrets page can't be used");
	e = guest_message_take_key(key);
	wipe(key, sizeof(key));
	require(e, HALT_CRYPTO, "the secure processor's key can't be kept");
	if (snp_status() & SEV_STATUS_SECURE_TSC)
		tsc_rate_set_secure(read_msr(MSR_GUEST_TSC_FREQ), tsc_factor);
}

static void guest_message_start(void)
{
	if (snp_is_on())
		require(guest_message_init(), HALT_NO_MEMORY,
			"no memory for messages to the secure processor");
}

// A platform may have no such key to give: the app's calls then say so.
static void seal_start(void)
{
	enum err e;

	if (!snp_is_on())
		return;
	e = seal_init(identity_committed_tcb());
	if (e == ERR_UNSUPPORTED || e == ERR_DEVICE)
		log_line("nothing can be sealed: %s", err_name(e));
	else
		require(e, HALT_EVIDENCE, "the sealing root can't be had");
}

static void network_item_read(void)
{
	static char item[NET_CONFIG_TEXT_LIMIT];
	size_t count;
	enum err e = fw_cfg_read(NET_ITEM, item, sizeof(item), &count);

	if (e == ERR_NOT_FOUND)
		return;
	require(e, HALT_NETWORK, "the network item can't be read");
	require(net_config_parse((struct text){ item, count }, &network),
		HALT_NETWORK, "the network item makes no sense");
}

static void command_line_read(const struct boot_info *info)
{
	struct command_line words;
	struct text culprit;

	network = net_config_default();
	// Published digests are for the empty command line.
	if (profile_linked() == PROFILE_PRODUCTION &&
	    info->command_line[0] != '\0')
		halt(HALT_COMMAND_LINE,
		     "a production image takes no command line");
	if (command_line_parse(text_of(info->command_line), &words, &culprit) !=
	    OK) {
		log_line("refused: %.*s", (int)culprit.length, culprit.at);
		halt(HALT_COMMAND_LINE, "a word is unknown or malformed");
	}
	if (words.has_ip)
		require(net_config_parse(words.ip, &network), HALT_COMMAND_LINE,
			"ip= makes no sense");
	else
		network_item_read();
	figures_start(clock_now_ns(), words.figures_s);
}

// Tells the developer, once, that clients can come.
static void ready_say(void)
{
	static bool is_said;

	if (is_said || !net_is_up())
		return;
	is_said = true;
	log_line("ready");
}

__attribute__((noreturn)) static void run(void)
{
	for (;;) {
		bool busy = net_poll();
		uint64_t now_ns = clock_now_ns();
		uint64_t deadline_ns =
			min_u64(tls_tick(now_ns), figures_tick(now_ns));

		deadline_ns = min_u64(deadline_ns, server_tick(now_ns));
		ready_say();
		busy |= runtime_poll();
		if (!busy && nic_arm_interrupt())
			wait_until(min_u64(deadline_ns, net_deadline_ns()));
	}
}

void kernel_main(const struct boot_info *info)
{
	log_line("anchorhold starts, %u MiB free", free_mib());
	memory_start();
	stack_guard_seed(entropy_start());
	secrets_read();
	package_start(info);
	policy_take();
	require(clock_init(info->entry_tsc), HALT_NO_CLOCK,
		"no clock can be made of the time stamp counter");
	require(wait_init(), HALT_NO_CLOCK, "the APIC's timer doesn't run");
	log_line("entropy from %s, clock at %u kHz", entropy_source_name(),
		 (unsigned int)(clock_tsc_hz() / 1000));
	command_line_read(info);
	require(shared_pool_init(shared_bytes()), HALT_NO_MEMORY,
		"no memory for the shared pool");
	guest_message_start();
	require(nic_init(info), HALT_NO_NIC, "no usable virtio network card");
	if (!nic_link_is_up())
		log_line("the network card's link is down");
	require(net_init(&network), HALT_NETWORK, "the network doesn't start");
	require(tls_key_init(), HALT_CRYPTO, "no TLS key can be made");
	require(identity_init(), HALT_EVIDENCE,
		"no evidence can be had for the TLS key");
	seal_start();
	require(server_init(HTTPS_PORT), HALT_NETWORK,
		"the endpoint doesn't open");
	app_load();
	require(runtime_init(), HALT_APP, "the app doesn't start");
	run();
}

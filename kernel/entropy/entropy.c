// SPDX-License-Identifier: Apache-2.0
// Random bits from the CPU. The host chooses which CPU features the guest sees:
// hiding RDSEED gets it RDRAND, hiding both ends the boot. There is no third
// source.
#include "kernel/entropy/entropy.h"

#include <string.h>

#include "base/bytes.h"
#include "base/num.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/regs.h"
#include "kernel/entropy/health.h"
#include "kernel/entropy/source.h"

struct source {
	const char *name;
	bool (*try)(uint64_t *out);
	unsigned int tries; // for one word
};

// RDSEED runs dry when asked faster than noise comes in; RDRAND practically
// never does (Intel's DRNG guide, 5.2.1 and 5.3.1).
static const struct source rdseed = { "rdseed", source_rdseed, 10000 };
static const struct source rdrand = { "rdrand", source_rdrand, 10 };

static const struct source *source; // NULL: none, or it failed
static struct health health;
static const char *name = "none";

static enum err get_word(uint64_t *out)
{
	uint64_t word = 0;
	unsigned int tries = source->tries;

	while (!source->try(&word)) {
		if (--tries == 0)
			return ERR_DEVICE;
		cpu_pause();
	}
	if (!health_accepts(&health, word))
		return ERR_DEVICE;
	*out = word;
	return OK;
}

static enum err get_bytes(uint8_t *out, size_t count)
{
	uint64_t word = 0;

	while (count > 0) {
		size_t part = min_size(count, sizeof(word));
		TRY(get_word(&word));
		memcpy(out, &word, part);
		out += part;
		count -= part;
	}
	// The tests remember the word they saw last: let that be nobody's key.
	TRY(get_word(&word));
	wipe(&word, sizeof(word));
	return OK;
}

enum err entropy_get(uint8_t *out, size_t count)
{
	enum err e = source ? get_bytes(out, count) : ERR_DEVICE;

	if (e != OK) {
		source = NULL;
		wipe(out, count);
	}
	return e;
}

static enum err run_startup_tests(void)
{
	uint8_t samples[64];

	for (int i = 0; i < HEALTH_STARTUP_SAMPLES; i += (int)sizeof(samples))
		TRY(entropy_get(samples, sizeof(samples)));
	wipe(samples, sizeof(samples));
	return OK;
}

enum err entropy_init(void)
{
	if (cpu_has(CPU_RDSEED))
		source = &rdseed;
	else if (cpu_has(CPU_RDRAND))
		source = &rdrand;
	else
		return ERR_UNSUPPORTED;
	name = source->name;
	health = (struct health){ 0 };
	return run_startup_tests();
}

const char *entropy_source_name(void)
{
	return name;
}

// SPDX-License-Identifier: Apache-2.0
// Takes the keys out of the secrets page.
#include "kernel/snp/secrets.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "abi/snp.h"
#include "base/bytes.h"
#include "kernel/mem/address_space.h"

static struct phys place;

void secrets_init(struct phys page)
{
	place = page;
}

static bool is_zero(const void *bytes, size_t count)
{
	const volatile uint8_t *at = bytes;
	uint8_t any = 0;

	for (size_t i = 0; i < count; i++)
		any |= at[i];
	return any == 0;
}

static enum err judge(const struct snp_secrets *page)
{
	// Later versions keep what earlier ones have.
	if (page->version == 0)
		return ERR_BAD_INPUT;
	// A migration agent brought the image here, or a service module runs at
	// VMPL 0: neither can be, for a guest that was launched as measured.
	if (page->imi_enabled != 0 || page->svsm_size != 0 ||
	    page->svsm_guest_vmpl != 0)
		return ERR_BAD_INPUT;
	if (is_zero(page->vmpck[0], VMPCK_BYTES))
		return ERR_BAD_INPUT;
	return OK;
}

enum err secrets_take(uint8_t key[VMPCK_BYTES], uint32_t *tsc_factor)
{
	struct snp_secrets *page;
	void *mapped;
	enum err e;

	e = address_space_map_private(place, 1, true, &mapped);
	if (e != OK) {
		wipe(key, VMPCK_BYTES);
		return e;
	}
	page = mapped;
	e = judge(page);
	if (e == OK) {
		memcpy(key, page->vmpck[0], VMPCK_BYTES);
		*tsc_factor = page->tsc_factor;
	}
	wipe(page->vmpck, sizeof(page->vmpck));
	if (!is_zero(page->vmpck, sizeof(page->vmpck)))
		e = ERR_BAD_INPUT;
	if (address_space_unmap_private(mapped, 1) != OK)
		e = ERR_NO_MEMORY;
	if (e != OK)
		wipe(key, VMPCK_BYTES);
	return e;
}

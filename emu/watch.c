// SPDX-License-Identifier: Apache-2.0
// Single-stepping the guest over its touches of one page.
#include "emu/watch.h"

#include "abi/x86.h"
#include "emu/console.h"
#include "emu/npt.h"
#include "emu/rmp.h"

#define WORD_BYTES 8
#define WORDS (GUEST_PAGE_BYTES / WORD_BYTES)
#define RFLAGS_TF 0x100ull
#define DR6_BS 0x4000ull

static bool watching;
static bool stepping;
static uint64_t page, target_word, target_turn;
static uint64_t saved_tf;
static uint32_t reads[WORDS];

void watch_page(uint64_t gpa, uint64_t offset, uint64_t turn)
{
	gpa &= ~(GUEST_PAGE_BYTES - 1);
	if (!rmp_is_memory(gpa) || !rmp_is_shared(gpa)) {
		console_line("watch: not a shared page", { "gpa", gpa });
		return;
	}
	if (watching)
		npt_update(page);
	watching = true;
	page = gpa;
	target_word = offset % GUEST_PAGE_BYTES / WORD_BYTES;
	target_turn = turn;
	for (unsigned int i = 0; i < WORDS; i++)
		reads[i] = 0;
	npt_hide_shared(page);
}

static void count_read(struct vcpu *v, uint64_t gpa)
{
	uint64_t word = gpa % GUEST_PAGE_BYTES / WORD_BYTES;
	reads[word]++;
	console_line("watch: read", { "n", v->exit_count },
		     { "offset", gpa % GUEST_PAGE_BYTES },
		     { "turn", reads[word] }, { "rip", v->vmcb->rip });
	if (word != target_word || reads[word] != target_turn)
		return;
	uint8_t *at = rmp_shared_bytes(page + word * WORD_BYTES);
	for (unsigned int i = 0; i < WORD_BYTES; i++)
		at[i] = (uint8_t)~at[i];
	console_line("watch: changed", { "offset", word * WORD_BYTES },
		     { "turn", target_turn });
}

bool watch_fault(struct vcpu *v, uint64_t gpa, bool write)
{
	if (!watching || (gpa & ~(GUEST_PAGE_BYTES - 1)) != page)
		return false;
	if (!rmp_is_shared(page)) {
		watching = false;
		return false;
	}
	if (!write)
		count_read(v, gpa);
	npt_update(page);
	stepping = true;
	saved_tf = v->vmcb->rflags & RFLAGS_TF;
	v->vmcb->rflags |= RFLAGS_TF;
	v->vmcb->intercept_exceptions |= 1u << VECTOR_DB;
	// No interrupt may come before the one instruction is done.
	v->vmcb->interrupt_shadow = 1;
	return true;
}

bool watch_step(struct vcpu *v)
{
	if (!stepping)
		return false;
	stepping = false;
	v->vmcb->rflags = (v->vmcb->rflags & ~RFLAGS_TF) | saved_tf;
	v->vmcb->dr6 &= ~DR6_BS;
	v->vmcb->intercept_exceptions &= ~(1u << VECTOR_DB);
	if (watching)
		npt_hide_shared(page);
	return saved_tf == 0;
}

void watch_report(void)
{
	if (!watching)
		return;
	for (unsigned int i = 0; i < WORDS; i++) {
		if (reads[i] != 0)
			console_line("watch: reads in all",
				     { "offset", i * WORD_BYTES },
				     { "count", reads[i] });
	}
}

// SPDX-License-Identifier: Apache-2.0
// How long a slow client may keep us waiting. Only the time that we wait for
// this client counts; bytes earn time at a minimum rate, up to the grace that
// it began with, and all the waiting together has an end: a near one for the
// waiting while others wait for the same thing, a far one in all. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/num.h"

#define HTTP_PACE_BYTES_PER_SECOND (16u * KIB)

struct http_pace {
	int64_t grace_ns;
	int64_t allowance_ns; // waiting that is left before bytes must come
	int64_t total_ns;     // waiting that is left in all
	int64_t contended_ns; // waiting that is left while others wait
	uint64_t since_ns;    // the present wait's begin, or last charge
	bool is_waiting;
	bool is_contended; // others wait
};

static inline struct http_pace
http_pace_start(uint64_t grace_ns, uint64_t total_ns, uint64_t contended_ns)
{
	return (struct http_pace){ .grace_ns = (int64_t)grace_ns,
				   .allowance_ns = (int64_t)grace_ns,
				   .total_ns = (int64_t)total_ns,
				   .contended_ns = (int64_t)contended_ns };
}

// A wait begins, unless one lasts already.
static inline void http_pace_wait(struct http_pace *p, uint64_t now_ns)
{
	if (!p->is_waiting)
		p->since_ns = now_ns;
	p->is_waiting = true;
}

static inline int64_t http_pace_left_ns(const struct http_pace *p)
{
	int64_t left = p->allowance_ns < p->total_ns ? p->allowance_ns
						     : p->total_ns;

	return p->is_contended && p->contended_ns < left ? p->contended_ns
							 : left;
}

// When the client is too slow, if no byte comes: UINT64_MAX if nobody waits.
static inline uint64_t http_pace_deadline_ns(const struct http_pace *p)
{
	int64_t left = http_pace_left_ns(p);

	if (!p->is_waiting)
		return UINT64_MAX;
	return p->since_ns + (left > 0 ? (uint64_t)left : 0);
}

// Whether the client is too slow: also one whose last bytes came too late and
// were too few to make up for it.
static inline bool http_pace_is_late(const struct http_pace *p, uint64_t now_ns)
{
	int64_t waited = p->is_waiting ? (int64_t)(now_ns - p->since_ns) : 0;

	return waited >= http_pace_left_ns(p);
}

static inline void http_pace_charge(struct http_pace *p, uint64_t now_ns)
{
	int64_t waited = p->is_waiting ? (int64_t)(now_ns - p->since_ns) : 0;

	p->since_ns = now_ns;
	p->allowance_ns -= waited;
	p->total_ns -= waited;
	if (p->is_contended)
		p->contended_ns -= waited;
}

// From now on others wait too, or none do; a wait that lasts goes on.
static inline void http_pace_contend(struct http_pace *p, uint64_t now_ns,
				     bool is_contended)
{
	http_pace_charge(p, now_ns);
	p->is_contended = is_contended;
}

// Bytes came: the wait that lasted is charged, then the bytes are credited.
static inline void http_pace_progress(struct http_pace *p, uint64_t now_ns,
				      uint64_t bytes)
{
	// What exceeds the grace is cut off, so the product can be cut first.
	int64_t credit =
		(int64_t)(min_u64(bytes, MIB) *
			  (NS_PER_SECOND / HTTP_PACE_BYTES_PER_SECOND));

	http_pace_charge(p, now_ns);
	p->is_waiting = false;
	p->allowance_ns += credit;
	if (p->allowance_ns > p->grace_ns)
		p->allowance_ns = p->grace_ns;
}

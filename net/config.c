// SPDX-License-Identifier: Apache-2.0
// Parses the interface's configuration. The text may be the host's: every
// spelling that isn't exactly the one described is refused.
#include "net/config.h"

#include <string.h>

#include "base/num.h"

#define GROUPS 8 // of 16 bits in an IPv6 address

struct net_config net_config_default(void)
{
	return (struct net_config){ .dhcp = true };
}

static enum err parse_number(struct text digits, uint64_t max, uint64_t *out)
{
	// One spelling for each number: no leading zeros, which some read as
	// octal.
	if (digits.length > 1 && digits.at[0] == '0')
		return ERR_BAD_INPUT;
	return text_to_u64(digits, max, out) == OK ? OK : ERR_BAD_INPUT;
}

static enum err parse_address4(struct text t, uint8_t out[4])
{
	uint8_t bytes[4];
	uint64_t value;

	for (int i = 0; i < 3; i++) {
		struct text part;

		if (text_cut(t, '.', &part, &t) != OK)
			return ERR_BAD_INPUT;
		TRY(parse_number(part, UINT8_MAX, &value));
		bytes[i] = (uint8_t)value;
	}
	TRY(parse_number(t, UINT8_MAX, &value));
	bytes[3] = (uint8_t)value;
	memcpy(out, bytes, sizeof(bytes));
	return OK;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static enum err parse_group(struct text t, uint16_t *out)
{
	unsigned int value = 0;

	if (t.length == 0 || t.length > 4)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < t.length; i++) {
		int digit = hex_digit(t.at[i]);

		if (digit < 0)
			return ERR_BAD_INPUT;
		value = value << 4 | (unsigned int)digit;
	}
	*out = (uint16_t)value;
	return OK;
}

// Colon-separated groups, none at all for an empty text.
static enum err parse_groups(struct text t, uint16_t groups[GROUPS],
			     size_t *count)
{
	size_t found = 0;
	struct text part;

	if (t.length == 0) {
		*count = 0;
		return OK;
	}
	while (text_cut(t, ':', &part, &t) == OK) {
		if (found == GROUPS)
			return ERR_BAD_INPUT;
		TRY(parse_group(part, &groups[found++]));
	}
	if (found == GROUPS)
		return ERR_BAD_INPUT;
	TRY(parse_group(t, &groups[found++]));
	*count = found;
	return OK;
}

// Where "::" stands, or t.length.
static size_t find_gap(struct text t)
{
	for (size_t i = 0; i + 1 < t.length; i++)
		if (t.at[i] == ':' && t.at[i + 1] == ':')
			return i;
	return t.length;
}

// RFC 4291 2.2, forms 1 and 2; the mixed form with dots isn't taken.
static enum err parse_address6(struct text t, uint8_t out[16])
{
	uint16_t head[GROUPS] = { 0 }, tail[GROUPS];
	size_t head_count, tail_count = 0;
	size_t gap = find_gap(t);

	TRY(parse_groups((struct text){ t.at, gap }, head, &head_count));
	if (gap < t.length) {
		struct text rest = { t.at + gap + 2, t.length - gap - 2 };

		TRY(parse_groups(rest, tail, &tail_count));
		if (head_count + tail_count >= GROUPS)
			return ERR_BAD_INPUT;
		memcpy(head + GROUPS - tail_count, tail,
		       tail_count * sizeof(tail[0]));
	} else if (head_count != GROUPS) {
		return ERR_BAD_INPUT;
	}
	for (size_t i = 0; i < GROUPS; i++) {
		out[2 * i] = (uint8_t)(head[i] >> 8);
		out[2 * i + 1] = (uint8_t)head[i];
	}
	return OK;
}

static bool is_address6(struct text t)
{
	return t.length > 0 && memchr(t.at, ':', t.length) != NULL;
}

// Not unspecified, not multicast, not loopback.
static bool is_unicast4(const uint8_t a[4])
{
	return a[0] != 0 && a[0] != 127 && a[0] < 224;
}

static bool is_unicast6(const uint8_t a[16])
{
	static const uint8_t zeros[15];

	return a[0] != 0xff &&
	       !(memcmp(a, zeros, sizeof(zeros)) == 0 && a[15] <= 1);
}

static enum err parse_gateway(struct text t, struct net_config *c)
{
	if (is_address6(t)) {
		if (c->has_gateway6)
			return ERR_BAD_INPUT;
		TRY(parse_address6(t, c->gateway6));
		c->has_gateway6 = true;
		return is_unicast6(c->gateway6) ? OK : ERR_BAD_INPUT;
	}
	if (c->has_gateway4)
		return ERR_BAD_INPUT;
	TRY(parse_address4(t, c->gateway4));
	c->has_gateway4 = true;
	return is_unicast4(c->gateway4) ? OK : ERR_BAD_INPUT;
}

static enum err parse_own6(struct text address, struct text prefix,
			   struct net_config *c)
{
	uint64_t bits;

	if (c->has_address6)
		return ERR_BAD_INPUT;
	TRY(parse_address6(address, c->address6));
	TRY(parse_number(prefix, 128, &bits));
	if (bits != NET_PREFIX6 || !is_unicast6(c->address6))
		return ERR_BAD_INPUT;
	c->prefix6 = (uint8_t)bits;
	c->has_address6 = true;
	return OK;
}

static enum err parse_own4(struct text address, struct text prefix,
			   struct net_config *c)
{
	uint64_t bits;

	if (!c->dhcp)
		return ERR_BAD_INPUT;
	TRY(parse_address4(address, c->address4));
	TRY(parse_number(prefix, 32, &bits));
	if (!is_unicast4(c->address4))
		return ERR_BAD_INPUT;
	c->prefix4 = (uint8_t)bits;
	c->dhcp = false;
	return OK;
}

static enum err parse_item(struct text item, struct net_config *c)
{
	static const char gateway_mark[] = "gw=";
	size_t mark = sizeof(gateway_mark) - 1;
	struct text address, prefix;

	if (text_starts_with(item, TEXT("gw=")))
		return parse_gateway(
			(struct text){ item.at + mark, item.length - mark }, c);
	if (text_cut(item, '/', &address, &prefix) != OK)
		return ERR_BAD_INPUT;
	if (is_address6(address))
		return parse_own6(address, prefix, c);
	return parse_own4(address, prefix, c);
}

// A gateway without an address of its family can't be used.
static enum err check_whole(const struct net_config *c)
{
	if (c->has_gateway4 && c->dhcp)
		return ERR_BAD_INPUT;
	if (c->has_gateway6 && !c->has_address6)
		return ERR_BAD_INPUT;
	return OK;
}

enum err net_config_parse(struct text line, struct net_config *out)
{
	struct net_config c = net_config_default();
	struct text item;

	if (line.length > NET_CONFIG_TEXT_LIMIT)
		return ERR_BAD_INPUT;
	if (text_equal(line, TEXT("dhcp"))) {
		*out = c;
		return OK;
	}
	while (text_cut(line, ',', &item, &line) == OK)
		TRY(parse_item(item, &c));
	TRY(parse_item(line, &c));
	TRY(check_whole(&c));
	*out = c;
	return OK;
}

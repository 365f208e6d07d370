// SPDX-License-Identifier: Apache-2.0
#include "client/vek.h"

#include <string.h>

#include "base/bytes.h"
#include "base/num.h"
#include "client/chain_product.h"
#include "client/tcb.h"

#define DER_INTEGER 0x02u
#define DER_OCTETS 0x04u
#define DER_IA5_STRING 0x16u

// 1.3.6.1.4.1.3704.1
static const uint8_t arc[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01 };

#define STRUCT_VERSION 0x01
#define PRODUCT_NAME 0x02
#define LEVELS 0x03
#define HWID 0x04
#define CSP_ID 0x05

// struct_version: 1 came with Turin and its FMC.
#define STRUCT_VERSION_MILAN 0u
#define STRUCT_VERSION_TURIN 1u

// Which level 3.n is which byte of TCB_VERSION. AMD reserves SPL 4 to 7, which
// must be zero wherever they are.
#define RESERVED TCB_BYTES
struct level {
	uint8_t arc;
	uint8_t byte;
	bool is_required;
};

static const struct level levels_milan[] = {
	{ 1, 0, true },         { 2, 1, true },         { 3, 6, true },
	{ 4, RESERVED, false }, { 5, RESERVED, false }, { 6, RESERVED, false },
	{ 7, RESERVED, false }, { 8, 7, true },
};

static const struct level levels_turin[] = {
	{ 1, 1, true },         { 2, 2, true },         { 3, 3, true },
	{ 4, RESERVED, false }, { 5, RESERVED, false }, { 6, RESERVED, false },
	{ 7, RESERVED, false }, { 8, 7, true },         { 9, 0, true },
};

// Finds 3704.1.`last`, or 3704.1.`last`.`level` if that isn't 0.
static enum err find(const struct certificate *c, uint8_t last, uint8_t level,
		     struct reader *out)
{
	uint8_t oid[sizeof(arc) + 2];
	size_t count = sizeof(arc) + (level ? 2 : 1);

	memcpy(oid, arc, sizeof(arc));
	oid[sizeof(arc)] = last;
	oid[sizeof(arc) + 1] = level;
	for (size_t i = 0; i < c->extension_count; i++) {
		const struct certificate_extension *e = &c->extensions[i];

		if (e->oid.count != count || memcmp(e->oid.at, oid, count) != 0)
			continue;
		*out = reader_of(e->value.at, e->value.count);
		return OK;
	}
	return ERR_NOT_FOUND;
}

// One DER item of fewer than 128 bytes, and nothing behind it.
static enum err read_item(struct reader *r, uint8_t tag, struct reader *out)
{
	uint8_t head[2];
	const uint8_t *body;

	TRY(read_u8(r, &head[0]));
	TRY(read_u8(r, &head[1]));
	if (head[0] != tag || head[1] >= 0x80 || head[1] != r->left)
		return ERR_BAD_INPUT;
	TRY(read_view(r, head[1], &body));
	*out = reader_of(body, head[1]);
	return OK;
}

// An INTEGER of 0 to 255, in its one encoding (X.690, 8.3).
static enum err read_integer(struct reader *r, uint8_t *out)
{
	struct reader body;

	TRY(read_item(r, DER_INTEGER, &body));
	if (body.left == 1 && body.at[0] < 0x80)
		*out = body.at[0];
	else if (body.left == 2 && body.at[0] == 0 && body.at[1] >= 0x80)
		*out = body.at[1];
	else
		return ERR_BAD_INPUT;
	return OK;
}

static enum err find_integer(const struct certificate *c, uint8_t last,
			     uint8_t level, uint8_t *out)
{
	struct reader value;

	TRY(find(c, last, level, &value));
	return read_integer(&value, out);
}

static enum err read_product(const struct certificate *c, struct vek *vek)
{
	struct reader value, name;
	uint8_t version;

	TRY(find(c, PRODUCT_NAME, 0, &value));
	TRY(read_item(&value, DER_IA5_STRING, &name));
	TRY(product_of_stepping(
		(struct text){ (const char *)name.at, name.left },
		&vek->product));
	TRY(find_integer(c, STRUCT_VERSION, 0, &version));
	return version == (vek->product == ANCHORHOLD_TURIN
				   ? STRUCT_VERSION_TURIN
				   : STRUCT_VERSION_MILAN)
		       ? OK
		       : ERR_BAD_INPUT;
}

static enum err read_level(const struct certificate *c,
			   const struct level *level, uint64_t *tcb)
{
	uint8_t value;
	enum err e = find_integer(c, LEVELS, level->arc, &value);

	if (e == ERR_NOT_FOUND && !level->is_required)
		return OK;
	TRY(e);
	if (level->byte == RESERVED)
		return value == 0 ? OK : ERR_BAD_INPUT;
	*tcb |= (uint64_t)value << 8 * level->byte;
	return OK;
}

static enum err read_levels(const struct certificate *c, struct vek *vek)
{
	bool is_turin = vek->product == ANCHORHOLD_TURIN;
	const struct level *levels = is_turin ? levels_turin : levels_milan;
	size_t count = is_turin ? ARRAY_COUNT(levels_turin)
				: ARRAY_COUNT(levels_milan);

	for (size_t i = 0; i < count; i++)
		TRY(read_level(c, &levels[i], &vek->tcb));
	return OK;
}

// Real VCEKs have the bare bytes; an OCTET STRING around them is met, too.
static enum err read_chip_id(const struct certificate *c, struct vek *vek)
{
	size_t count = vek->product == ANCHORHOLD_TURIN
			       ? VEK_CHIP_ID_BYTES_TURIN
			       : VEK_CHIP_ID_BYTES;
	struct reader value;

	TRY(find(c, HWID, 0, &value));
	if (value.left != count)
		TRY(read_item(&value, DER_OCTETS, &value));
	if (value.left != count)
		return ERR_BAD_INPUT;
	memcpy(vek->chip_id, value.at, count);
	return OK;
}

static enum err read_kind(const struct certificate *c, bool is_vlek,
			  struct vek *vek)
{
	struct reader value;
	bool has_csp_id = find(c, CSP_ID, 0, &value) == OK;
	bool has_chip_id = find(c, HWID, 0, &value) == OK;

	if (has_csp_id != is_vlek || has_chip_id == is_vlek)
		return ERR_BAD_INPUT;
	vek->is_vlek = is_vlek;
	return is_vlek ? OK : read_chip_id(c, vek);
}

enum err vek_read(const struct certificate *certificate, bool is_vlek,
		  struct vek *out)
{
	struct vek vek = { 0 };

	if (certificate->is_authority || certificate->may_sign_certificates ||
	    (certificate->has_key_usage && !certificate->may_sign_data))
		return ERR_BAD_INPUT;
	TRY(read_product(certificate, &vek));
	TRY(read_levels(certificate, &vek));
	TRY(read_kind(certificate, is_vlek, &vek));
	*out = vek;
	return OK;
}

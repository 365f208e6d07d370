// SPDX-License-Identifier: Apache-2.0
#include "client/chain.h"

#include "client/chain_product.h"
#include "client/roots.h"

static enum reason read_one(struct judgement *j, struct anchorhold_bytes bytes,
			    struct certificate *out, enum reason otherwise)
{
	struct anchorhold_bytes der;
	enum err e = pem_open(&j->room, bytes, PEM_CERTIFICATE, &der);

	if (e == OK)
		e = certificate_read(der, out);
	return reason_of(e, otherwise);
}

// An authority that signs leaves and nothing below them (RFC 5280, 4.2.1.9 and
// 4.2.1.3).
static bool is_intermediate(const struct certificate *c)
{
	return c->is_authority && c->has_path_limit && c->path_limit == 0 &&
	       c->may_sign_certificates;
}

static bool is_root(const struct certificate *c)
{
	return c->is_authority && c->may_sign_certificates &&
	       c->may_sign_crls && bytes_are_equal(c->issuer, c->subject);
}

enum reason chain_judge_certificates(struct judgement *j)
{
	enum reason reason;

	if (j->material.vek.count == 0)
		return REASON_NO_VEK;
	if (j->material.ca.count == 0)
		return REASON_NO_CA;
	reason = read_one(j, j->material.ca, &j->ca, REASON_BAD_CA);
	if (reason != REASON_PASS)
		return reason;
	if (!is_intermediate(&j->ca))
		return REASON_BAD_CA;
	return read_one(j, j->material.vek, &j->vek_certificate,
			REASON_BAD_VEK);
}

// The emulator's names say what they are; they count only under its own root.
static struct text plain_name(const struct judgement *j, struct text name)
{
	static const struct text prefix = { "EMULATED-", 9 };

	if (j->demands->insecure_root.count == 0 ||
	    !text_starts_with(name, prefix))
		return name;
	return (struct text){ name.at + prefix.length,
			      name.length - prefix.length };
}

// The product behind `start` ("ARK-" of "ARK-Milan").
static enum err product_behind(struct text name, const char *start,
			       enum anchorhold_product *out)
{
	struct text head = text_of(start);

	if (!text_starts_with(name, head))
		return ERR_NOT_FOUND;
	name.at += head.length;
	name.length -= head.length;
	return product_of_name(name, out);
}

static enum reason judge_ca_name(struct judgement *j, bool *is_vlek)
{
	struct text issuer = plain_name(j, j->ca.issuer_name);
	struct text subject = plain_name(j, j->ca.subject_name);
	enum anchorhold_product product;

	if (product_behind(issuer, "ARK-", &j->product) != OK)
		return REASON_UNKNOWN_PRODUCT;
	*is_vlek = product_behind(subject, "SEV-VLEK-", &product) == OK;
	if (!*is_vlek && product_behind(subject, "SEV-", &product) != OK)
		return REASON_CHAIN_MISMATCH;
	return product == j->product ? REASON_PASS : REASON_CHAIN_MISMATCH;
}

enum reason chain_judge_names(struct judgement *j)
{
	const struct certificate *vek = &j->vek_certificate;
	bool is_vlek;
	enum reason reason = judge_ca_name(j, &is_vlek);

	if (reason != REASON_PASS)
		return reason;
	if (!bytes_are_equal(vek->issuer, j->ca.subject) ||
	    !text_equal(plain_name(j, vek->subject_name),
			is_vlek ? TEXT("SEV-VLEK") : TEXT("SEV-VCEK")))
		return REASON_CHAIN_MISMATCH;
	if (vek_read(vek, is_vlek, &j->vek) != OK)
		return REASON_BAD_VEK;
	return j->vek.product == j->product ? REASON_PASS
					    : REASON_CHAIN_MISMATCH;
}

static enum reason read_root(struct judgement *j, struct anchorhold_bytes bytes,
			     struct certificate *out)
{
	enum reason reason = read_one(j, bytes, out, REASON_BAD_ROOT);

	if (reason != REASON_PASS)
		return reason;
	if (!is_root(out))
		return REASON_BAD_ROOT;
	return reason_of(certificate_verify(out, out->spki), REASON_BAD_ROOT);
}

// The caller's own file: what is wrong with it isn't the enclave's fault.
static enum reason trust_insecure_root(struct judgement *j)
{
	enum reason reason = read_root(j, j->demands->insecure_root, &j->root);

	if (reason == REASON_BAD_ROOT) {
		detail_say(&j->detail, "the insecure root isn't a root");
		return REASON_BAD_DEMANDS;
	}
	j->has_root = reason == REASON_PASS;
	j->root_key = j->root.spki;
	return reason;
}

static enum reason judge_given_root(struct judgement *j)
{
	enum reason reason;

	if (j->material.root.count == 0)
		return REASON_PASS;
	reason = read_root(j, j->material.root, &j->root);
	j->has_root = reason == REASON_PASS;
	return reason;
}

enum reason chain_judge_root(struct judgement *j)
{
	enum reason reason;

	j->root_key = root_key(j->product);
	if (j->demands->insecure_root.count) {
		reason = trust_insecure_root(j);
		if (reason != REASON_PASS)
			return reason;
	}
	reason = judge_given_root(j);
	if (reason != REASON_PASS || !j->has_root)
		return reason;
	if (!bytes_are_equal(j->root.spki, j->root_key))
		return REASON_ROOT_NOT_AMD;
	return bytes_are_equal(j->root.subject, j->ca.issuer)
		       ? REASON_PASS
		       : REASON_CHAIN_MISMATCH;
}

enum reason chain_judge_signatures(struct judgement *j)
{
	enum reason reason = reason_of(certificate_verify(&j->ca, j->root_key),
				       REASON_CA_SIGNATURE);

	if (reason != REASON_PASS)
		return reason;
	return reason_of(certificate_verify(&j->vek_certificate, j->ca.spki),
			 REASON_VEK_SIGNATURE);
}

enum reason chain_judge_validity(struct judgement *j)
{
	int64_t at = j->demands->at;

	if (j->has_root && !certificate_is_valid_at(&j->root, at))
		return REASON_ROOT_NOT_VALID_NOW;
	if (!certificate_is_valid_at(&j->ca, at))
		return REASON_CA_NOT_VALID_NOW;
	return certificate_is_valid_at(&j->vek_certificate, at)
		       ? REASON_PASS
		       : REASON_VEK_NOT_VALID_NOW;
}

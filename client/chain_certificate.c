// SPDX-License-Identifier: Apache-2.0
#include "client/chain_certificate.h"

#include <string.h>

#define MBEDTLS_ALLOW_PRIVATE_ACCESS // what the parser found has few getters
#include <mbedtls/oid.h>
#include <mbedtls/x509_crt.h>

#include "client/chain_pss.h"
#include "client/chain_time.h"
#include "client/crypto.h"

#define VERSION_3 3
// The standard extensions of AMD's certificates that mbedTLS reads. Another one
// would mean something that isn't looked at here.
#define KNOWN_EXTENSIONS                                                   \
	(MBEDTLS_X509_EXT_BASIC_CONSTRAINTS | MBEDTLS_X509_EXT_KEY_USAGE | \
	 MBEDTLS_X509_EXT_SUBJECT_KEY_IDENTIFIER |                         \
	 MBEDTLS_X509_EXT_AUTHORITY_KEY_IDENTIFIER)

bool bytes_are_equal(struct anchorhold_bytes a, struct anchorhold_bytes b)
{
	return a.count == b.count &&
	       (a.count == 0 || memcmp(a.at, b.at, a.count) == 0);
}

static struct anchorhold_bytes view(const mbedtls_x509_buf *buffer)
{
	return (struct anchorhold_bytes){ buffer->p, buffer->len };
}

struct collection {
	struct certificate *certificate;
	bool is_bad;
};

// mbedTLS forgets a refusal of what isn't critical; is_bad doesn't.
static int collect(void *context, const mbedtls_x509_crt *crt,
		   const mbedtls_x509_buf *oid, int critical,
		   const unsigned char *at, const unsigned char *end)
{
	struct collection *collection = context;
	struct certificate *c = collection->certificate;
	struct certificate_extension found = {
		.oid = view(oid),
		.value = { at, (size_t)(end - at) },
	};

	(void)crt;
	if (critical || c->extension_count == CERTIFICATE_EXTENSIONS_LIMIT)
		collection->is_bad = true;
	for (size_t i = 0; i < c->extension_count; i++)
		if (bytes_are_equal(c->extensions[i].oid, found.oid))
			collection->is_bad = true;
	if (collection->is_bad)
		return MBEDTLS_ERR_X509_INVALID_EXTENSIONS;
	c->extensions[c->extension_count++] = found;
	return 0;
}

// The one common name of a name; empty when there is none, or more than one.
static struct text common_name(const mbedtls_x509_name *name)
{
	struct text found = { "", 0 };
	bool is_found = false;

	for (; name; name = name->next) {
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) != 0)
			continue;
		if (is_found)
			return (struct text){ "", 0 };
		is_found = true;
		found = (struct text){ (const char *)name->val.p,
				       name->val.len };
	}
	return found;
}

static void fill_usage(const mbedtls_x509_crt *crt, struct certificate *out)
{
	out->is_authority = crt->ca_istrue == 1;
	// mbedTLS stores one more, and 0 for no limit.
	out->has_path_limit = crt->max_pathlen > 0;
	if (out->has_path_limit)
		out->path_limit = (unsigned int)(crt->max_pathlen - 1);
	out->has_key_usage = crt->ext_types & MBEDTLS_X509_EXT_KEY_USAGE;
	if (!out->has_key_usage)
		return;
	out->may_sign_certificates = crt->key_usage &
				     MBEDTLS_X509_KU_KEY_CERT_SIGN;
	out->may_sign_crls = crt->key_usage & MBEDTLS_X509_KU_CRL_SIGN;
	out->may_sign_data = crt->key_usage & MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
}

static void fill(const mbedtls_x509_crt *crt, struct certificate *out)
{
	out->body = view(&crt->tbs);
	out->serial = view(&crt->serial);
	out->issuer = view(&crt->issuer_raw);
	out->subject = view(&crt->subject_raw);
	out->spki = view(&crt->pk_raw);
	out->signature = view(&crt->sig);
	out->issuer_name = common_name(&crt->issuer);
	out->subject_name = common_name(&crt->subject);
	out->not_before = time_of_x509(&crt->valid_from);
	out->not_after = time_of_x509(&crt->valid_to);
	fill_usage(crt, out);
}

static bool is_acceptable(const mbedtls_x509_crt *crt)
{
	return crt->version == VERSION_3 &&
	       pss_is_amds(crt->sig_pk, crt->sig_md, crt->sig_opts) &&
	       crt->issuer_id.len == 0 && crt->subject_id.len == 0 &&
	       (crt->ext_types & ~KNOWN_EXTENSIONS) == 0;
}

enum err certificate_read(struct anchorhold_bytes der, struct certificate *out)
{
	struct certificate c = { 0 };
	struct collection collection = { .certificate = &c };
	mbedtls_x509_crt crt;
	enum err e = OK;

	if (der.count == 0 || der.count > CERTIFICATE_LIMIT)
		return ERR_BAD_INPUT;
	mbedtls_x509_crt_init(&crt);
	int status = mbedtls_x509_crt_parse_der_with_ext_cb(
		&crt, der.at, der.count, 0, collect, &collection);
	if (status == MBEDTLS_ERR_X509_ALLOC_FAILED)
		e = ERR_NO_MEMORY;
	else if (status != 0 || collection.is_bad || !is_acceptable(&crt) ||
		 crt.raw.len != der.count)
		e = ERR_BAD_INPUT;
	else
		fill(&crt, &c);
	mbedtls_x509_crt_free(&crt);
	if (e == OK)
		*out = c;
	return e;
}

enum err certificate_verify(const struct certificate *c,
			    struct anchorhold_bytes issuer_spki)
{
	return crypto_pss_verify(issuer_spki, c->body, c->signature);
}

bool certificate_is_valid_at(const struct certificate *c, int64_t time)
{
	return c->not_before <= time && time <= c->not_after;
}

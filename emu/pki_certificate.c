// SPDX-License-Identifier: Apache-2.0
// Certificates and CRLs with AMD's algorithms: RSA-4096 authorities that sign
// by RSA-PSS with SHA-384, P-384 leaves.
#include "emu/pki.h"

#include <stdio.h>

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define SECONDS_PER_DAY 86400L
#define DAYS_PER_YEAR 365L
#define SALT_BYTES 48
#define X509_VERSION 2 // means 3
#define CRL_VERSION 1  // means 2

// AMD's own serial numbers for Milan.
#define SERIAL_ARK 0x10000
#define SERIAL_ASK 0x10001
#define SERIAL_ASVK 0x10101
#define SERIAL_LEAF 0

struct subject {
	const char *prefix; // of the common name
	EVP_PKEY *key;
	long serial;
	long days;
	const char *usage; // NULL: no authority
	const char *constraints;
};

static enum err must(bool done)
{
	return done ? OK : ERR_CRYPTO;
}

// The fields of AMD's names, in their order.
static enum err name_fill(X509_NAME *name, const char *prefix,
			  const char *product)
{
	char common[64];
	const char *const fields[][2] = {
		{ "OU", "EMULATED" }, { "C", "US" },       { "L", "EMULATED" },
		{ "ST", "CA" },       { "O", "EMULATED" }, { "CN", common },
	};

	snprintf(common, sizeof(common), "EMULATED-%s%s", prefix, product);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		TRY(must(X509_NAME_add_entry_by_txt(
				 name, fields[i][0], MBSTRING_ASC,
				 (const unsigned char *)fields[i][1], -1, -1,
				 0) == 1));
	return OK;
}

static enum err pss_start(EVP_MD_CTX *context, EVP_PKEY *key)
{
	EVP_PKEY_CTX *pss;

	TRY(must(EVP_DigestSignInit(context, &pss, EVP_sha384(), NULL, key) ==
		 1));
	TRY(must(EVP_PKEY_CTX_set_rsa_padding(pss, RSA_PKCS1_PSS_PADDING) ==
		 1));
	return must(EVP_PKEY_CTX_set_rsa_pss_saltlen(pss, SALT_BYTES) == 1);
}

static enum err certificate_sign(X509 *certificate, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (!context)
		return ERR_NO_MEMORY;
	enum err e = pss_start(context, key);
	if (e == OK)
		e = must(X509_sign_ctx(certificate, context) > 0);
	EVP_MD_CTX_free(context);
	return e;
}

static enum err extension_add(X509 *certificate, X509 *issuer, int nid,
			      const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension =
		X509V3_EXT_conf_nid(NULL, &context, nid, value);
	if (!extension)
		return ERR_CRYPTO;
	enum err e = must(X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
	return e;
}

static enum err authority_extend(X509 *certificate, X509 *issuer,
				 const struct subject *subject)
{
	TRY(extension_add(certificate, issuer, NID_subject_key_identifier,
			  "hash"));
	if (issuer != certificate)
		TRY(extension_add(certificate, issuer,
				  NID_authority_key_identifier, "keyid"));
	TRY(extension_add(certificate, issuer, NID_basic_constraints,
			  subject->constraints));
	return extension_add(certificate, issuer, NID_key_usage,
			     subject->usage);
}

static enum err body_fill(const struct pki *pki, X509 *certificate,
			  X509 *issuer, const struct subject *subject)
{
	const char *product = subject->usage ? pki->product->name : "";
	X509_NAME *name = X509_get_subject_name(certificate);

	TRY(must(X509_set_version(certificate, X509_VERSION) == 1));
	TRY(must(ASN1_INTEGER_set(X509_get_serialNumber(certificate),
				  subject->serial) == 1));
	TRY(name_fill(name, subject->prefix, product));
	TRY(must(X509_set_issuer_name(certificate,
				      X509_get_subject_name(issuer)) == 1));
	TRY(must(X509_gmtime_adj(X509_getm_notBefore(certificate),
				 -SECONDS_PER_DAY) != NULL));
	TRY(must(X509_gmtime_adj(X509_getm_notAfter(certificate),
				 subject->days * SECONDS_PER_DAY) != NULL));
	return must(X509_set_pubkey(certificate, subject->key) == 1);
}

// Without an issuer, the certificate is its own.
static enum err certify(const struct pki *pki, const struct subject *subject,
			X509 *issuer, EVP_PKEY *issuer_key, X509 **out)
{
	X509 *certificate = X509_new();

	*out = certificate; // pki_free() frees it, finished or not
	if (!certificate)
		return ERR_NO_MEMORY;
	if (!issuer)
		issuer = certificate;
	TRY(body_fill(pki, certificate, issuer, subject));
	if (subject->usage)
		TRY(authority_extend(certificate, issuer, subject));
	else
		TRY(pki_leaf_extend(pki, certificate,
				    subject->key == pki->vlek_key));
	return certificate_sign(certificate, issuer_key);
}

static enum err crl_revoke(X509_CRL *crl, long serial)
{
	X509_REVOKED *revoked = X509_REVOKED_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	ASN1_TIME *time = ASN1_TIME_set(NULL, 0);
	bool done = revoked && number && time &&
		    ASN1_INTEGER_set(number, serial) == 1 &&
		    X509_gmtime_adj(time, 0) != NULL &&
		    X509_REVOKED_set_serialNumber(revoked, number) == 1 &&
		    X509_REVOKED_set_revocationDate(revoked, time) == 1;

	ASN1_TIME_free(time);
	ASN1_INTEGER_free(number);
	if (done && X509_CRL_add0_revoked(crl, revoked) == 1)
		return OK;
	X509_REVOKED_free(revoked);
	return ERR_CRYPTO;
}

static enum err crl_time(X509_CRL *crl, long days, bool is_next)
{
	ASN1_TIME *time = X509_gmtime_adj(NULL, days * SECONDS_PER_DAY);
	int done = time && is_next ? X509_CRL_set1_nextUpdate(crl, time)
		   : time          ? X509_CRL_set1_lastUpdate(crl, time)
				   : 0;

	ASN1_TIME_free(time);
	return must(done == 1);
}

static enum err crl_sign(X509_CRL *crl, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (!context)
		return ERR_NO_MEMORY;
	enum err e = pss_start(context, key);
	if (e == OK)
		e = must(X509_CRL_sign_ctx(crl, context) > 0);
	EVP_MD_CTX_free(context);
	return e;
}

static enum err crl_make(const struct pki *pki, bool revoke_ask, X509_CRL **out)
{
	X509_CRL *crl = X509_CRL_new();

	*out = crl;
	if (!crl)
		return ERR_NO_MEMORY;
	TRY(must(X509_CRL_set_version(crl, CRL_VERSION) == 1));
	TRY(must(X509_CRL_set_issuer_name(
			 crl, X509_get_subject_name(pki->ark)) == 1));
	TRY(crl_time(crl, -1, false));
	TRY(crl_time(crl, DAYS_PER_YEAR, true));
	if (revoke_ask)
		TRY(crl_revoke(crl, SERIAL_ASK));
	return crl_sign(crl, pki->ark_key);
}

enum err pki_certify(struct pki *pki)
{
	const char *usage = "critical,keyCertSign";
	const char *last_ca = "critical,CA:TRUE,pathlen:0";
	struct subject ark = { "ARK-",
			       pki->ark_key,
			       SERIAL_ARK,
			       25 * DAYS_PER_YEAR,
			       "critical,keyCertSign,cRLSign",
			       "critical,CA:TRUE" };
	struct subject ask = { "SEV-",     pki->ask_key,
			       SERIAL_ASK, 25 * DAYS_PER_YEAR,
			       usage,      last_ca };
	struct subject asvk = { "SEV-VLEK-",        pki->asvk_key, SERIAL_ASVK,
				25 * DAYS_PER_YEAR, usage,         last_ca };
	struct subject vcek = { "SEV-VCEK",        pki->vcek_key, SERIAL_LEAF,
				7 * DAYS_PER_YEAR, NULL,          NULL };
	struct subject vlek = { "SEV-VLEK", pki->vlek_key, SERIAL_LEAF,
				365,        NULL,          NULL };

	TRY(certify(pki, &ark, NULL, pki->ark_key, &pki->ark));
	TRY(certify(pki, &ask, pki->ark, pki->ark_key, &pki->ask));
	TRY(certify(pki, &asvk, pki->ark, pki->ark_key, &pki->asvk));
	TRY(certify(pki, &vcek, pki->ask, pki->ask_key, &pki->vcek));
	TRY(certify(pki, &vlek, pki->asvk, pki->asvk_key, &pki->vlek));
	TRY(crl_make(pki, false, &pki->crl));
	return crl_make(pki, true, &pki->crl_ask_revoked);
}

void pki_free(struct pki *pki)
{
	EVP_PKEY *const keys[] = { pki->ark_key, pki->ask_key, pki->asvk_key,
				   pki->vcek_key, pki->vlek_key };
	X509 *const certificates[] = { pki->ark, pki->ask, pki->asvk, pki->vcek,
				       pki->vlek };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		EVP_PKEY_free(keys[i]);
		X509_free(certificates[i]);
	}
	X509_CRL_free(pki->crl);
	X509_CRL_free(pki->crl_ask_revoked);
	*pki = (struct pki){ 0 };
}

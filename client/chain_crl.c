// SPDX-License-Identifier: Apache-2.0
#include "client/chain_crl.h"

#define MBEDTLS_ALLOW_PRIVATE_ACCESS // for how it is signed
#include <mbedtls/x509_crl.h>

#include "client/chain_pss.h"
#include "client/chain_time.h"
#include "client/crypto.h"

static struct anchorhold_bytes view(const mbedtls_x509_buf *buffer)
{
	return (struct anchorhold_bytes){ buffer->p, buffer->len };
}

static enum reason judge_form(const struct judgement *j,
			      const mbedtls_x509_crl *crl)
{
	if (!pss_is_amds(crl->sig_pk, crl->sig_md, crl->sig_opts) ||
	    !bytes_are_equal(view(&crl->issuer_raw), j->ca.issuer))
		return REASON_BAD_CRL;
	return reason_of(crypto_pss_verify(j->root_key, view(&crl->tbs),
					   view(&crl->sig)),
			 REASON_BAD_CRL);
}

static bool is_listed(const struct judgement *j, const mbedtls_x509_crl *crl)
{
	// An empty list is one entry of nothing.
	for (const mbedtls_x509_crl_entry *entry = &crl->entry; entry;
	     entry = entry->next)
		if (entry->serial.len &&
		    bytes_are_equal(view(&entry->serial), j->ca.serial))
			return true;
	return false;
}

// A list that doesn't say when the next one comes is never in force.
static bool is_in_force(const struct judgement *j, const mbedtls_x509_crl *crl)
{
	return crl->next_update.year != 0 &&
	       time_of_x509(&crl->this_update) <= j->demands->at &&
	       j->demands->at <= time_of_x509(&crl->next_update);
}

static enum reason judge_list(struct judgement *j, const mbedtls_x509_crl *crl)
{
	enum reason reason = judge_form(j, crl);

	if (reason != REASON_PASS)
		return reason;
	if (is_listed(j, crl))
		return REASON_CA_REVOKED;
	if (is_in_force(j, crl))
		return REASON_PASS;
	if (!j->demands->allow_stale_crl)
		return REASON_STALE_CRL;
	j->out->notes |= ANCHORHOLD_NOTE_STALE_CRL;
	return REASON_PASS;
}

static enum reason judge_bytes(struct judgement *j)
{
	struct anchorhold_bytes der;
	mbedtls_x509_crl crl;
	enum reason reason;

	if (pem_open(&j->room, j->material.crl, PEM_CRL, &der) != OK)
		return REASON_BAD_CRL;
	mbedtls_x509_crl_init(&crl);
	int status = mbedtls_x509_crl_parse_der(&crl, der.at, der.count);
	if (status == MBEDTLS_ERR_X509_ALLOC_FAILED)
		reason = REASON_NO_MEMORY;
	else
		reason = status == 0 ? judge_list(j, &crl) : REASON_BAD_CRL;
	mbedtls_x509_crl_free(&crl);
	return reason;
}

enum reason crl_judge(struct judgement *j)
{
	enum reason reason = j->material.crl.count ? judge_bytes(j)
						   : REASON_NO_CRL;

	if (!j->demands->allow_no_crl ||
	    (reason != REASON_NO_CRL && reason != REASON_BAD_CRL))
		return reason;
	j->out->notes |= ANCHORHOLD_NOTE_NO_CRL;
	return REASON_PASS;
}

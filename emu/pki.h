// SPDX-License-Identifier: Apache-2.0
// anchorhold-test-pki: certificates like AMD's for an emulated chip. A host
// tool on OpenSSL. Nothing that it makes is AMD's word, so every name says
// EMULATED, and the keys belong to one checkout.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/err.h"
#include "emu/psp.h"

#define PKI_DER_LIMIT 4096u

// One product, as AMD's certificates and reports tell of it.
struct pki_product {
	const char *option;       // "milan"
	const char *name;         // "Milan"
	const char *product_name; // of extension 3704.1.2 in a VCEK
	uint8_t struct_version;   // of extension 3704.1.1
	uint8_t hwid_bytes;
	uint32_t report_version;
	uint64_t tcb;
	struct report_firmware_version firmware;
};

const struct pki_product *pki_product_find(const char *option);
enum psp_product pki_product_id(const struct pki_product *product);

// Subjects' keys and certificates; all freed by pki_free().
struct pki {
	const struct pki_product *product;
	uint64_t tcb;
	uint8_t chip_id[64];
	uint8_t chip_secret[PSP_SEED_BYTES];
	EVP_PKEY *ark_key, *ask_key, *asvk_key, *vcek_key, *vlek_key;
	X509 *ark, *ask, *asvk, *vcek, *vlek;
	X509_CRL *crl, *crl_ask_revoked;
};

// Makes certificates and CRLs from the product, the TCB and the five keys.
enum err pki_certify(struct pki *pki);
void pki_free(struct pki *pki);

// The AMD extensions of a leaf (AMD 57230, "VCEK Certificate and KDS Interface
// Specification", 3.1): of a VLEK when `is_vlek`.
enum err pki_leaf_extend(const struct pki *pki, X509 *leaf, bool is_vlek);

// Takes the CA keys from `folder` where they lie there, else makes and writes
// them; the leaves' are new each time. The chip follows from the ARK's key.
enum err pki_keys_open(struct pki *pki, const char *folder);
// Writes certificates, chains, CRLs and the secure processor's two files.
enum err pki_write(const struct pki *pki, const char *folder);
// Writes struct emu_psp_input and the certificates behind it, for a machine
// with a VLEK loaded or for one without.
enum err pki_input_write(const struct pki *pki, const char *folder,
			 const char *name, bool is_vlek);

// Like fopen(), for a name in the folder; what is made is its owner's alone.
FILE *pki_file_open(const char *folder, const char *name, const char *mode);
// Closes; ERR_DEVICE where that fails, or where `done` says so already.
enum err pki_file_finish(FILE *file, bool done);

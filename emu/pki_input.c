// SPDX-License-Identifier: Apache-2.0
// What the emulator's secure processor is given: the leaves' private keys, a
// platform and a guest as one would have them, and the certificate table.
#include "emu/pki.h"

#include <string.h>

#include <openssl/core_names.h>

#include "base/bytes.h"
#include "emu/params.h"

#define TABLE_CERTIFICATES ((size_t)3)
#define TABLE_BYTES_LIMIT (TABLE_CERTIFICATES * PKI_DER_LIMIT)
#define DEFAULT_POLICY (POLICY_MUST_BE_ONE | POLICY_SMT)
#define DEFAULT_PLATFORM_INFO \
	(PLATFORM_SMT_EN | PLATFORM_ECC_EN | PLATFORM_ALIAS_CHECK_COMPLETE)
#define DEFAULT_MIT_VECTOR 1u

// tools/psp_input.py knows these offsets.
_Static_assert(offsetof(struct psp_platform, chip_id) == 72);
_Static_assert(offsetof(struct psp_platform, mask_chip_key) == 265);
_Static_assert(offsetof(struct emu_psp_input, guest) == 272);
_Static_assert(offsetof(struct psp_guest, id_key_digest) == 80);
_Static_assert(offsetof(struct psp_guest, secure_tsc) == 196);
_Static_assert(offsetof(struct emu_psp_input, seed) == 472);
_Static_assert(offsetof(struct emu_psp_input, id_block_digest) == 504);
_Static_assert(offsetof(struct emu_psp_input, certificates_bytes) == 552);
_Static_assert(sizeof(struct emu_psp_input) == 560);

struct table {
	uint8_t bytes[(TABLE_CERTIFICATES + 1) *
			      sizeof(struct certificate_entry) +
		      TABLE_BYTES_LIMIT];
	size_t entries, used;
};

static enum err table_add(struct table *table, const uint8_t guid[16],
			  X509 *certificate)
{
	uint8_t *at = table->bytes + table->used;
	int length = i2d_X509(certificate, NULL);
	struct certificate_entry entry = { .offset = (uint32_t)table->used,
					   .length = (uint32_t)length };

	if (length < 0 || (size_t)length > PKI_DER_LIMIT)
		return ERR_TOO_BIG;
	if (i2d_X509(certificate, &at) != length)
		return ERR_CRYPTO;
	memcpy(entry.guid, guid, sizeof(entry.guid));
	memcpy(table->bytes + table->entries * sizeof(entry), &entry,
	       sizeof(entry));
	table->entries++;
	table->used += entry.length;
	return OK;
}

static enum err table_make(const struct pki *pki, bool is_vlek,
			   struct table *table)
{
	static const uint8_t vcek[16] = CERTIFICATE_GUID_VCEK;
	static const uint8_t vlek[16] = CERTIFICATE_GUID_VLEK;
	static const uint8_t ask[16] = CERTIFICATE_GUID_ASK;
	static const uint8_t ark[16] = CERTIFICATE_GUID_ARK;

	memset(table, 0, sizeof(*table));
	table->used =
		(TABLE_CERTIFICATES + 1) * sizeof(struct certificate_entry);
	TRY(table_add(table, is_vlek ? vlek : vcek,
		      is_vlek ? pki->vlek : pki->vcek));
	TRY(table_add(table, ask, is_vlek ? pki->asvk : pki->ask));
	return table_add(table, ark, pki->ark);
}

static enum err scalar_take(const EVP_PKEY *key, uint8_t out[PSP_KEY_BYTES])
{
	BIGNUM *scalar = NULL;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &scalar) != 1)
		return ERR_CRYPTO;
	int length = BN_bn2binpad(scalar, out, PSP_KEY_BYTES);
	BN_clear_free(scalar);
	return length == PSP_KEY_BYTES ? OK : ERR_CRYPTO;
}

static enum err platform_fill(const struct pki *pki, bool is_vlek,
			      struct psp_platform *p)
{
	const struct pki_product *product = pki->product;

	*p = (struct psp_platform){
		.product = pki_product_id(product),
		.report_version = product->report_version,
		.current_tcb = pki->tcb,
		.committed_tcb = pki->tcb,
		.launch_tcb = pki->tcb,
		.reported_tcb = pki->tcb,
		.platform_info = DEFAULT_PLATFORM_INFO,
		.launch_mit_vector = DEFAULT_MIT_VECTOR,
		.current_mit_vector = DEFAULT_MIT_VECTOR,
		.current_version = product->firmware,
		.committed_version = product->firmware,
	};
	memcpy(p->chip_id, pki->chip_id, sizeof(p->chip_id));
	memcpy(p->chip_secret, pki->chip_secret, sizeof(p->chip_secret));
	TRY(scalar_take(pki->vcek_key, p->vcek));
	return is_vlek ? scalar_take(pki->vlek_key, p->vlek) : OK;
}

enum err pki_input_write(const struct pki *pki, const char *folder,
			 const char *name, bool is_vlek)
{
	static const uint8_t zeros[EMU_CERTIFICATES_OFFSET];
	struct table table;
	struct emu_psp_input input = { .guest.policy = DEFAULT_POLICY };

	TRY(table_make(pki, is_vlek, &table));
	input.certificates_bytes = table.used;
	TRY(platform_fill(pki, is_vlek, &input.platform));
	FILE *file = pki_file_open(folder, name, "w");
	if (!file)
		return ERR_DEVICE;
	bool done = fwrite(&input, sizeof(input), 1, file) == 1 &&
		    fwrite(zeros, sizeof(zeros) - sizeof(input), 1, file) ==
			    1 &&
		    fwrite(table.bytes, table.used, 1, file) == 1;
	wipe(&input, sizeof(input));
	return pki_file_finish(file, done);
}

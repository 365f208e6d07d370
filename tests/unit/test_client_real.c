// SPDX-License-Identifier: Apache-2.0
// AMD's own material, where ../shared/data is there: real reports pass under
// AMD's roots, and no bit of what is signed can change. Skipped, saying so,
// where it isn't.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/report.h"
#include "client/anchorhold.h"
#include "tests/fake/client_files.h"

// 2025-10-01: both VCEKs are valid.
#define AT 1759276800

struct real {
	const char *report, *vek, *ca, *root, *other_root;
	uint32_t version;
	enum anchorhold_product product;
};

static const struct real milan = {
	.report = SHARED_DATA "/reports/milan-v2-virtee-sev-120d77.bin",
	.vek = SHARED_DATA "/reports/milan-v2-virtee-sev-120d77.vcek.der",
	.ca = SHARED_DATA "/certs/ASK-Milan.der",
	.root = SHARED_DATA "/certs/ARK-Milan.der",
	.other_root = SHARED_DATA "/certs/ARK-Genoa.der",
	.version = 2,
	.product = ANCHORHOLD_MILAN,
};
static const struct real genoa = {
	.report = SHARED_DATA "/reports/genoa-v5-oak-oc-6d1cef.bin",
	.vek = SHARED_DATA "/reports/genoa-v5-oak-oc-6d1cef.vcek.der",
	.ca = SHARED_DATA "/certs/ASK-Genoa.der",
	.root = SHARED_DATA "/certs/ARK-Genoa.der",
	.other_root = SHARED_DATA "/certs/ARK-Milan.der",
	.version = 5,
	.product = ANCHORHOLD_GENOA,
};

struct files {
	struct anchorhold_bytes report, vek, ca, root, other_root;
};

static struct files open_files(const struct real *real)
{
	struct files f = {
		.report = client_file_read(real->report),
		.vek = client_file_read(real->vek),
		.ca = client_file_read(real->ca),
		.root = client_file_read(real->root),
		.other_root = client_file_read(real->other_root),
	};

	if (!f.report.count || !f.vek.count || !f.ca.count || !f.root.count) {
		print_message("%s isn't there: skipped\n", real->report);
		skip();
	}
	return f;
}

static void close_files(struct files *f)
{
	client_file_free(f->report);
	client_file_free(f->vek);
	client_file_free(f->ca);
	client_file_free(f->root);
	client_file_free(f->other_root);
}

static const struct anchorhold_demands authentic = { .at = AT,
						     .allow_no_crl = true,
						     .authentic_only = true };

static void expect(const struct anchorhold_material *material, const char *sub)
{
	struct anchorhold_verdict v;

	anchorhold_verify_report(material, &authentic, &v);
	assert_string_equal(v.sub, sub);
	assert_int_equal(v.code,
			 *sub ? ANCHORHOLD_NOT_AN_ENCLAVE : ANCHORHOLD_PASS);
}

static void check_passes(const struct real *real)
{
	struct files f = open_files(real);
	struct anchorhold_material m = { .report = f.report,
					 .vek = f.vek,
					 .ca = f.ca };
	struct anchorhold_verdict v;
	struct attestation_report report;

	anchorhold_verify_report(&m, &authentic, &v);
	assert_string_equal(v.sub, "");
	assert_int_equal(v.code, ANCHORHOLD_PASS);
	assert_int_equal(v.notes, ANCHORHOLD_NOTE_NO_CRL |
					  ANCHORHOLD_NOTE_AUTHENTIC_ONLY);
	assert_int_equal(v.report_version, real->version);
	assert_int_equal(v.product, real->product);
	memcpy(&report, f.report.at, sizeof(report));
	assert_memory_equal(v.measurement, report.measurement,
			    sizeof(v.measurement));
	m.root = f.root;
	expect(&m, "");
	m.root = f.other_root;
	expect(&m, "root-not-amd");
	close_files(&f);
}

// One bit of each byte, another one each time.
static void check_every_byte(const struct real *real)
{
	struct files f = open_files(real);
	uint8_t report[sizeof(struct attestation_report)];
	struct anchorhold_material m = { .report = { report, sizeof(report) },
					 .vek = f.vek,
					 .ca = f.ca };
	struct anchorhold_verdict v;

	assert_int_equal(f.report.count, sizeof(report));
	memcpy(report, f.report.at, sizeof(report));
	for (size_t i = 0; i < sizeof(report); i++) {
		uint8_t bit = (uint8_t)(1u << i % 8);

		report[i] ^= bit;
		anchorhold_verify_report(&m, &authentic, &v);
		if (v.code != ANCHORHOLD_NOT_AN_ENCLAVE)
			fail_msg("byte %zu may change: %s", i, v.text);
		report[i] ^= bit;
	}
	close_files(&f);
}

static void check_certificate(const struct real *real, bool is_ca)
{
	struct files f = open_files(real);
	struct anchorhold_bytes whole = is_ca ? f.ca : f.vek;
	uint8_t der[4096];
	struct anchorhold_bytes changed = { der, whole.count };
	struct anchorhold_material m = { .report = f.report,
					 .vek = is_ca ? f.vek : changed,
					 .ca = is_ca ? changed : f.ca };
	struct anchorhold_verdict v;

	assert_true(whole.count <= sizeof(der));
	memcpy(der, whole.at, whole.count);
	for (size_t i = 0; i < whole.count; i += 3) {
		uint8_t bit = (uint8_t)(1u << i % 8);

		der[i] ^= bit;
		anchorhold_verify_report(&m, &authentic, &v);
		if (v.code != ANCHORHOLD_NOT_AN_ENCLAVE)
			fail_msg("byte %zu may change: %s", i, v.text);
		der[i] ^= bit;
	}
	close_files(&f);
}

static void milan_passes(void **state)
{
	(void)state;
	check_passes(&milan);
}

static void genoa_passes(void **state)
{
	(void)state;
	check_passes(&genoa);
}

static void milan_holds_every_byte(void **state)
{
	(void)state;
	check_every_byte(&milan);
}

static void genoa_holds_every_byte(void **state)
{
	(void)state;
	check_every_byte(&genoa);
}

static void certificates_hold(void **state)
{
	(void)state;
	check_certificate(&milan, true);
	check_certificate(&genoa, false);
}

// Of one product's report under another's certificates.
static void products_are_apart(void **state)
{
	struct files a = open_files(&milan), b = open_files(&genoa);
	struct anchorhold_material m = { .report = a.report,
					 .vek = b.vek,
					 .ca = b.ca };

	(void)state;
	expect(&m, "bad-signature");
	m.ca = a.ca;
	expect(&m, "chain-mismatch");
	close_files(&a);
	close_files(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(milan_passes),
		cmocka_unit_test(genoa_passes),
		cmocka_unit_test(milan_holds_every_byte),
		cmocka_unit_test(genoa_holds_every_byte),
		cmocka_unit_test(certificates_hold),
		cmocka_unit_test(products_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

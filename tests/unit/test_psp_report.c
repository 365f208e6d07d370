// SPDX-License-Identifier: Apache-2.0
// Reports: every field by version, the signature against OpenSSL, the choice of
// the signing key, and launches that must not come about.
#include "emu/psp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include "base/num.h"
#include "tests/fake/psp_guest.h"

static struct psp psp;
static struct psp_platform platform;
static struct psp_guest guest;
static struct report_response answer;
static const uint8_t zeros[512];

static int settings(void **state)
{
	(void)state;
	platform = psp_guest_platform();
	guest = psp_guest_settings();
	return 0;
}

static void ask_by(unsigned int vmpck, const struct report_request *request)
{
	psp_guest_ask(&psp, vmpck, GUEST_MESSAGE_REPORT_REQ, 1, request,
		      sizeof(*request), &answer, sizeof(answer));
}

static const struct attestation_report *report_get(uint32_t flags)
{
	struct report_request request = { .flags = flags };

	memset(request.report_data, 0xd7, sizeof(request.report_data));
	psp_guest_launch(&psp, &platform, &guest);
	ask_by(0, &request);
	assert_int_equal(answer.status, 0);
	assert_int_equal(answer.report_size, 0x4a0);
	return &answer.report;
}

static void assert_zeros(const void *bytes, size_t count)
{
	assert_true(count <= sizeof(zeros));
	assert_memory_equal(bytes, zeros, count);
}

static void fields_of_all_versions_stand(void **state)
{
	static const uint32_t versions[] = { 2, 3, 5 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
		platform.report_version = versions[i];
		const struct attestation_report *r = report_get(0);

		assert_int_equal(r->version, versions[i]);
		assert_int_equal(r->guest_svn, 7);
		assert_int_equal(r->policy, 0x30000);
		assert_int_equal(r->family_id[15], 0xfa);
		assert_int_equal(r->image_id[0], 0x13);
		assert_int_equal(r->vmpl, 0);
		assert_int_equal(r->signature_algo, 1);
		assert_int_equal(r->current_tcb, platform.current_tcb);
		assert_int_equal(r->platform_info, PLATFORM_SMT_EN);
		assert_int_equal(r->key_info, 0);
		assert_int_equal(r->report_data[63], 0xd7);
		assert_memory_equal(r->measurement, psp.digest, 48);
		assert_int_equal(r->host_data[31], 0x4d);
		assert_int_equal(r->id_key_digest[47], 0x1d);
		assert_zeros(r->author_key_digest, 48); // not enabled
		assert_int_equal(r->report_id_ma[31], 0xff);
		assert_int_equal(r->reported_tcb, platform.reported_tcb);
		assert_int_equal(r->chip_id[63], 0xc1);
		assert_int_equal(r->committed_tcb, platform.committed_tcb);
		assert_int_equal(r->current_version.minor, 56);
		assert_int_equal(r->committed_version.build, 54);
		assert_int_equal(r->launch_tcb, platform.launch_tcb);
		assert_zeros(r->reserved_18b, sizeof(r->reserved_18b));
		assert_zeros(r->reserved_208, sizeof(r->reserved_208));
		assert_zeros(r->reserved_330, sizeof(r->reserved_330));
		assert_zeros(r->signature_r + 48, 24);
		assert_zeros(r->signature_s + 48, 24);
	}
}

static void versions_differ_where_they_should(void **state)
{
	const struct attestation_report *r;

	(void)state;
	platform.report_version = 2;
	r = report_get(0);
	assert_zeros(&r->cpuid_family, 3);
	assert_zeros(&r->launch_mit_vector, 16);
	platform.report_version = 3;
	r = report_get(0);
	assert_memory_equal(&r->cpuid_family, "\x19\x01\x01", 3);
	assert_zeros(&r->launch_mit_vector, 16);
	platform.report_version = 5;
	r = report_get(0);
	assert_memory_equal(&r->cpuid_family, "\x19\x01\x01", 3);
	assert_int_equal(r->launch_mit_vector, 0x5);
	assert_int_equal(r->current_mit_vector, 0xd);
	platform.product = PSP_GENOA;
	assert_memory_equal(&report_get(0)->cpuid_family, "\x19\x11\x01", 3);
}

static void turin_has_a_short_chip_id(void **state)
{
	(void)state;
	platform.product = PSP_TURIN;
	const struct attestation_report *r = report_get(0);

	assert_memory_equal(&r->cpuid_family, "\x1a\x02\x01", 3);
	assert_int_equal(r->chip_id[7], 0xc1);
	assert_zeros(r->chip_id + 8, 56);
}

static void masks_and_author_key_show(void **state)
{
	const struct attestation_report *r;

	(void)state;
	platform.mask_chip_id = 1;
	guest.author_key_enabled = 1;
	r = report_get(0);
	assert_zeros(r->chip_id, 64);
	assert_int_equal(r->author_key_digest[0], 0xa4);
	assert_int_equal(r->key_info, KEY_INFO_AUTHOR_KEY_EN);
	platform.mask_chip_key = 1;
	r = report_get(0);
	assert_int_equal(r->key_info, KEY_INFO_AUTHOR_KEY_EN |
					      KEY_INFO_MASK_CHIP_KEY |
					      REPORT_SIGNED_BY_NONE << 2);
	assert_zeros(r->signature_r, 144);
}

static BIGNUM *scalar_load(const uint8_t little_endian[REPORT_SCALAR_BYTES])
{
	return BN_lebin2bn(little_endian, REPORT_SCALAR_BYTES, NULL);
}

// The public key of a private scalar, for EVP.
static EVP_PKEY *public_key(const uint8_t private_key[PSP_KEY_BYTES])
{
	char name[] = "P-384";
	uint8_t encoded[97];
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *d = BN_bin2bn(private_key, PSP_KEY_BYTES, NULL);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(EC_POINT_mul(group, point, d, NULL, NULL, NULL), 1);
	assert_int_equal(EC_POINT_point2oct(group, point,
					    POINT_CONVERSION_UNCOMPRESSED,
					    encoded, sizeof(encoded), NULL),
			 sizeof(encoded));
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("group", name, 0),
		OSSL_PARAM_construct_octet_string("pub", encoded,
						  sizeof(encoded)),
		OSSL_PARAM_construct_end(),
	};
	assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
	assert_int_equal(
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params),
		1);
	EVP_PKEY_CTX_free(context);
	BN_free(d);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return key;
}

static bool signature_fits(const struct attestation_report *r,
			   const uint8_t private_key[PSP_KEY_BYTES])
{
	uint8_t *der = NULL;
	EVP_PKEY *key = public_key(private_key);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	ECDSA_SIG *signature = ECDSA_SIG_new();

	ECDSA_SIG_set0(signature, scalar_load(r->signature_r),
		       scalar_load(r->signature_s));
	int length = i2d_ECDSA_SIG(signature, &der);
	assert_true(length > 0);
	assert_int_equal(
		EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key),
		1);
	bool fits = EVP_DigestVerify(context, der, (size_t)length,
				     (const uint8_t *)r, 0x2a0) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(signature);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return fits;
}

static void vcek_signs_where_no_vlek_is(void **state)
{
	struct attestation_report changed;

	(void)state;
	changed = *report_get(GUEST_KEY_AUTO);
	assert_true(signature_fits(&changed, platform.vcek));
	changed.reserved_208[151] ^= 1; // the last signed byte
	assert_false(signature_fits(&changed, platform.vcek));
	assert_true(signature_fits(report_get(GUEST_KEY_VCEK), platform.vcek));
}

static void vlek_signs_unless_vcek_is_asked_for(void **state)
{
	const struct attestation_report *r;

	(void)state;
	memset(platform.vlek, 0x33, sizeof(platform.vlek));
	r = report_get(GUEST_KEY_AUTO);
	assert_int_equal(r->key_info, REPORT_SIGNED_BY_VLEK << 2);
	assert_true(signature_fits(r, platform.vlek));
	r = report_get(GUEST_KEY_VLEK);
	assert_true(signature_fits(r, platform.vlek));
	r = report_get(GUEST_KEY_VCEK);
	assert_int_equal(r->key_info, 0);
	assert_true(signature_fits(r, platform.vcek));
}

static void assert_status(unsigned int vmpck,
			  const struct report_request *request, uint32_t want)
{
	ask_by(vmpck, request);
	assert_int_equal(answer.status, want);
	assert_int_equal(answer.report_size, want ? 0 : 0x4a0);
	if (want)
		assert_zeros(&answer.report, 512);
}

static void bad_requests_get_a_status(void **state)
{
	struct report_request request = { .flags = GUEST_KEY_VLEK };

	(void)state;
	psp_guest_launch(&psp, &platform, &guest);
	assert_status(0, &request, 0x27);
	request.flags = 3;
	assert_status(0, &request, 0x27);
	request.flags = 4;
	assert_status(0, &request, 0x16);
	request = (struct report_request){ .reserved_48[23] = 1 };
	assert_status(0, &request, 0x16);
	for (uint32_t vmpck = 0; vmpck < VMPCK_COUNT; vmpck++)
		for (uint32_t vmpl = 0; vmpl < 6; vmpl++) {
			request = (struct report_request){ .vmpl = vmpl };
			assert_status(vmpck, &request,
				      vmpl >= vmpck && vmpl <= 3 ? 0 : 0x16);
			if (answer.status == 0)
				assert_int_equal(answer.report.vmpl, vmpl);
		}
}

static void assert_launch(enum psp_status want)
{
	static const uint8_t seed[PSP_SEED_BYTES];

	psp = (struct psp){ 0 };
	assert_int_equal(psp_launch_start(&psp, &platform, &guest, seed), want);
	assert_int_equal(psp.state, want == PSP_SUCCESS ? PSP_STATE_LAUNCH
							: PSP_STATE_NONE);
}

static void impossible_policies_do_not_launch(void **state)
{
	static const struct {
		uint64_t policy, info;
		enum psp_status want;
	} cases[] = {
		{ 0x30000, 1, PSP_SUCCESS },
		{ 0x20000, 0, PSP_SUCCESS },
		{ 0x10000, 1, PSP_INVALID_PARAM }, // bit 17
		{ 0x4030000, 1, PSP_INVALID_PARAM },
		{ 0x8000000000030000, 1, PSP_INVALID_PARAM },
		{ 0x20000, PLATFORM_SMT_EN, PSP_POLICY_FAILURE },
		{ 0x30000 | POLICY_RAPL_DIS, 1, PSP_POLICY_FAILURE },
		{ 0x30000 | POLICY_RAPL_DIS, 9, PSP_SUCCESS },
		{ 0x30000 | POLICY_CIPHERTEXT_HIDING, 1, PSP_POLICY_FAILURE },
		{ 0x30000 | POLICY_CIPHERTEXT_HIDING, 0x11, PSP_SUCCESS },
		{ 0x30138, 1, PSP_SUCCESS },        // ABI 1.56, the firmware's
		{ 0x30139, 1, PSP_POLICY_FAILURE }, // ABI 1.57
		{ 0x30200, 1, PSP_POLICY_FAILURE }, // ABI 2.0
		{ 0x30039, 1, PSP_SUCCESS },        // ABI 0.57
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		guest.policy = cases[i].policy;
		platform.platform_info = cases[i].info;
		assert_launch(cases[i].want);
	}
}

static void impossible_platforms_do_not_launch(void **state)
{
	(void)state;
	static const uint32_t versions[] = { 0, 1, 4, 6 };
	for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
		platform.report_version = versions[i];
		assert_launch(PSP_INVALID_PARAM);
	}
	platform.report_version = 2;
	platform.product = 3;
	assert_launch(PSP_INVALID_PARAM);
	platform.product = PSP_MILAN;
	memset(platform.vcek, 0xff, sizeof(platform.vcek)); // above the order
	assert_launch(PSP_INVALID_PARAM);
	memset(platform.vcek, 0, sizeof(platform.vcek));
	assert_launch(PSP_INVALID_PARAM);
}

static void launches_keep_their_order(void **state)
{
	static const uint8_t page[4096];
	uint8_t digest[LAUNCH_DIGEST_BYTES];

	(void)state;
	psp = (struct psp){ 0 };
	assert_int_equal(psp_launch_update(&psp, 0, LAUNCH_PAGE_ZERO, NULL),
			 PSP_INVALID_GUEST_STATE);
	assert_int_equal(psp_launch_finish(&psp, NULL),
			 PSP_INVALID_GUEST_STATE);
	assert_launch(PSP_SUCCESS);
	assert_int_equal(psp_launch_update(&psp, 1, LAUNCH_PAGE_NORMAL, page),
			 PSP_INVALID_PARAM);
	assert_int_equal(
		psp_launch_update(&psp, 0, (enum launch_page_type)7, page),
		PSP_INVALID_PARAM);
	assert_int_equal(psp_launch_update(&psp, 0, LAUNCH_PAGE_NORMAL, page),
			 PSP_SUCCESS);
	memcpy(digest, psp.digest, sizeof(digest));
	digest[47] ^= 1;
	assert_int_equal(psp_launch_finish(&psp, digest), PSP_BAD_MEASUREMENT);
	digest[47] ^= 1;
	assert_int_equal(psp_launch_finish(&psp, digest), PSP_SUCCESS);
	assert_int_equal(psp_launch_update(&psp, 0, LAUNCH_PAGE_NORMAL, page),
			 PSP_INVALID_GUEST_STATE);
}

static void runs_have_keys_of_their_own(void **state)
{
	struct psp other = { 0 };
	uint8_t seed[PSP_SEED_BYTES] = { 1 };

	(void)state;
	assert_launch(PSP_SUCCESS);
	assert_int_equal(psp_launch_start(&other, &platform, &guest, seed),
			 PSP_SUCCESS);
	assert_memory_not_equal(psp.report_id, other.report_id, 32);
	assert_memory_not_equal(psp.vmrk, other.vmrk, 32);
	for (unsigned int i = 0; i < VMPCK_COUNT; i++) {
		assert_memory_not_equal(psp.vmpck[i], other.vmpck[i], 32);
		assert_memory_not_equal(psp.vmpck[i],
					psp.vmpck[(i + 1) % VMPCK_COUNT], 32);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fields_of_all_versions_stand, settings),
		cmocka_unit_test_setup(versions_differ_where_they_should,
				       settings),
		cmocka_unit_test_setup(turin_has_a_short_chip_id, settings),
		cmocka_unit_test_setup(masks_and_author_key_show, settings),
		cmocka_unit_test_setup(vcek_signs_where_no_vlek_is, settings),
		cmocka_unit_test_setup(vlek_signs_unless_vcek_is_asked_for,
				       settings),
		cmocka_unit_test_setup(bad_requests_get_a_status, settings),
		cmocka_unit_test_setup(impossible_policies_do_not_launch,
				       settings),
		cmocka_unit_test_setup(impossible_platforms_do_not_launch,
				       settings),
		cmocka_unit_test_setup(launches_keep_their_order, settings),
		cmocka_unit_test_setup(runs_have_keys_of_their_own, settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

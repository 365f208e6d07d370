// SPDX-License-Identifier: Apache-2.0
// Expectation files: what they demand, and what isn't one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "client/expectation.h"

#define H16 "00112233445566778899aabbccddeeff"
#define H32 H16 H16
#define H48 H16 H16 H16
#define H64 H32 H32
#define MEASURED "\"measurements\":[{\"digest\":\"" H48 "\",\"name\":\"n\"}]"
#define MILAN \
	"\"Milan\":{\"boot_loader\":1,\"tee\":2,\"snp\":3,\"microcode\":4}"
#define FLOOR "\"tcb_floor\":{" MILAN "}"
#define PLAIN "{\"version\":1," MEASURED "," FLOOR
// Of the file's only fields, those that must be there, and one more.
#define WITH(more) PLAIN "," more "}"

static struct expectation e;
static char why[EXPECTATION_WHY_LIMIT];

static const struct anchorhold_demands *read(const char *json)
{
	why[0] = '\0';
	if (expectation_read(json, strlen(json), &e, why) != OK)
		fail_msg("%s", why);
	return &e.demands;
}

static void refused(const char *json, const char *words)
{
	why[0] = '\0';
	if (expectation_read(json, strlen(json), &e, why) != ERR_BAD_INPUT)
		fail_msg("taken: %s", json);
	if (!strstr(why, words))
		fail_msg("\"%s\" isn't in \"%s\"", words, why);
}

static void test_defaults_are_strict(void **state)
{
	const struct anchorhold_demands *d = read(PLAIN "}");

	(void)state;
	assert_int_equal(d->measurement_count, 1);
	assert_int_equal(d->measurements[0].digest[1], 0x11);
	assert_string_equal(d->measurements[0].name, "n");
	assert_true(d->floor[ANCHORHOLD_MILAN].is_set);
	assert_memory_equal(d->floor[ANCHORHOLD_MILAN].tcb,
			    "\x01\x02\0\0\0\0\x03\x04", 8);
	assert_false(d->floor[ANCHORHOLD_GENOA].is_set);
	assert_false(d->floor[ANCHORHOLD_TURIN].is_set);
	assert_false(d->allow_development || d->any_policy || d->allow_egress ||
		     d->allow_console || d->allow_no_alias_check ||
		     d->authentic_only || d->allow_no_crl ||
		     d->allow_stale_crl || d->has_policy_sha256);
}

static void test_everything(void **state)
{
	const struct anchorhold_demands *d = read(
		WITH("\"comment\":\"c\",\"profile\":\"development\","
		     "\"policy\":{\"egress\":\"allow\",\"console\":\"allow\","
		     "\"state\":\"fresh\",\"clients\":\"named\"},"
		     "\"platform\":{\"forbid_smt\":true,\"single_socket\":true,"
		     "\"ciphertext_hiding\":true,\"ecc\":true,\"tsme\":true,"
		     "\"rapl_disabled\":true,\"cxl_forbidden\":true,"
		     "\"allow_no_alias_check\":true,\"min_abi\":\"1.55\","
		     "\"mitigations\":\"0000000000000013\"},"
		     "\"app_sha256\":\"" H32 "\",\"host_data\":\"" H32 "\","
		     "\"id_key_digest\":\"" H48 "\","
		     "\"author_key_digest\":\"" H48 "\","
		     "\"chips\":[\"" H64 "\"],\"products\":[\"Milan\"]"));

	(void)state;
	assert_true(d->allow_development && d->allow_egress &&
		    d->allow_console && d->demand_fresh_state &&
		    d->demand_named_clients && d->forbid_smt &&
		    d->demand_single_socket && d->demand_ciphertext_hiding &&
		    d->demand_ecc && d->demand_tsme &&
		    d->demand_rapl_disabled && d->demand_cxl_forbidden &&
		    d->allow_no_alias_check);
	assert_true(d->has_app_sha256 && d->has_host_data &&
		    d->has_id_key_digest && d->has_author_key_digest);
	assert_int_equal(d->min_abi_major, 1);
	assert_int_equal(d->min_abi_minor, 55);
	assert_int_equal(d->demand_mit_vector, 0x13);
	assert_int_equal(d->chip_count, 1);
	assert_int_equal(d->chips[0][63], 0xff);
}

static void test_products_narrow(void **state)
{
	const char *json =
		"{\"version\":1," MEASURED ",\"tcb_floor\":{" MILAN
		",\"Turin\":{\"fmc\":9,\"boot_loader\":1,\"tee\":2,\"snp\":3,"
		"\"microcode\":4}},\"products\":[\"Turin\"]}";
	const struct anchorhold_demands *d = read(json);

	(void)state;
	assert_false(d->floor[ANCHORHOLD_MILAN].is_set);
	assert_memory_equal(d->floor[ANCHORHOLD_TURIN].tcb,
			    "\x09\x01\x02\x03\0\0\0\x04", 8);
	refused(WITH("\"products\":[\"Genoa\"]"), "products[0]");
	refused(WITH("\"products\":[\"Rome\"]"), "products[0]");
}

static void test_policy(void **state)
{
	const struct anchorhold_demands *d =
		read(WITH("\"policy\":{\"sha256\":\"" H32 "\"}"));

	(void)state;
	assert_true(d->has_policy_sha256);
	d = read(WITH("\"policy\":\"any\""));
	assert_true(d->any_policy);
	refused(WITH("\"policy\":\"none\""), "policy");
	refused(WITH("\"policy\":{\"sha256\":\"" H32
		     "\",\"egress\":\"allow\"}"),
		"policy");
	refused(WITH("\"policy\":{\"egress\":true}"), "policy.egress");
	refused(WITH("\"policy\":{\"egress\":\"yes\"}"), "policy.egress");
}

static void test_refused(void **state)
{
	static const struct {
		const char *json, *words;
	} bad[] = {
		{ "", "line" },
		{ "[]", "object" },
		{ PLAIN, "line" },
		{ PLAIN "}}", "line" },
		{ PLAIN ",\"version\":1}", "duplicate" },
		{ WITH("\"insecure_root\":\"x\""), "insecure_root" },
		{ WITH("\"no_crl\":true"), "no_crl" },
		{ "{" MEASURED "," FLOOR "}", "version" },
		{ "{\"version\":2," MEASURED "," FLOOR "}", "version" },
		{ "{\"version\":1," FLOOR "}", "measurements" },
		{ "{\"version\":1," MEASURED "}", "tcb_floor" },
		{ "{\"version\":1,\"measurements\":[]," FLOOR "}",
		  "no measurement" },
		{ "{\"version\":1,\"measurements\":[{\"digest\":\"00\"}]," FLOOR
		  "}",
		  "measurements[0].digest" },
		{ "{\"version\":1,\"measurements\":[{\"name\":\"n\"}]," FLOOR
		  "}",
		  "digest" },
		{ "{\"version\":1," MEASURED
		  ",\"tcb_floor\":{\"Milan\":{\"snp\":3}}}",
		  "boot_loader" },
		{ "{\"version\":1," MEASURED
		  ",\"tcb_floor\":{\"Milan\":{\"boot_loader\":256,\"tee\":0,"
		  "\"snp\":3,\"microcode\":1}}}",
		  "boot_loader" },
		{ "{\"version\":1," MEASURED ",\"tcb_floor\":{\"milan\":{}}}",
		  "milan" },
		{ WITH("\"profile\":\"any\""), "profile" },
		{ WITH("\"platform\":{\"smt\":true}"), "smt" },
		{ WITH("\"platform\":{\"ecc\":1}"), "platform.ecc" },
		{ WITH("\"platform\":{\"min_abi\":\"1\"}"), "min_abi" },
		{ WITH("\"platform\":{\"min_abi\":\"1.256\"}"), "min_abi" },
		{ WITH("\"platform\":{\"mitigations\":\"0x1\"}"),
		  "mitigations" },
		{ WITH("\"chips\":[]"), "chips" },
		{ WITH("\"chips\":[\"" H32 "\"]"), "chips[0]" },
		{ WITH("\"app_sha256\":\"" H16 "\""), "app_sha256" },
		{ WITH("\"host_data\":5"), "host_data" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		refused(bad[i].json, bad[i].words);
}

static void test_names(void **state)
{
	char json[512];

	(void)state;
	snprintf(json, sizeof(json),
		 "{\"version\":1,\"measurements\":[{\"digest\":\"" H48
		 "\",\"name\":\"%s\"}]," FLOOR "}",
		 H32);
	refused(json, "63 bytes");
	snprintf(json, sizeof(json),
		 "{\"version\":1,\"measurements\":[{\"digest\":\"" H48
		 "\",\"name\":\"a\\u001b[1m\"}]," FLOOR "}");
	refused(json, "control");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults_are_strict),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_products_narrow),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Claims whose value, type or place is not the one that evidence has. */
#include "replay/claim_judge.h"

#include "tests/claim_case.h"

static void hashes_of_collateral_are_found_or_not(void **state)
{
	static const struct rp_claim_hashed collateral[] = {
		{ { "t", 0, 9 }, NULL, RP_CLAIM_HASH_TCB_INFO, "aa" },
		{ { "c", 0, 8 },
		  "with a NUL behind it",
		  RP_CLAIM_HASH_QE_IDENTITY,
		  "bb" },
	};
	const struct rp_claim_evidence e = {
		.quote = { { { "q", 0, 5 }, NULL, RP_CLAIM_HASH_QUOTE, "cc" },
			   { { "q", 0, 7 },
			     "with what follows it",
			     RP_CLAIM_HASH_QUOTE,
			     "dd" } },
		.collateral = collateral,
		.n_collateral = 2,
	};
	struct rp_claims claims = claims_compared(
		EV_SPAN_LITERAL("{\"sgx_collateral\":{\"tcbinfohash\":\"aa\","
				"\"qeidhash\":\"BB\",\"qeidcrlhash\":\"ee\"},"
				"\"x-ms-sgx-collateral\":{\"quotehash\":"
				"\"cc\"},\"tdx_collateral\":{\"quotehash\":"
				"\"dd\"},\"maa-attestationcollateral\":{"
				"\"maa-quotehash\":\"ee\"}}"),
		&e);

	(void)state;
	claims_expect(&claims, "sgx_collateral.tcbinfohash", RP_CLAIM_EQUAL,
		      NULL);
	claims_expect(&claims, "sgx_collateral.qeidhash", RP_CLAIM_EQUAL,
		      "upper case");
	claims_expect(&claims, "sgx_collateral.qeidcrlhash",
		      RP_CLAIM_NOT_RECOMPUTABLE, NULL);
	claims_expect(&claims, "x-ms-sgx-collateral.quotehash", RP_CLAIM_EQUAL,
		      NULL);
	claims_expect(&claims, "tdx_collateral.quotehash", RP_CLAIM_EQUAL,
		      "with what follows it");
	claims_expect(&claims, "maa-attestationcollateral.maa-quotehash",
		      RP_CLAIM_DIFFERS, NULL);
	rp_claims_free(&claims);
}

/* A hash of one piece, said to be another's, follows from nothing. */
static void a_hash_is_of_its_own_kind(void **state)
{
	static const struct {
		const char *name;
		enum rp_claim_hash of;
	} rows[] = {
		{ "quotehash", RP_CLAIM_HASH_QUOTE },
		{ "tcbinfohash", RP_CLAIM_HASH_TCB_INFO },
		{ "qeidhash", RP_CLAIM_HASH_QE_IDENTITY },
		{ "tcbinfocertshash", RP_CLAIM_HASH_CHAIN },
		{ "tcbinfocerthash", RP_CLAIM_HASH_CHAIN },
		{ "qeidcertshash", RP_CLAIM_HASH_CHAIN },
		{ "maa-qeidcerthash", RP_CLAIM_HASH_CHAIN },
		{ "tcbinfocrlhash", RP_CLAIM_HASH_CRL },
		{ "qeidcrlhash", RP_CLAIM_HASH_CRL },
		{ "anyhash", RP_N_CLAIM_HASHES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int of = 1; of < RP_N_CLAIM_HASHES; of++) {
			const struct rp_claim_hashed piece = {
				{ "t", 0, 9 },
				NULL,
				(enum rp_claim_hash)of,
				"aa"
			};
			const struct rp_claim_evidence e = {
				.collateral = &piece,
				.n_collateral = 1,
			};
			struct rp_claims claims;
			char json[100], path[60];

			snprintf(path, sizeof(path), "tdx_collateral.%s",
				 rows[i].name);
			snprintf(json, sizeof(json),
				 "{\"tdx_collateral\":{\"%s\":\"aa\"}}",
				 rows[i].name);
			claims = claims_compared(ev_span_str(json), &e);
			claims_expect(&claims, path,
				      (int)rows[i].of == of
					      ? RP_CLAIM_EQUAL
					      : RP_CLAIM_NOT_RECOMPUTABLE,
				      NULL);
			rp_claims_free(&claims);
		}
}

static void a_container_is_no_value(void **state)
{
	(void)state;
	claims_expect_td("{\"tdx_seamsvn\":{\"v\":3}}", "tdx_seamsvn",
			 RP_CLAIM_DIFFERS, "another type");
	claims_expect_td("{\"tdx_seamsvn\":[[3]]}", "tdx_seamsvn",
			 RP_CLAIM_DIFFERS, "another type");
	claims_expect_td("{\"tdx\":{\"tdx_xfam\":[{}]}}", "tdx.tdx_xfam",
			 RP_CLAIM_DIFFERS, "another type");
	claims_expect_td("{\"x-ms-isolation-tee\":{},\"tdx_xfam\":{\"v\":1}}",
			 "tdx_xfam", RP_CLAIM_DIFFERS, "another type");
	/* What a customer or a guest calls so is not the service's. */
	claims_expect_td("{\"a\":{\"tdx_seamsvn\":{\"v\":3}}}",
			 "a.tdx_seamsvn.v", RP_CLAIM_NOT_RECOMPUTABLE, NULL);
	claims_expect_td("{\"tdx\":[{},1,{\"tdx_seamsvn\":4}]}",
			 "tdx[2].tdx_seamsvn", RP_CLAIM_DIFFERS, NULL);
}

/* By the name of its TEE a token says nothing of this one. */
static void what_is_measured_is_counted(void **state)
{
	static const struct {
		const char *name, *value; /* behind it: zeros */
		int zeros;
		size_t equal, measured;
	} rows[] = {
		{ "x-ms-attestation-type", "tdxvm", 0, 1, 0 },
		{ "tdx_xfam", "", 16, 1, 0 },
		{ "tdx_mrtd", "", 96, 1, 1 },
		{ "tdx_report_data", "", 128, 1, 1 },
		{ "tdx_mrtd", "1", 95, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rp_claims claims;
		char json[200], zeros[129] = "";

		memset(zeros, '0', (size_t)rows[i].zeros);
		snprintf(json, sizeof(json), "{\"%s\":\"%s%s\"}", rows[i].name,
			 rows[i].value, zeros);
		claims = claims_compared(ev_span_str(json), &claims_of_td);
		assert_int_equal(claims.count[RP_CLAIM_EQUAL], rows[i].equal);
		assert_int_equal(claims.n_measured, rows[i].measured);
		rp_claims_free(&claims);
	}
}

/* One member of the name "a.b" is not the member b of a. */
static void a_name_does_not_pose_as_a_path(void **state)
{
	char json[800], name[600];

	(void)state;
	claims_expect_td("{\"tdx.tdx_seamsvn\":3}", "tdx\\x2etdx_seamsvn",
			 RP_CLAIM_NOT_RECOMPUTABLE, NULL);
	claims_expect_td("{\"a[0]\":3}", "a\\x5b0]", RP_CLAIM_NOT_RECOMPUTABLE,
			 NULL);
	claims_expect_td("{\"a\":[[],{\"b\":1}]}", "a[1].b",
			 RP_CLAIM_NOT_RECOMPUTABLE, NULL);
	/* A backslash is a byte of the name. */
	claims_expect_td("{\"a\\\\x2eb\":3}", "a\\x5cx2eb",
			 RP_CLAIM_NOT_RECOMPUTABLE, NULL);
	for (size_t n = 490; n < 520; n++) {
		struct rp_claims claims;

		memset(name, 'a', n);
		name[n] = '\0';
		snprintf(json, sizeof(json), "{\"b\":{\"%s\":1}}", name);
		claims = claims_compared(ev_span_str(json), &claims_of_td);
		assert_int_equal(claims.n, 1);
		assert_true(strlen(claims.claim[0].name) < RP_CLAIM_TEXT_MAX);
		if (strstr(claims.claim[0].name, name) == NULL)
			assert_string_equal(
				claims.claim[0].name +
					strlen(claims.claim[0].name) - 3,
				"...");
		rp_claims_free(&claims);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_of_collateral_are_found_or_not),
		cmocka_unit_test(a_hash_is_of_its_own_kind),
		cmocka_unit_test(a_container_is_no_value),
		cmocka_unit_test(what_is_measured_is_counted),
		cmocka_unit_test(a_name_does_not_pose_as_a_path),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

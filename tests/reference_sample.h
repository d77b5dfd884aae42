/* SPDX-License-Identifier: Apache-2.0 */
/* A reference manifest that nobody stands for, and parts of it. */
#ifndef TESTS_REFERENCE_SAMPLE_H
#define TESTS_REFERENCE_SAMPLE_H

#define SAMPLE_A16 "aaaaaaaaaaaaaaaa"
#define SAMPLE_B16 "bbbbbbbbbbbbbbbb"
#define SAMPLE_A96                                                             \
	SAMPLE_A16 SAMPLE_A16 SAMPLE_A16 SAMPLE_A16 SAMPLE_A16 SAMPLE_A16
#define SAMPLE_B96                                                             \
	SAMPLE_B16 SAMPLE_B16 SAMPLE_B16 SAMPLE_B16 SAMPLE_B16 SAMPLE_B16
#define SAMPLE_C16 "cccccccccccccccc"
#define SAMPLE_C96                                                             \
	SAMPLE_C16 SAMPLE_C16 SAMPLE_C16 SAMPLE_C16 SAMPLE_C16 SAMPLE_C16
#define SAMPLE_A64 SAMPLE_A16 SAMPLE_A16 SAMPLE_A16 SAMPLE_A16

#define SAMPLE_ARTIFACT                                                        \
	"\"artifact\":{\"name\":\"openhcl.bin\",\"sha256\":\"" SAMPLE_A64      \
	"\",\"size\":4096}"
#define SAMPLE_ENTRY(parameters, value)                                        \
	"{\"alg\":\"sha384\"," parameters                                      \
	"\"platform\":\"tdx\",\"register\":\"mrtd\",\"value\":\"" value "\"}"
#define SAMPLE_TWO_PASS "\"parameters\":{\"pageOrder\":\"two-pass\"},"
#define SAMPLE_MEASUREMENTS                                                    \
	"\"measurements\":[" SAMPLE_ENTRY("", SAMPLE_A96) "," SAMPLE_ENTRY(    \
		SAMPLE_TWO_PASS, SAMPLE_B96) "]"
#define SAMPLE_RECIPE                                                          \
	"\"recipe\":{\"path\":\"recipes/openhcl/1.7/build.txt\","              \
	"\"sha256\":\"" SAMPLE_A64 "\"}"
#define SAMPLE_SOURCE                                                          \
	"\"source\":{\"commit\":\"" SAMPLE_A16 SAMPLE_A16                      \
	"aaaaaaaa\",\"repository\":\"https://example.org/openhcl\"}"
#define SAMPLE_STATUS                                                          \
	"\"status\":[{\"since\":\"2026-01-01T00:00:00Z\",\"state\":\"good\"}," \
	"{\"advisory\":\"EX-1\",\"reason\":\"a key in the image\","            \
	"\"since\":\"2026-06-01T00:00:00Z\",\"state\":\"withdrawn\"}]"

/* Members in canonical order; each argument is one of the parts above. */
#define SAMPLE_WITH(measurements, product, status, version)                    \
	"{" SAMPLE_ARTIFACT "," measurements ",\"product\":\"" product         \
	"\"," SAMPLE_RECIPE                                                    \
	",\"reference\":\"ecart-reference/1\"," SAMPLE_SOURCE "," status       \
	",\"version\":\"" version "\"}"
#define SAMPLE SAMPLE_WITH(SAMPLE_MEASUREMENTS, "openhcl", SAMPLE_STATUS, "1.7")

#endif

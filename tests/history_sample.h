/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of replays as histories are made of, each with one quote. */
#ifndef TESTS_HISTORY_SAMPLE_H
#define TESTS_HISTORY_SAMPLE_H

#include "audit/history/history.h"
#include "evidence/base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct sample_report {
	char id; /* a hex digit, of which the archive's id is made */
	const char *time, *basis, *verdict;
	char value;	      /* a hex digit, of which MRTD is made */
	char machine;	      /* of which the instance id is made; 0: none */
	const char *svn;      /* 32 hex digits */
	const char *tcb;      /* NULL: no collateral */
	bool hcl, untrusted;  /* HCL report; quote's signature did not pass */
	bool debug, tampered; /* a digest is another */
};

#define SAMPLE_SVN "0d010400000000000000000000000000"

static inline void sample_repeat(struct ev_buffer *out, char digit, size_t n)
{
	while (n-- > 0)
		ev_buffer_add_byte(out, (uint8_t)digit);
}

static inline void sample_facts(const struct sample_report *r,
				struct ev_buffer *out)
{
	ev_buffer_printf(out,
			 "\"tdx\":{\"item\":\"q\",\"attributes\":\"%s\","
			 "\"teeTcbSvn\":\"%s\",\"trusted\":true,"
			 "\"mrtd\":\"",
			 r->debug ? "0100001000000000" : "0000001000000000",
			 r->svn != NULL ? r->svn : SAMPLE_SVN);
	sample_repeat(out, r->value, 96);
	ev_buffer_add_str(out, "\"}");
	if (r->machine != 0) {
		ev_buffer_add_str(out, ",\"platform\":{\"item\":\"q\","
				       "\"trusted\":true,"
				       "\"platformInstanceId\":\"");
		sample_repeat(out, r->machine, 32);
		ev_buffer_add_str(out, "\",\"ppid\":\"");
		sample_repeat(out, 'e', 32);
		ev_buffer_add_str(out, "\"}");
	}
	if (r->tcb != NULL)
		ev_buffer_printf(out,
				 ",\"tcb\":[{\"item\":\"q\",\"decides\":"
				 "false,\"trusted\":true,\"status\":"
				 "\"Other\"},{\"item\":\"q\",\"decides\":"
				 "true,\"trusted\":true,\"status\":\"%s\"}]",
				 r->tcb);
	if (r->hcl)
		ev_buffer_add_str(out, ",\"azure\":{\"item\":\"h\",\"quote\":"
				       "\"q\",\"runtimeData\":{\"trusted\":"
				       "true}}");
}

/* The report as canonical as jansson wants it; to be freed. */
static inline void sample_report(const struct sample_report *r,
				 struct ev_buffer *out)
{
	ev_buffer_add_str(out, "{\"archive\":{\"id\":\"");
	sample_repeat(out, r->id, 64);
	ev_buffer_printf(out,
			 "\"},\"anchors\":[],\"asOf\":{\"time\":\"%s\","
			 "\"basis\":\"%s\"},\"verdict\":\"%s\","
			 "\"policy\":{\"name\":\"p\",\"sha256\":\"00\"},"
			 "\"checks\":[",
			 r->time, r->basis != NULL ? r->basis : "claimed",
			 r->verdict != NULL ? r->verdict : "pass");
	ev_buffer_printf(out,
			 "{\"id\":\"archive.manifest\",\"outcome\":\"pass\"},"
			 "{\"id\":\"archive.digests\",\"outcome\":\"pass\"},"
			 "{\"id\":\"archive.digests\",\"outcome\":\"%s\"}",
			 r->tampered ? "fail" : "pass");
	if (r->value != 0)
		ev_buffer_printf(out,
				 ",{\"id\":\"dcap.quote.signature\","
				 "\"outcome\":\"%s\",\"subject\":\"q\"}",
				 r->untrusted || r->tampered ? "skip" : "pass");
	ev_buffer_add_str(out, "],\"facts\":{");
	if (r->value != 0)
		sample_facts(r, out);
	ev_buffer_add_str(out, "}}");
}

static inline void sample_add(struct au_sights *sights,
			      struct ev_crypto *crypto,
			      const struct sample_report *r)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct ev_error err = { 0 };

	sample_report(r, &text);
	assert_true(ev_buffer_ok(&text));
	assert_int_equal(
		au_sights_add(sights, crypto, ev_buffer_span(&text), &err),
		EV_OK);
}

/* A history of n reports, in the order that `at` gives; NULL: theirs. */
static inline void sample_history(const struct sample_report *reports, size_t n,
				  const size_t *at,
				  const struct au_sightings *public,
				  struct au_sights *sights,
				  struct au_history *out)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_error err = { 0 };

	assert_non_null(crypto);
	for (size_t i = 0; i < n; i++)
		sample_add(sights, crypto, &reports[at != NULL ? at[i] : i]);
	assert_int_equal(au_history_make(sights, NULL, NULL, public, out, &err),
			 EV_OK);
}

#endif

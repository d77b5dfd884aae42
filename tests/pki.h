/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates and CRLs of Intel's PKI that the vectors hold. */
#ifndef TESTS_PKI_H
#define TESTS_PKI_H

#include "evidence/base/base64.h"
#include "evidence/base/hex.h"
#include "evidence/base/pem.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#define PKI_BEGIN "-----BEGIN CERTIFICATE-----"
#define PKI_END	  "-----END CERTIFICATE-----"

/* Called with each object's DER and the vector it comes from. */
typedef void pki_visit(struct ev_span der, const char *where, void *arg);

/* From the first certificate's begin line to the last one's end line. */
static inline bool pki_chain_text(struct ev_span file, struct ev_span *out)
{
	const uint8_t *at =
		memmem(file.p, file.n, PKI_BEGIN, sizeof(PKI_BEGIN) - 1);
	const uint8_t *end = at, *next = at;

	while (next != NULL) {
		next = memmem(end, (size_t)(file.p + file.n - end), PKI_END,
			      sizeof(PKI_END) - 1);
		if (next != NULL)
			end = next + sizeof(PKI_END) - 1;
	}
	if (at != NULL)
		*out = ev_span_of(at, (size_t)(end - at));
	return at != NULL;
}

static inline void pki_visit_text(struct ev_span text, const char *where,
				  pki_visit *visit, void *arg)
{
	struct ev_pem_list list;
	struct ev_error err = { EV_OK };
	char why[512];

	if (ev_pem_list_parse(text, 0, "CERTIFICATE", &list, &err) != EV_OK) {
		ev_error_format(&err, why, sizeof(why));
		fail_msg("%s: %s", where, why);
	}
	for (size_t i = 0; i < list.n_blocks; i++)
		visit(list.block[i].der, where, arg);
	ev_pem_list_free(&list);
}

/* The character at *at, where a header of HTTP or a JSON document has it
 * escaped; *at is then behind it. */
static inline uint8_t pki_unescaped(struct ev_span in, size_t *at)
{
	uint8_t c = in.p[*at];

	if (c == '%' && in.n - *at > 2 &&
	    ev_hex_decode(ev_span_sub(in, *at + 1, 2), &c, 1))
		*at += 2;
	else if (c == '\\' && in.n - *at > 1 && in.p[*at + 1] == 'n') {
		*at += 1;
		c = '\n';
	}
	*at += 1;
	return c;
}

/* A file with PEM somewhere in it, white space before its lines taken off (a
 * literal block of YAML is indented). */
static inline void pki_visit_file(const char *rel, pki_visit *visit, void *arg)
{
	struct ev_span file, chain;
	uint8_t *flat;
	size_t n = 0;
	bool start = true;

	assert_true(vectors_read(rel, &file));
	flat = malloc(file.n + 1);
	assert_non_null(flat);
	for (size_t i = 0; i < file.n;) {
		uint8_t c = pki_unescaped(file, &i);

		if (start && c == ' ')
			continue;
		start = c == '\n';
		flat[n++] = c;
	}
	file = ev_span_of(flat, n);
	/* One chain after the other: other text may stand between them. */
	while (pki_chain_text(file, &chain)) {
		const uint8_t *next = chain.p;
		size_t one;

		next = memmem(chain.p, chain.n, PKI_END, sizeof(PKI_END) - 1);
		one = (size_t)(next - chain.p) + sizeof(PKI_END) - 1;
		pki_visit_text(ev_span_of(chain.p, one), rel, visit, arg);
		file = ev_span_of(chain.p + one,
				  (size_t)(file.p + file.n - chain.p) - one);
	}
	free(flat);
}

/* The base64url text of a YAML file's member, decoded; the caller frees. */
static inline struct ev_span pki_yaml_base64(const char *rel, const char *name)
{
	struct ev_span file;
	uint8_t *text, *out;
	const uint8_t *p;
	size_t n = 0, n_out;

	assert_true(vectors_read(rel, &file));
	p = memmem(file.p, file.n, name, strlen(name));
	assert_non_null(p);
	p = memchr(p, '\n', (size_t)(file.p + file.n - p));
	assert_non_null(p);
	text = malloc(file.n);
	out = malloc(file.n);
	assert_non_null(text);
	assert_non_null(out);
	while (p[0] == '\n' && p[1] == ' ')
		for (p++; *p != '\n'; p++)
			if (*p != ' ')
				text[n++] = *p;
	assert_true(ev_base64_decode(EV_BASE64_ANY, ev_span_of(text, n), out,
				     &n_out));
	free(text);
	return ev_span_of(out, n_out);
}

/* A member that stands in one line below its name, as it stands there. */
static inline struct ev_span pki_yaml_line(const char *rel, const char *name)
{
	const uint8_t *p, *end;
	struct ev_span file;

	assert_true(vectors_read(rel, &file));
	p = memmem(file.p, file.n, name, strlen(name));
	assert_non_null(p);
	p = memchr(p, '\n', (size_t)(file.p + file.n - p));
	assert_non_null(p);
	while (*++p == ' ')
		;
	end = memchr(p, '\n', (size_t)(file.p + file.n - p));
	assert_non_null(end);
	return ev_span_of(p, (size_t)(end - p));
}

#define PKI_AZURE "e2e-tdx/azure-tdx-with-ak-intermediates-1780922561.yaml"

static inline void pki_visit_azure_quote(pki_visit *visit, void *arg)
{
	struct ev_span chain,
		quote = pki_yaml_base64(PKI_AZURE, "tdx_quote_base64");

	assert_true(pki_chain_text(quote, &chain));
	pki_visit_text(chain, PKI_AZURE, visit, arg);
	free((void *)(uintptr_t)quote.p);
}

/* Files below dcap/CASE and its collateral folders whose names end so. */
static inline void pki_each_file(const char *ending,
				 void (*each)(const char *rel, void *arg),
				 void *arg)
{
	const char *const *names, *const *files, *const *deep;
	size_t n, n_files, n_deep, tail = strlen(ending);
	char rel[400], sub[600];

	assert_true(vectors_list("dcap", &names, &n));
	for (size_t i = 0; i < n; i++) {
		/* A file; the quote whose chain is damaged on purpose. */
		if (strchr(names[i], '.') != NULL ||
		    strcmp(names[i], "x-sgx-v3-corrupted") == 0)
			continue;
		snprintf(rel, sizeof(rel), "dcap/%s", names[i]);
		assert_true(vectors_list(rel, &files, &n_files));
		for (size_t k = 0; k < n_files; k++) {
			size_t len = strlen(files[k]);

			snprintf(sub, sizeof(sub), "dcap/%s/%s", names[i],
				 files[k]);
			if (len >= tail &&
			    strcmp(files[k] + len - tail, ending) == 0)
				each(sub, arg);
			if (strncmp(files[k], "collateral-", 11) != 0)
				continue;
			assert_true(vectors_list(sub, &deep, &n_deep));
			for (size_t m = 0; m < n_deep; m++) {
				len = strlen(deep[m]);
				snprintf(sub, sizeof(sub), "dcap/%s/%s/%s",
					 names[i], files[k], deep[m]);
				if (len >= tail &&
				    strcmp(deep[m] + len - tail, ending) == 0)
					each(sub, arg);
			}
		}
	}
}

struct pki_walk {
	pki_visit *visit;
	void *arg;
};

static inline void pki_walk_file(const char *rel, void *arg)
{
	const struct pki_walk *w = arg;

	pki_visit_file(rel, w->visit, w->arg);
}

static inline void pki_each_answer(const char *folder, pki_visit *visit,
				   void *arg)
{
	const char *const *names;
	char rel[400];
	size_t n;

	assert_true(vectors_list(folder, &names, &n));
	for (size_t i = 0; i < n; i++) {
		snprintf(rel, sizeof(rel), "%s/%s", folder, names[i]);
		pki_visit_file(rel, visit, arg);
	}
}

#define PKI_E2E "e2e-tdx/"
#define PKI_AZURE_COLLATERAL                                                   \
	PKI_E2E "azure-collateral-with-ak-intermediates-1780922561.yaml"
#define PKI_GCP_COLLATERAL PKI_E2E "gcp-tdx-collateral-1782809233226668671.yaml"

/* In any of the spellings. */
static inline void pki_visit_crl(const char *rel, void *arg)
{
	const struct pki_walk *w = arg;
	struct ev_span item;

	assert_true(vectors_read(rel, &item));
	w->visit(item, rel, w->arg);
}

/* The list in an answer of Intel's service, PEM or base64. */
static inline void pki_visit_pcs_crl(const char *rel, pki_visit *visit,
				     void *arg)
{
	struct ev_span file;
	const char *text;
	uint8_t *der;
	size_t n;
	json_t *j;

	assert_true(vectors_read(rel, &file));
	j = json_loadb((const char *)file.p, file.n, 0, NULL);
	text = json_string_value(json_object_get(j, "crl_data"));
	if (text != NULL) {
		visit(ev_span_str(text), rel, arg);
	} else {
		text = json_string_value(json_object_get(j, "crl_data_base64"));
		assert_non_null(text);
		der = malloc(strlen(text));
		assert_non_null(der);
		assert_true(ev_base64_decode(EV_BASE64_ANY, ev_span_str(text),
					     der, &n));
		visit(ev_span_of(der, n), rel, arg);
		free(der);
	}
	json_decref(j);
}

static inline void pki_each_crl(pki_visit *visit, void *arg)
{
	static const char *const yaml[] = { PKI_AZURE_COLLATERAL,
					    PKI_GCP_COLLATERAL };
	struct pki_walk w = { visit, arg };

	pki_each_file("_crl.der", pki_visit_crl, &w);
	pki_each_file("Crl.der", pki_visit_crl, &w);
	for (size_t i = 0; i < 2; i++) {
		visit(pki_yaml_line(yaml[i], "root_ca_crl:"), yaml[i], arg);
		visit(pki_yaml_line(yaml[i], "pck_crl:"), yaml[i], arg);
	}
	pki_visit_crl("http/pccs/crl-root-der.body", &w);
	pki_visit_crl("http/pccs/rootcacrl-hex.body", &w);
	pki_visit_crl("http/pccs/pckcrl-platform-der.body", &w);
	pki_visit_crl("http/pccs/pckcrl-platform-hex.body", &w);
	pki_visit_pcs_crl("http/pcs/pck_crl_platform.json", visit, arg);
	pki_visit_pcs_crl("http/pcs/pck_crl_processor.json", visit, arg);
	pki_visit_pcs_crl("http/pcs/pck_crl_processor_der.json", visit, arg);
}

static inline void pki_each_certificate(pki_visit *visit, void *arg)
{
	struct pki_walk w = { visit, arg };

	pki_each_file(".pem", pki_walk_file, &w);
	pki_each_file("quote.bin", pki_walk_file, &w);
	pki_visit_azure_quote(visit, arg);
	pki_visit_file(PKI_AZURE_COLLATERAL, visit, arg);
	pki_visit_file("e2e-tdx/gcp-tdx-1782809233226668671", visit, arg);
	pki_visit_file(PKI_GCP_COLLATERAL, visit, arg);
	pki_each_answer("http/pcs", visit, arg);
	pki_each_answer("http/pccs", visit, arg);
}

#endif

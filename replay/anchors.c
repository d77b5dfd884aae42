/* SPDX-License-Identifier: Apache-2.0 */
/* Anchor files: a few header lines and one PEM block. */
#include "replay/anchors.h"

#include "evidence/base/hex.h"
#include "evidence/base/sig.h"
#include "evidence/base/time.h"

#include <stdio.h>

static const char object[] = "anchor";

static const char *const use_words[] = {
	[RP_ANCHOR_INTEL_SGX_ROOT] = "intel-sgx-root",
	[RP_ANCHOR_AZURE_VTPM_ROOT] = "azure-vtpm-root",
	[RP_ANCHOR_AZURE_IMDS_ROOT] = "azure-imds-root",
	[RP_ANCHOR_TSA_ROOT] = "tsa-root",
	[RP_ANCHOR_ITA_ROOT] = "intel-trust-authority-root",
	[RP_ANCHOR_GOOGLE_ROOT] = "google-confidential-space-root",
	[RP_ANCHOR_AMD_ARK] = "amd-ark",
	[RP_ANCHOR_TLS_ROOT] = "tls-root",
};

const char *rp_anchor_use_word(enum rp_anchor_use use)
{
	return use_words[use];
}

/* The next line of text from *at on, without its end. */
static struct ev_span next_line(struct ev_span text, size_t *at)
{
	const uint8_t *line = text.p + *at;
	const uint8_t *nl = memchr(line, '\n', text.n - *at);
	size_t size = nl != NULL ? (size_t)(nl - line) : text.n - *at;

	*at += size + (nl != NULL);
	return ev_span_of(line, size);
}

static bool is_field(struct ev_span line, const char *field)
{
	size_t n = strlen(field);

	return line.n > n + 2 && memcmp(line.p, field, n) == 0 &&
	       line.p[n] == ':' && line.p[n + 1] == ' ';
}

/* The value of the one line "Field: value". */
static struct ev_span header(struct ev_span text, const char *field)
{
	for (size_t at = 0; at < text.n;) {
		struct ev_span line = next_line(text, &at);
		size_t skip = strlen(field) + 2;

		if (is_field(line, field))
			return ev_span_sub(line, skip, line.n - skip);
	}
	return (struct ev_span){ NULL, 0 };
}

/* Lines up to the first empty one: what follows is for people. */
static struct ev_span header_lines(struct ev_span text)
{
	for (size_t at = 0; at < text.n;) {
		size_t start = at;

		if (next_line(text, &at).n == 0)
			return ev_span_sub(text, 0, start);
	}
	return text;
}

static enum ev_code check_names(struct ev_span text, struct ev_error *err)
{
	static const char *const known[] = {
		"Name",	   "Owner",	"For",	      "Subject",  "Spki-Sha256",
		"Confirm", "Simulated", "Valid-From", "Valid-To", "Policies",
	};
	enum { N_KNOWN = sizeof(known) / sizeof(known[0]) };
	bool seen[N_KNOWN] = { false };

	for (size_t at = 0; at < text.n;) {
		struct ev_span line = next_line(text, &at);
		size_t i = 0;

		while (i < N_KNOWN && !is_field(line, known[i]))
			i++;
		if (i == N_KNOWN)
			return ev_fail_text(err, EV_VALUE, object, "header", 0,
					    "a field of ecart-policy(5) with a "
					    "value",
					    line);
		if (seen[i])
			return ev_fail(err, EV_DUPLICATE, object, known[i], 0,
				       "each field once", "one twice");
		seen[i] = true;
	}
	return EV_OK;
}

static enum ev_code copy_text(struct ev_span text, const char *field, char *out,
			      size_t size, struct ev_error *err)
{
	struct ev_span value = header(text, field);

	if (value.n == 0 || value.n >= size)
		return ev_fail_u64(err, EV_MISSING, object, field, 0, size - 1,
				   value.n);
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < 0x20 || value.p[i] > 0x7e)
			return ev_fail_u64(err, EV_VALUE, object, field, 0, ' ',
					   value.p[i]);
	memcpy(out, value.p, value.n);
	out[value.n] = '\0';
	return EV_OK;
}

static enum ev_code read_use(struct ev_span text, enum rp_anchor_use *out,
			     struct ev_error *err)
{
	struct ev_span value = header(text, "For");

	for (size_t i = 0; i < sizeof(use_words) / sizeof(use_words[0]); i++)
		if (ev_span_eq(value, ev_span_str(use_words[i]))) {
			*out = (enum rp_anchor_use)i;
			return EV_OK;
		}
	return ev_fail_bytes(err, EV_VALUE, object, "For", 0,
			     "a use of ecart-policy(5)", value);
}

static enum ev_code read_instant(struct ev_span text, const char *field,
				 int64_t *out, struct ev_error *err)
{
	struct ev_span value = header(text, field);

	if (value.n == 0 || ev_time_parse_rfc3339(value, out))
		return EV_OK;
	return ev_fail_text(err, EV_SYNTAX, object, field, 0,
			    "YYYY-MM-DDTHH:MM:SSZ", value);
}

static enum ev_code read_policies(struct ev_span text, char out[256],
				  struct ev_error *err)
{
	struct ev_span value = header(text, "Policies");

	if (value.n == 0)
		return EV_OK;
	for (size_t i = 0; i < value.n; i++)
		if (memchr("0123456789. ", value.p[i], 12) == NULL)
			return ev_fail_text(err, EV_SYNTAX, object, "Policies",
					    0, "dotted OIDs and blanks", value);
	return copy_text(text, "Policies", out, 256, err);
}

static enum ev_code read_terms(struct ev_span text, struct rp_anchor *a,
			       struct ev_error *err)
{
	static const char *const terms[] = { "Valid-From", "Valid-To",
					     "Policies" };

	a->valid_from = INT64_MIN;
	a->valid_to = INT64_MAX;
	for (size_t i = 0; a->use != RP_ANCHOR_TSA_ROOT && i < 3; i++)
		if (header(text, terms[i]).n > 0)
			return ev_fail(err, EV_VALUE, object, terms[i], 0,
				       "terms for a tsa-root alone",
				       "another use");
	if (read_instant(text, "Valid-From", &a->valid_from, err) != EV_OK ||
	    read_instant(text, "Valid-To", &a->valid_to, err) != EV_OK)
		return err->code;
	return read_policies(text, a->policies, err);
}

/* The file names the digest of its own key, so that a person can compare. */
static enum ev_code check_digest(struct ev_crypto *crypto, struct ev_span text,
				 const struct rp_anchor *a,
				 struct ev_error *err)
{
	struct ev_span value = header(text, "Spki-Sha256");
	uint8_t want[32], got[32];

	if (a->use == RP_ANCHOR_TSA_ROOT)
		return EV_OK;
	if (!ev_hex_decode(value, want, sizeof(want)))
		return ev_fail_bytes(err, EV_MISSING, object, "Spki-Sha256", 0,
				     "64 hex digits", value);
	if (!ev_digest(crypto, EV_SHA256, a->der, got))
		return ev_fail_trouble(err, object, "digest");
	if (memcmp(want, got, sizeof(want)) != 0)
		return ev_fail_bytes(err, EV_VALUE, object, "Spki-Sha256", 0,
				     "the digest of the key below",
				     EV_SPAN(got));
	return EV_OK;
}

static enum ev_code parse(struct ev_crypto *crypto, struct ev_span file,
			  struct rp_anchor *a, struct ev_error *err)
{
	static const char begin[] = "-----BEGIN ";
	const uint8_t *at =
		file.n > 0 ? memmem(file.p, file.n, begin, sizeof(begin) - 1)
			   : NULL;
	struct ev_span text, pem;
	uint64_t base;

	if (at == NULL)
		return ev_fail(err, EV_MISSING, object, "PEM block", 0,
			       "-----BEGIN", "none");
	text = ev_span_of(file.p, (size_t)(at - file.p));
	pem = ev_span_of(at, file.n - text.n);
	base = text.n;
	text = header_lines(text);
	if (copy_text(text, "Name", a->name, sizeof(a->name), err) != EV_OK ||
	    copy_text(text, "Owner", a->owner, sizeof(a->owner), err) !=
		    EV_OK ||
	    read_use(text, &a->use, err) != EV_OK)
		return err->code;
	if (header(text, "Subject").n > 0 &&
	    copy_text(text, "Subject", a->subject, sizeof(a->subject), err) !=
		    EV_OK)
		return err->code;
	a->simulated =
		ev_span_eq(header(text, "Simulated"), ev_span_str("yes"));
	if (ev_pem_list_parse(pem, base,
			      a->use == RP_ANCHOR_TSA_ROOT ? "CERTIFICATE"
							   : "PUBLIC KEY",
			      &a->pem, err) != EV_OK)
		return err->code;
	a->der = a->pem.block[0].der;
	if (a->pem.n_blocks != 1)
		return ev_fail_u64(err, EV_VALUE, object, "PEM blocks", base, 1,
				   a->pem.n_blocks);
	if (!ev_digest(crypto, EV_SHA256, file, a->sha256))
		return ev_fail_trouble(err, object, "digest");
	if (check_digest(crypto, text, a, err) != EV_OK ||
	    read_terms(text, a, err) != EV_OK)
		return err->code;
	return check_names(text, err);
}

enum ev_code rp_anchors_add(struct ev_crypto *crypto, struct ev_span file,
			    struct rp_anchors *anchors, struct ev_error *err)
{
	struct rp_anchor a = { 0 };

	if (anchors->n == RP_ANCHORS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "anchors", 0,
				   RP_ANCHORS_MAX, RP_ANCHORS_MAX + 1);
	if (parse(crypto, file, &a, err) != EV_OK) {
		ev_pem_list_free(&a.pem);
		return err->code;
	}
	for (size_t i = 0; i < anchors->n; i++)
		if (anchors->anchor[i].use == a.use &&
		    ev_span_eq(anchors->anchor[i].der, a.der)) {
			ev_fail(err, EV_DUPLICATE, object, "key", 0,
				"each key once", anchors->anchor[i].name);
			ev_pem_list_free(&a.pem);
			return err->code;
		}
	anchors->anchor[anchors->n++] = a;
	return EV_OK;
}

void rp_anchors_free(struct rp_anchors *anchors)
{
	for (size_t i = 0; i < anchors->n; i++)
		ev_pem_list_free(&anchors->anchor[i].pem);
	*anchors = (struct rp_anchors){ 0 };
}

/* One of the blank-separated words of list. */
static bool is_listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list != '\0') {
		size_t size = strcspn(list, " ");

		if (size == n && memcmp(list, word, n) == 0)
			return true;
		list += size;
		list += *list == ' ';
	}
	return false;
}

bool rp_anchor_admits(const struct rp_anchor *a, int64_t gen_time,
		      const char *policy, char reason[200])
{
	char end[EV_TIME_TEXT];

	if (gen_time < a->valid_from) {
		ev_time_format(a->valid_from, end);
		snprintf(reason, 200, "%s is trusted from %s on", a->name, end);
		return false;
	}
	if (gen_time > a->valid_to) {
		ev_time_format(a->valid_to, end);
		snprintf(reason, 200, "%s is trusted until %s", a->name, end);
		return false;
	}
	if (a->policies[0] == '\0' || is_listed(a->policies, policy))
		return true;
	snprintf(reason, 200, "%s is not trusted under policy %.80s", a->name,
		 policy);
	return false;
}

struct rp_anchor *rp_anchors_find_p256(struct rp_anchors *anchors,
				       enum rp_anchor_use use,
				       const uint8_t key[64])
{
	/* RFC 5480: the SPKI of a P-256 key is 26 bytes of algorithm and
	 * BIT STRING header, 0x04, then the point. */
	enum { SPKI_SIZE = 91, POINT_AT = 27 };

	for (size_t i = 0; i < anchors->n; i++) {
		struct rp_anchor *a = &anchors->anchor[i];

		if (a->use == use && a->der.n == SPKI_SIZE &&
		    memcmp(a->der.p + POINT_AT, key, EV_P256_POINT) == 0)
			return a;
	}
	return NULL;
}

size_t rp_anchors_of(struct rp_anchors *anchors, enum rp_anchor_use use,
		     struct ev_span out[RP_ANCHORS_MAX],
		     struct rp_anchor *which[RP_ANCHORS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < anchors->n; i++) {
		if (anchors->anchor[i].use != use)
			continue;
		out[n] = anchors->anchor[i].der;
		which[n++] = &anchors->anchor[i];
	}
	return n;
}

const char *rp_known_root(const uint8_t spki_sha256[32])
{
	/* Of certificate e3f49e858865d54d..., which has the names of the real
	 * one; its CRLs are on a host that begins with sbx. */
	static const uint8_t preproduction[32] = {
		0xab, 0xcb, 0xd1, 0xf4, 0xda, 0x01, 0x7d, 0x68,
		0xac, 0x75, 0xb4, 0x9f, 0xcd, 0x7d, 0x12, 0xfd,
		0xdc, 0xd9, 0x49, 0xd3, 0xcb, 0x5d, 0x9a, 0xfa,
		0x78, 0xf2, 0xcf, 0x44, 0xd4, 0x89, 0x63, 0x0b
	};

	if (memcmp(spki_sha256, preproduction, sizeof(preproduction)) == 0)
		return "; it is that of Intel's pre-production PKI, which "
		       "vouches for no product";
	return "";
}

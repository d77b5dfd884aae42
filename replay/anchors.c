/* SPDX-License-Identifier: Apache-2.0 */
/* Anchor files: a few header lines and one PEM block. */
#include "replay/anchors.h"

#include "evidence/base/hex.h"
#include "evidence/base/sig.h"

static const char object[] = "anchor";

static const char *const use_words[] = {
	[RP_ANCHOR_INTEL_SGX_ROOT] = "intel-sgx-root",
	[RP_ANCHOR_AZURE_VTPM_ROOT] = "azure-vtpm-root",
	[RP_ANCHOR_TSA_ROOT] = "tsa-root",
};

const char *rp_anchor_use_word(enum rp_anchor_use use)
{
	return use_words[use];
}

/* The value of "Field: value" among the lines before the PEM block. */
static struct ev_span header(struct ev_span text, const char *field)
{
	size_t n = strlen(field), at = 0;

	while (at < text.n) {
		const uint8_t *line = text.p + at;
		const uint8_t *nl = memchr(line, '\n', text.n - at);
		size_t size = nl != NULL ? (size_t)(nl - line) : text.n - at;

		if (size > n + 2 && memcmp(line, field, n) == 0 &&
		    line[n] == ':' && line[n + 1] == ' ')
			return ev_span_of(line + n + 2, size - n - 2);
		at += size + 1;
	}
	return (struct ev_span){ NULL, 0 };
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
			     "intel-sgx-root, azure-vtpm-root or tsa-root",
			     value);
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

	if (at == NULL)
		return ev_fail(err, EV_MISSING, object, "PEM block", 0,
			       "-----BEGIN", "none");
	text = ev_span_of(file.p, (size_t)(at - file.p));
	pem = ev_span_of(at, file.n - text.n);
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
	if (ev_pem_list_parse(pem, text.n,
			      a->use == RP_ANCHOR_TSA_ROOT ? "CERTIFICATE"
							   : "PUBLIC KEY",
			      &a->pem, err) != EV_OK)
		return err->code;
	a->der = a->pem.block[0].der;
	if (a->pem.n_blocks != 1)
		return ev_fail_u64(err, EV_VALUE, object, "PEM blocks", text.n,
				   1, a->pem.n_blocks);
	if (!ev_digest(crypto, EV_SHA256, file, a->sha256))
		return ev_fail_trouble(err, object, "digest");
	return check_digest(crypto, text, a, err);
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

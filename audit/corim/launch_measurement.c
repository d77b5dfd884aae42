/* SPDX-License-Identifier: Apache-2.0 */
/* The one CoMID of a launch measurement document, read to the letter. */
#include "audit/corim/launch_measurement.h"

#include "evidence/base/digest.h"

#include <stdio.h>

static const char object[] = "comid";

const struct au_measured_platform au_measured_platforms[] = {
	{ "tdx", "Intel", "TDX", "MRTD", 7, 48 },
	{ "snp", "AMD", "SEV-SNP", "MEASUREMENT", 7, 48 },
	{ "vbs", "Microsoft", "VBS", "MEASUREMENT", 1, 32 },
};
const size_t au_n_measured_platforms =
	sizeof(au_measured_platforms) / sizeof(au_measured_platforms[0]);

/* 85f3f1c2-22a8-441e-a1b9-bccfb63ed5f7 */
static const uint8_t name_space[16] = { 0x85, 0xf3, 0xf1, 0xc2, 0x22, 0xa8,
					0x44, 0x1e, 0xa1, 0xb9, 0xbc, 0xcf,
					0xb6, 0x3e, 0xd5, 0xf7 };

bool au_launch_measurement_tag_id(struct ev_crypto *crypto,
				  const struct au_measured_platform *of,
				  char out[AU_UUID_TEXT])
{
	const struct ev_span parts[] = { EV_SPAN(name_space),
					 ev_span_str(of->vendor),
					 EV_SPAN_LITERAL("/"),
					 ev_span_str(of->model) };
	uint8_t u[20];

	if (!ev_digest_parts(crypto, EV_SHA1, parts, 4, u))
		return false;
	u[6] = (uint8_t)((u[6] & 0x0f) | 0x50); /* version 5 */
	u[8] = (uint8_t)((u[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
	snprintf(out, AU_UUID_TEXT,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x",
		 u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9],
		 u[10], u[11], u[12], u[13], u[14], u[15]);
	return true;
}

/* The two texts of {0: {1: vendor, 2: model}}, nothing else beside them. */
static enum ev_code read_environment(const struct au_cbor_node *v,
				     const struct au_measured_platform **of,
				     struct ev_error *err)
{
	static const int64_t class_only[] = { 0 }, pair[] = { 1, 2 };
	const struct au_cbor_node *class = NULL, *vendor = NULL, *model = NULL;

	if (au_cbor_only(v, class_only, 1, object, "environment", err) !=
		    EV_OK ||
	    au_cbor_get(v, 0, AU_CBOR_MAP, object, "class", &class, err) !=
		    EV_OK ||
	    au_cbor_only(class, pair, 2, object, "class", err) != EV_OK ||
	    au_cbor_get(class, 1, AU_CBOR_TEXT, object, "vendor", &vendor,
			err) != EV_OK ||
	    au_cbor_get(class, 2, AU_CBOR_TEXT, object, "model", &model, err) !=
		    EV_OK)
		return err->code;
	for (size_t i = 0; i < au_n_measured_platforms; i++) {
		*of = &au_measured_platforms[i];
		if (ev_span_eq(vendor->text, ev_span_str((*of)->vendor)) &&
		    ev_span_eq(model->text, ev_span_str((*of)->model)))
			return EV_OK;
	}
	return ev_fail_text(err, EV_VALUE, object, "vendor", vendor->offset,
			    "Intel TDX, AMD SEV-SNP or Microsoft VBS",
			    vendor->text);
}

/* The same environment once more. */
static enum ev_code again(const struct au_cbor_node *v,
			  const struct au_measured_platform *of,
			  struct ev_error *err)
{
	const struct au_measured_platform *other = NULL;

	if (read_environment(v, &other, err) != EV_OK)
		return err->code;
	if (other == of)
		return EV_OK;
	return ev_fail(err, EV_VALUE, object, "condition", v->offset, of->model,
		       other->model);
}

/* [alg, bytes] as the platform has them. */
static enum ev_code read_digest(const struct au_cbor_node *pair,
				const struct au_measured_platform *of,
				const struct au_cbor_node **digest,
				struct ev_error *err)
{
	const struct au_cbor_node *alg, *bytes;

	if (au_cbor_array_of(pair, 2, object, "digest", err) != EV_OK)
		return err->code;
	alg = au_cbor_inside(pair);
	bytes = au_cbor_next(alg);
	if (!au_cbor_is_int(alg, of->alg)) {
		if (au_cbor_want(alg, AU_CBOR_UINT, object, "digest algorithm",
				 err) != EV_OK)
			return err->code;
		return ev_fail_u64(err, EV_VALUE, object, "digest algorithm",
				   alg->offset, (uint64_t)of->alg, alg->value);
	}
	if (au_cbor_want(bytes, AU_CBOR_BYTES, object, "digest", err) != EV_OK)
		return err->code;
	if (bytes->text.n != of->size)
		return ev_fail_u64(err, EV_VALUE, object, "digest size",
				   bytes->offset, of->size, bytes->text.n);
	*digest = bytes;
	return EV_OK;
}

/* [{0: mkey, 1: {2: [digest]}}], one of each. */
static enum ev_code read_measurements(const struct au_cbor_node *list,
				      const struct au_measured_platform *of,
				      const struct au_cbor_node **digest,
				      struct ev_error *err)
{
	static const int64_t two[] = { 0, 1 }, digests_only[] = { 2 };
	const struct au_cbor_node *m, *mkey = NULL, *mval = NULL, *all = NULL;

	if (au_cbor_array_of(list, 1, object, "measurements", err) != EV_OK)
		return err->code;
	m = au_cbor_inside(list);
	if (au_cbor_only(m, two, 2, object, "measurement", err) != EV_OK ||
	    au_cbor_get(m, 0, AU_CBOR_TEXT, object, "mkey", &mkey, err) !=
		    EV_OK)
		return err->code;
	if (!ev_span_eq(mkey->text, ev_span_str(of->mkey)))
		return ev_fail_text(err, EV_VALUE, object, "mkey", mkey->offset,
				    of->mkey, mkey->text);
	if (au_cbor_get(m, 1, AU_CBOR_MAP, object, "mval", &mval, err) !=
		    EV_OK ||
	    au_cbor_only(mval, digests_only, 1, object, "mval", err) != EV_OK ||
	    au_cbor_get(mval, 2, AU_CBOR_ARRAY, object, "digests", &all, err) !=
		    EV_OK ||
	    au_cbor_array_of(all, 1, object, "digests", err) != EV_OK)
		return err->code;
	return read_digest(au_cbor_inside(all), of, digest, err);
}

/* [[environment, measurements]] */
static enum ev_code read_reference(const struct au_cbor_node *list,
				   struct au_launch_measurement *m,
				   struct ev_error *err)
{
	static const char field[] = "reference triple";
	const struct au_cbor_node *record, *environment, *digest = NULL;

	if (au_cbor_array_of(list, 1, object, field, err) != EV_OK)
		return err->code;
	record = au_cbor_inside(list);
	if (au_cbor_array_of(record, 2, object, field, err) != EV_OK)
		return err->code;
	environment = au_cbor_inside(record);
	if (read_environment(environment, &m->of, err) != EV_OK ||
	    read_measurements(au_cbor_next(environment), m->of, &digest, err) !=
		    EV_OK)
		return err->code;
	m->digest = digest->text;
	m->digest_offset = digest->content;
	return EV_OK;
}

/* [selection, [{1: {1: 552(svn)}}]] */
static enum ev_code read_series_entry(const struct au_cbor_node *entry,
				      struct au_launch_measurement *m,
				      struct ev_error *err)
{
	static const int64_t one[] = { 1 };
	const struct au_cbor_node *selection, *added, *digest = NULL;
	const struct au_cbor_node *mval = NULL, *svn;

	if (au_cbor_array_of(entry, 2, object, "series", err) != EV_OK)
		return err->code;
	selection = au_cbor_inside(entry);
	if (read_measurements(selection, m->of, &digest, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(digest->text, m->digest))
		return ev_fail_bytes(
			err, EV_VALUE, object, "series digest", digest->content,
			"that of the reference triple", digest->text);
	added = au_cbor_next(selection);
	if (au_cbor_array_of(added, 1, object, "addition", err) != EV_OK)
		return err->code;
	added = au_cbor_inside(added);
	if (au_cbor_only(added, one, 1, object, "addition", err) != EV_OK ||
	    au_cbor_get(added, 1, AU_CBOR_MAP, object, "addition", &mval,
			err) != EV_OK ||
	    au_cbor_only(mval, one, 1, object, "addition", err) != EV_OK)
		return err->code;
	svn = au_cbor_member(mval, 1);
	if (svn == NULL)
		return ev_fail(err, EV_MISSING, object, "svn", mval->offset,
			       "key 1", "none");
	/* 553, a least number, is of CoRIM and not of the profile. */
	if (au_cbor_tagged(svn, 552, AU_CBOR_UINT, object, "svn", &svn, err) !=
	    EV_OK)
		return err->code;
	m->svn = svn->value;
	m->svn_offset = svn->offset;
	return EV_OK;
}

/* [[[environment, []], [entry]]] */
static enum ev_code read_series(const struct au_cbor_node *list,
				struct au_launch_measurement *m,
				struct ev_error *err)
{
	static const char field[] = "series triple";
	const struct au_cbor_node *record, *condition, *series, *environment;

	if (au_cbor_array_of(list, 1, object, field, err) != EV_OK)
		return err->code;
	record = au_cbor_inside(list);
	if (au_cbor_array_of(record, 2, object, field, err) != EV_OK)
		return err->code;
	condition = au_cbor_inside(record);
	series = au_cbor_next(condition);
	if (au_cbor_array_of(condition, 2, object, "condition", err) != EV_OK)
		return err->code;
	environment = au_cbor_inside(condition);
	if (again(environment, m->of, err) != EV_OK ||
	    au_cbor_array_of(au_cbor_next(environment), 0, object, "claims",
			     err) != EV_OK ||
	    au_cbor_array_of(series, 1, object, "series", err) != EV_OK)
		return err->code;
	return read_series_entry(au_cbor_inside(series), m, err);
}

/* Only letters of ASCII have a case; the tag-id has no others. */
static bool same_letters(struct ev_span a, const char *b)
{
	size_t n = strlen(b);

	for (size_t i = 0; a.n == n && i < n; i++) {
		uint8_t c = a.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if (c != (uint8_t)b[i])
			return false;
	}
	return a.n == n;
}

static enum ev_code read_tag_id(const struct au_cbor_node *comid,
				struct ev_crypto *crypto,
				struct au_launch_measurement *m,
				struct ev_error *err)
{
	static const int64_t id_only[] = { 0 };
	const struct au_cbor_node *identity = NULL, *id = NULL;
	char want[AU_UUID_TEXT];

	if (au_cbor_get(comid, 1, AU_CBOR_MAP, object, "tag identity",
			&identity, err) != EV_OK ||
	    au_cbor_only(identity, id_only, 1, object, "tag identity", err) !=
		    EV_OK ||
	    au_cbor_get(identity, 0, AU_CBOR_TEXT, object, "tag-id", &id,
			err) != EV_OK)
		return err->code;
	if (!au_launch_measurement_tag_id(crypto, m->of, want))
		return ev_fail_trouble(err, object, "no digest");
	if (!same_letters(id->text, want))
		return ev_fail_text(err, EV_VALUE, object, "tag-id",
				    id->content, want, id->text);
	m->tag_id = id->text;
	return EV_OK;
}

enum ev_code au_launch_measurement_parse(const struct au_cbor_node *comid,
					 struct ev_crypto *crypto,
					 struct au_launch_measurement *out,
					 struct ev_error *err)
{
	static const int64_t parts[] = { 1, 4 }, both[] = { 0, 8 };
	const struct au_cbor_node *triples = NULL, *reference = NULL,
				  *series = NULL;
	struct au_launch_measurement m = { 0 };

	if (au_cbor_only(comid, parts, 2, object, "keys", err) != EV_OK ||
	    au_cbor_get(comid, 4, AU_CBOR_MAP, object, "triples", &triples,
			err) != EV_OK ||
	    au_cbor_only(triples, both, 2, object, "triples", err) != EV_OK ||
	    au_cbor_get(triples, 0, AU_CBOR_ARRAY, object, "reference triple",
			&reference, err) != EV_OK ||
	    au_cbor_get(triples, 8, AU_CBOR_ARRAY, object, "series triple",
			&series, err) != EV_OK)
		return err->code;
	if (read_reference(reference, &m, err) != EV_OK ||
	    read_series(series, &m, err) != EV_OK ||
	    read_tag_id(comid, crypto, &m, err) != EV_OK)
		return err->code;
	*out = m;
	return EV_OK;
}

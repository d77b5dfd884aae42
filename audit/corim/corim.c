/* SPDX-License-Identifier: Apache-2.0 */
/* A CoRIM: its outer map, its tags, and what they say of digests. */
#include "audit/corim/corim.h"

static const char object[] = "corim";
static const char comid[] = "comid";

enum { TAG_URI = 32, TAG_UUID = 37, TAG_OID = 111 };
enum { TAG_CORIM = 501, TAG_COMID = 506 };
enum { CORIM_ID = 0, CORIM_TAGS = 1, CORIM_PROFILE = 3 };
enum { COMID_TRIPLES = 4, TRIPLES_REFERENCE = 0, TRIPLES_ENDORSED = 1 };

const char *au_corim_tag_name(uint64_t number)
{
	return number == 505	     ? "CoSWID"
	       : number == TAG_COMID ? "CoMID"
	       : number == 508	     ? "CoTL"
				     : NULL;
}

const char *au_corim_alg_name(int64_t alg)
{
	static const char *const names[] = {
		[1] = "sha-256",  [7] = "sha-384",   [8] = "sha-512",
		[9] = "sha3-224", [10] = "sha3-256", [11] = "sha3-384",
		[12] = "sha3-512"
	};

	return alg >= 0 && (size_t)alg < sizeof(names) / sizeof(names[0])
		       ? names[alg]
		       : NULL;
}

static enum ev_code read_id(const struct au_cbor_node *corim,
			    struct au_corim *c, struct ev_error *err)
{
	const struct au_cbor_node *v = au_cbor_member(corim, CORIM_ID);

	if (v == NULL)
		return ev_fail(err, EV_MISSING, object, "id", corim->offset,
			       "key 0", "none");
	if (v->type == AU_CBOR_TAG && v->value == TAG_UUID)
		v = au_cbor_inside(v);
	c->id_is_uuid = v->type == AU_CBOR_BYTES && v->text.n == 16;
	if (v->type != AU_CBOR_TEXT && !c->id_is_uuid)
		return ev_fail(err, EV_SYNTAX, object, "id", v->offset,
			       "text or 16 bytes", au_cbor_type_word(v->type));
	c->id = v->text;
	return EV_OK;
}

static enum ev_code read_profile(const struct au_cbor_node *corim,
				 struct au_corim *c, struct ev_error *err)
{
	const struct au_cbor_node *v = au_cbor_member(corim, CORIM_PROFILE);

	if (v == NULL)
		return EV_OK;
	c->profile_is_oid = v->type == AU_CBOR_TAG && v->value == TAG_OID;
	if (au_cbor_tagged(v, c->profile_is_oid ? TAG_OID : TAG_URI,
			   c->profile_is_oid ? AU_CBOR_BYTES : AU_CBOR_TEXT,
			   object, "profile", &v, err) != EV_OK)
		return err->code;
	c->profile = v->text;
	return EV_OK;
}

static struct ev_span text_member(const struct au_cbor_node *map, int64_t key)
{
	const struct au_cbor_node *v =
		map != NULL ? au_cbor_member(map, key) : NULL;

	return v != NULL && v->type == AU_CBOR_TEXT
		       ? v->text
		       : (struct ev_span){ NULL, 0 };
}

/* Fills the place of the next digest with what its measurement says. */
static enum ev_code add_digests(const struct au_cbor_node *all,
				const struct au_corim_digest *like,
				struct au_corim *c, struct ev_error *err)
{
	const struct au_cbor_node *pair;

	if (au_cbor_want(all, AU_CBOR_ARRAY, comid, "digests", err) != EV_OK)
		return err->code;
	pair = all->n > 0 ? au_cbor_inside(all) : NULL;
	for (uint32_t i = 0; i < all->n; i++, pair = au_cbor_next(pair)) {
		struct au_corim_digest d = *like;
		const struct au_cbor_node *value;

		if (au_cbor_array_of(pair, 2, comid, "digest", err) != EV_OK)
			return err->code;
		value = au_cbor_next(au_cbor_inside(pair));
		if (!au_cbor_int(au_cbor_inside(pair), &d.alg))
			return ev_fail(err, EV_SYNTAX, comid,
				       "digest algorithm", pair->offset,
				       "an integer", "something else");
		if (au_cbor_want(value, AU_CBOR_BYTES, comid, "digest", err) !=
		    EV_OK)
			return err->code;
		d.value = value->text;
		d.offset = value->content;
		if (c->n_digests < AU_CORIM_DIGESTS_MAX)
			c->digest[c->n_digests] = d;
		c->n_digests++;
	}
	return EV_OK;
}

/* [environment, [measurement ...]] */
static enum ev_code read_triple(const struct au_cbor_node *record,
				bool endorsed, struct au_corim *c,
				struct ev_error *err)
{
	struct au_corim_digest like = { .endorsed = endorsed };
	const struct au_cbor_node *class, *list, *m;

	if (au_cbor_array_of(record, 2, comid, "triple", err) != EV_OK)
		return err->code;
	class = au_cbor_member(au_cbor_inside(record), 0);
	like.vendor = text_member(class, 1);
	like.model = text_member(class, 2);
	list = au_cbor_next(au_cbor_inside(record));
	if (au_cbor_want(list, AU_CBOR_ARRAY, comid, "measurements", err) !=
	    EV_OK)
		return err->code;
	m = list->n > 0 ? au_cbor_inside(list) : NULL;
	for (uint32_t i = 0; i < list->n; i++, m = au_cbor_next(m)) {
		const struct au_cbor_node *mval = NULL, *digests;

		if (au_cbor_get(m, 1, AU_CBOR_MAP, comid, "mval", &mval, err) !=
		    EV_OK)
			return err->code;
		like.mkey = text_member(m, 0);
		digests = au_cbor_member(mval, 2);
		if (digests != NULL &&
		    add_digests(digests, &like, c, err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

static enum ev_code read_triples(const struct au_cbor_node *triples,
				 int64_t key, struct au_corim *c,
				 struct ev_error *err)
{
	const struct au_cbor_node *list = au_cbor_member(triples, key), *record;

	if (list == NULL)
		return EV_OK;
	if (au_cbor_want(list, AU_CBOR_ARRAY, comid, "triples", err) != EV_OK)
		return err->code;
	record = list->n > 0 ? au_cbor_inside(list) : NULL;
	for (uint32_t i = 0; i < list->n; i++, record = au_cbor_next(record))
		if (read_triple(record, key == TRIPLES_ENDORSED, c, err) !=
		    EV_OK)
			return err->code;
	return EV_OK;
}

/* A CoMID inside its tag's byte string. */
static enum ev_code read_comid(const struct au_cbor_node *bytes,
			       bool is_of_profile, struct ev_crypto *crypto,
			       struct au_corim *c, struct ev_error *err)
{
	au_auto_cbor struct au_cbor tree = { 0 };
	const struct au_cbor_node *triples = NULL;

	if (au_cbor_parse(bytes->text, bytes->content, comid, &tree, err) !=
		    EV_OK ||
	    au_cbor_want(tree.node, AU_CBOR_MAP, comid, "document", err) !=
		    EV_OK)
		return err->code;
	if (is_of_profile &&
	    au_launch_measurement_parse(tree.node, crypto, &c->launch, err) !=
		    EV_OK)
		return err->code;
	if (au_cbor_get(tree.node, COMID_TRIPLES, AU_CBOR_MAP, comid, "triples",
			&triples, err) != EV_OK ||
	    read_triples(triples, TRIPLES_REFERENCE, c, err) != EV_OK)
		return err->code;
	return read_triples(triples, TRIPLES_ENDORSED, c, err);
}

static enum ev_code read_tag(const struct au_cbor_node *v, bool is_of_profile,
			     struct ev_crypto *crypto, struct au_corim *c,
			     struct ev_error *err)
{
	const struct au_cbor_node *inside;

	if (au_cbor_want(v, AU_CBOR_TAG, object, "tag", err) != EV_OK)
		return err->code;
	inside = au_cbor_inside(v);
	if (c->n_tags < AU_CORIM_TAGS_MAX)
		c->tag[c->n_tags] =
			(struct au_corim_tag){ v->value, inside->content,
					       inside->text.n };
	c->n_tags++;
	if (v->value != TAG_COMID)
		return EV_OK;
	if (au_cbor_want(inside, AU_CBOR_BYTES, object, "tag", err) != EV_OK)
		return err->code;
	return read_comid(inside, is_of_profile, crypto, c, err);
}

static enum ev_code read_tags(const struct au_cbor_node *corim,
			      struct ev_crypto *crypto, struct au_corim *c,
			      struct ev_error *err)
{
	const struct au_cbor_node *list = NULL, *v;

	if (au_cbor_get(corim, CORIM_TAGS, AU_CBOR_ARRAY, object, "tags", &list,
			err) != EV_OK)
		return err->code;
	if (list->n == 0)
		return ev_fail(err, EV_MISSING, object, "tags", list->offset,
			       "at least one", "none");
	v = au_cbor_inside(list);
	if (c->is_launch_measurement &&
	    (list->n != 1 || v->type != AU_CBOR_TAG || v->value != TAG_COMID))
		return ev_fail(err, EV_VALUE, object, "tags", list->offset,
			       "exactly one CoMID (tag 506)",
			       list->n != 1 ? "more" : "another tag");
	for (uint32_t i = 0; i < list->n; i++, v = au_cbor_next(v))
		if (read_tag(v, c->is_launch_measurement, crypto, c, err) !=
		    EV_OK)
			return err->code;
	return EV_OK;
}

enum ev_code au_corim_parse(struct ev_span bytes, uint64_t base,
			    struct ev_crypto *crypto, struct au_corim *out,
			    struct ev_error *err)
{
	static const int64_t parts[] = { CORIM_ID, CORIM_TAGS, CORIM_PROFILE };
	au_auto_cbor struct au_cbor tree = { 0 };
	const struct au_cbor_node *corim = NULL;
	struct au_corim c = { 0 };

	if (au_cbor_parse(bytes, base, object, &tree, err) != EV_OK ||
	    au_cbor_tagged(tree.node, TAG_CORIM, AU_CBOR_MAP, object,
			   "document", &corim, err) != EV_OK ||
	    read_id(corim, &c, err) != EV_OK ||
	    read_profile(corim, &c, err) != EV_OK)
		return err->code;
	c.is_launch_measurement =
		!c.profile_is_oid &&
		ev_span_eq(c.profile,
			   EV_SPAN_LITERAL(AU_LAUNCH_MEASUREMENT_PROFILE));
	/* A validity or a dependency of the whole is nothing that the profile
	 * knows, and whoever reads on without it would be misled. */
	if (c.is_launch_measurement &&
	    au_cbor_only(corim, parts, 3, object, "keys", err) != EV_OK)
		return err->code;
	if (read_tags(corim, crypto, &c, err) != EV_OK)
		return err->code;
	*out = c;
	return EV_OK;
}

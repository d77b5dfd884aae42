/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of subjects, read and held against their spelling. */
#include "evidence/manifest_digests.h"

static const char object[] = "manifest";

/* Names of algorithms that a subject may carry and that we can compute. */
struct digest_name {
	const char *name;
	size_t size;
};
static const struct digest_name digest_names[] = {
	{ "sha1", 20 },
	{ "sha256", 32 },
	{ "sha384", 48 },
	{ "sha512", 64 },
};

enum ev_code ev_manifest_digests_parse(const struct ev_node *subject,
				       struct ev_manifest_item *item,
				       struct ev_error *err)
{
	uint8_t digest[64];
	const struct ev_node *digests;

	if (ev_node_get_object(subject, object, "digest", &digests, err) !=
	    EV_OK)
		return err->code;
	item->digests = digests;
	if (ev_node_get_hex(digests, object, "sha256", item->sha256, 32, err) !=
	    EV_OK)
		return err->code;
	for (size_t i = 0; i < sizeof(digest_names) / sizeof(*digest_names);
	     i++) {
		const struct digest_name *d = &digest_names[i];

		if (ev_node_member(digests, d->name) == NULL)
			continue;
		if (ev_node_get_hex(digests, object, d->name, digest, d->size,
				    err) != EV_OK)
			return err->code;
		if (d->size != sizeof(item->sha384))
			continue;
		item->has_sha384 = true;
		memcpy(item->sha384, digest, sizeof(item->sha384));
	}
	return EV_OK;
}

static enum ev_code check_lower(struct ev_span hex, const char *field,
				struct ev_error *err)
{
	for (size_t i = 0; i < hex.n; i++)
		if (hex.p[i] >= 'A' && hex.p[i] <= 'F')
			return ev_fail_text(err, EV_VALUE, object, field, 0,
					    "lower-case hex", hex);
	return EV_OK;
}

enum ev_code ev_manifest_digests_check_spelling(const struct ev_manifest *m,
						struct ev_error *err)
{
	size_t n = sizeof(digest_names) / sizeof(*digest_names);

	for (size_t i = 0; i < m->n_items; i++) {
		for (size_t k = 0; k < n; k++) {
			const char *name = digest_names[k].name;
			const struct ev_node *hex =
				ev_node_member(m->items[i].digests, name);

			if (hex != NULL &&
			    check_lower(ev_span_str(ev_node_text(hex)), name,
					err) != EV_OK)
				return err->code;
		}
		if (check_lower(m->items[i].nonce, "nonce", err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

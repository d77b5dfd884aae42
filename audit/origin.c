/* SPDX-License-Identifier: Apache-2.0 */
/* Where references come from. */
#include "audit/origin.h"

#include "audit/json_set.h"
#include "audit/references/history_json.h"

#include <stdio.h>

enum ev_code au_origins_at(struct au_origins *origins, int64_t at,
			   struct ev_error *err)
{
	if (origins->vouching == NULL)
		return EV_OK;
	return au_vouching_at(origins->vouching, at, err);
}

const char *au_origins_objection(void *state, const struct au_listed *listed,
				 int64_t at)
{
	struct au_origins *o = state;
	const struct au_known *known;
	struct au_vouched vouched;

	if (!o->must || o->vouching == NULL)
		return NULL;
	known = au_vouching_known(o->vouching);
	if (au_vouching_at(o->vouching, at, &o->refused) != EV_OK ||
	    au_vouching_find(o->vouching, listed->path, &vouched,
			     &o->refused) != EV_OK)
		return "its history cannot be read";
	if (vouched.counts)
		return NULL;
	snprintf(o->words, sizeof(o->words), "%s: %s%s%.160s",
		 known->state == AU_KNOWN_REWRITTEN ||
				 known->state == AU_KNOWN_NOT_REACHED
			 ? "nothing in its history counts"
			 : "no allowed signer vouches for it",
		 vouched.by->state, vouched.by->reason[0] != '\0' ? ", " : "",
		 vouched.by->reason);
	return o->words;
}

static bool set_vouched(json_t *reference, const struct au_vouched *v)
{
	return au_set(reference, "vouchedBy", au_voucher_json(v->by)) &&
	       (v->entered == NULL ||
		au_set(reference, "entered", au_event_json(v->entered))) &&
	       (v->changed == NULL ||
		au_set(reference, "changed", au_event_json(v->changed)));
}

static bool set_refused(json_t *obj, const char *member,
			const struct ev_error *refused)
{
	char line[400];

	ev_error_format(refused, line, sizeof(line));
	return au_set(obj, member, json_string(line));
}

/* --- who says that he built it --- */

struct builder {
	struct au_origins *origins;
	const struct au_listed *listed;
	json_t *out;
	bool good;
};

/* A signature need not name its key, and may name it by any text. */
static json_t *keys_json(const struct ev_dsse *envelope)
{
	json_t *out = json_array();

	for (size_t i = 0; i < envelope->n_signatures; i++) {
		char name[136];

		if (envelope->signature[i].keyid.n == 0)
			continue;
		ev_show(envelope->signature[i].keyid, name, sizeof(name));
		if (json_array_append_new(out, json_string(name)) != 0) {
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

static enum ev_code read_builder(const struct au_files *files, void *state,
				 struct ev_error *err)
{
	struct builder *b = state;
	/* Whose keys these are nobody was asked. */
	const struct au_builder_keys anyone = { NULL, 0 };
	struct au_provenance p;

	if (au_pinned_provenance(&b->listed->reference, b->origins->crypto,
				 files, &anyone, &p, err) != EV_OK)
		return err->code;
	b->good = au_set_text(b->out, "builder", p.builder_id) &&
		  au_set_text(b->out, "buildType", p.build_type) &&
		  au_set(b->out, "dependencies",
			 json_integer((json_int_t)p.n_dependencies)) &&
		  au_set(b->out, "claimedKeys", keys_json(&p.envelope));
	au_provenance_free(&p);
	return EV_OK;
}

static enum ev_code set_provenance(struct au_origins *o,
				   const struct au_listed *listed,
				   json_t *reference, struct ev_error *err)
{
	const struct au_reference *ref = &listed->reference;
	struct builder b = { o, listed, json_object(), true };
	struct ev_error refused = { 0 };

	if (ref->provenance_path.n == 0) {
		json_decref(b.out);
		return EV_OK;
	}
	if (au_place_files(o->place, o->references, read_builder, &b,
			   &refused) != EV_OK)
		b.good = set_refused(b.out, "refused", &refused);
	b.good = au_set_text(b.out, "path", ref->provenance_path) &&
		 au_set_hex(b.out, "sha256", ref->provenance_sha256, 32) &&
		 b.good;
	b.good = au_set(reference, "provenance", b.out) && b.good;
	if (!b.good || refused.code == EV_TROUBLE)
		return ev_fail_trouble(err, "references", "out of memory");
	return EV_OK;
}

enum ev_code au_origins_set(struct au_origins *o,
			    const struct au_listed *listed, json_t *reference,
			    struct ev_error *err)
{
	struct ev_error refused = { 0 };
	struct au_vouched vouched;
	bool good;

	if (o->vouching == NULL)
		return EV_OK;
	if (au_vouching_find(o->vouching, listed->path, &vouched, &refused) ==
	    EV_OK)
		good = set_vouched(reference, &vouched);
	else
		good = set_refused(reference, "historyRefused", &refused);
	if (!good || refused.code == EV_TROUBLE)
		return ev_fail_trouble(err, "references", "out of memory");
	return set_provenance(o, listed, reference, err);
}

/* --- of the repository --- */

/* Whose signature on REV is good; NULL: nobody's. */
static const struct au_voucher *signer_of(const struct au_origins *o)
{
	const struct au_voucher *tag = au_vouching_tag(o->vouching);
	const struct au_voucher *commit = au_vouching_commit(o->vouching);

	if (!o->must)
		return NULL;
	if (au_voucher_is_good(tag))
		return tag;
	return au_voucher_is_good(commit) ? commit : NULL;
}

bool au_origins_set_repository(const struct au_origins *o, json_t *repository)
{
	const struct au_voucher *tag, *signer;

	if (o->vouching == NULL)
		return true;
	tag = au_vouching_tag(o->vouching);
	signer = signer_of(o);
	return au_set(repository, "signature",
		      au_voucher_json(au_vouching_commit(o->vouching))) &&
	       (tag->kind == AU_VOUCHER_NONE ||
		au_set(repository, "tag", au_voucher_json(tag))) &&
	       (signer == NULL || au_set(repository, "signedBy",
					 json_string(signer->principals))) &&
	       (o->known == NULL ||
		au_set(repository, "known",
		       au_known_json(au_vouching_known(o->vouching),
				     o->known)));
}

void au_origins_anchor(const struct au_origins *o, char out[420])
{
	const struct au_voucher *signer =
		o->vouching != NULL ? signer_of(o) : NULL;

	if (o->references->commit[0] == '\0')
		snprintf(out, 420, "not in git");
	else if (signer == NULL)
		snprintf(out, 420, "commit %s", o->references->commit);
	else
		snprintf(out, 420, "commit %s, signed by %s (%s)",
			 o->references->commit, signer->principals,
			 signer->fingerprint);
}

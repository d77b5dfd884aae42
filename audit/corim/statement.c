/* SPDX-License-Identifier: Apache-2.0 */
/* Documents become statements, and statements are compared. */
#include "audit/corim/statement.h"

#include "evidence/base/hex.h"

#include <stdio.h>

const char *au_agreement_name(enum au_agreement agreement)
{
	static const char *const names[] = {
		[AU_NOT_COMPARED] = "not-compared",
		[AU_AGREES] = "agrees",
		[AU_CONTRADICTS] = "contradicts",
	};

	return names[agreement];
}

static void give_reason(struct au_statement *s, enum au_agreement agreement,
			const char *reason)
{
	s->agreement = agreement;
	snprintf(s->reason, sizeof(s->reason), "%s", reason);
}

/* The next place; NULL: there is none left. */
static struct au_statement *next(struct au_statements *list,
				 enum au_statement_kind kind)
{
	struct au_statement *s;

	if (list->n == AU_STATEMENTS_MAX)
		return NULL;
	s = &list->item[list->n++];
	*s = (struct au_statement){ .kind = kind, .signature = { .root = -1 } };
	give_reason(s, AU_NOT_COMPARED, "nothing to compare with was given");
	return s;
}

static void leave_unsigned(struct au_statement *s, const char *reason)
{
	s->signature.state = AU_UNSIGNED;
	snprintf(s->signature.reason, sizeof(s->signature.reason), "%s",
		 reason);
}

/* A refusal of a document is what is said of it; trouble goes up. */
static enum ev_code refuse(struct au_statement *s, const struct ev_error *why,
			   struct ev_error *err)
{
	if (why->code == EV_TROUBLE) {
		*err = *why;
		return err->code;
	}
	s->refused = *why;
	s->platform = NULL;
	s->size = 0;
	leave_unsigned(s, "the document is refused");
	give_reason(s, AU_NOT_COMPARED, "the document is refused");
	return EV_OK;
}

static void claim(struct au_statement *s, const char *platform,
		  struct ev_span value, uint64_t offset)
{
	assert(value.n <= sizeof(s->value));
	s->platform = platform;
	memcpy(s->value, value.p, value.n);
	s->size = value.n;
	s->offset = offset;
}

static void take_corim(struct au_statement *s, const struct au_corim *c)
{
	if (c->id_is_uuid)
		ev_hex_encode(c->id, s->name);
	else
		ev_show(c->id, s->name, sizeof(s->name));
	if (!c->is_launch_measurement) {
		give_reason(s, AU_NOT_COMPARED,
			    "a manifest of another profile is shown alone");
		return;
	}
	claim(s, c->launch.of->platform, c->launch.digest,
	      c->launch.digest_offset);
	s->has_svn = true;
	s->svn = c->launch.svn;
}

/* The signature beside the document, or around it. */
static enum ev_code verify(const struct au_signed_document *doc,
			   const struct au_cose_trust *trust,
			   struct ev_crypto *crypto, struct ev_span *document,
			   uint64_t *offset, struct au_statement *s,
			   struct ev_error *err)
{
	bool attached = doc->use == AU_COSE_ATTACHED;
	struct au_cose_sign1 sign = { 0 };

	if (!attached && doc->signature.n == 0) {
		leave_unsigned(s, "there is no signature");
		return EV_OK;
	}
	if (au_cose_sign1_parse(attached ? doc->document : doc->signature,
				attached ? doc->document_offset
					 : doc->signature_offset,
				doc->use, &sign, err) != EV_OK)
		return err->code;
	if (attached) {
		*document = sign.payload;
		*offset = sign.payload_offset;
	}
	return au_cose_sign1_verify(&sign, *document, trust, crypto,
				    &s->signature, err);
}

enum ev_code au_statement_corim(const struct au_signed_document *doc,
				const struct au_cose_trust *trust,
				struct ev_crypto *crypto,
				struct au_statements *out, struct ev_error *err)
{
	struct au_statement *s = next(out, AU_SAYS_CORIM);
	struct ev_span document = doc->document;
	uint64_t offset = doc->document_offset;
	struct ev_error why = { 0 };
	struct au_corim corim;

	if (s == NULL)
		return EV_OK;
	if (verify(doc, trust, crypto, &document, &offset, s, &why) != EV_OK ||
	    au_corim_parse(document, offset, crypto, &corim, &why) != EV_OK)
		return refuse(s, &why, err);
	take_corim(s, &corim);
	return EV_OK;
}

enum ev_code au_statement_id_block(struct ev_span bytes, uint64_t offset,
				   struct au_statements *out,
				   struct ev_error *err)
{
	struct au_statement *s = next(out, AU_SAYS_ID_BLOCK);
	struct ev_error why = { 0 };
	struct au_id_block b;

	if (s == NULL)
		return EV_OK;
	if (au_id_block_parse(bytes, offset, &b, &why) != EV_OK)
		return refuse(s, &why, err);
	ev_show(b.image, s->name, sizeof(s->name));
	claim(s, "snp", b.ld, b.ld_offset);
	s->has_svn = true;
	s->svn = b.svn;
	leave_unsigned(s, "the signature of an ID block is not verified here");
	return EV_OK;
}

enum ev_code au_statement_identity(struct ev_span text,
				   struct au_statements *out,
				   struct ev_error *err)
{
	struct au_build_identity id = { 0 };
	struct ev_error why = { 0 };

	if (au_build_identity_parse(text, &id, &why) != EV_OK) {
		struct au_statement *s = next(out, AU_SAYS_IDENTITY);

		return s != NULL ? refuse(s, &why, err) : EV_OK;
	}
	for (size_t i = 0; i < id.n_series; i++) {
		const struct au_build_series *series = &id.series[i];
		struct au_statement *s = next(out, AU_SAYS_IDENTITY);

		if (s == NULL)
			return EV_OK;
		snprintf(s->name, sizeof(s->name), "%s%s", id.class_id,
			 series->debug_build ? ", a debug build" : "");
		/* JSON is read without offsets. */
		claim(s, series->platform,
		      ev_span_of(series->value, series->size), EV_NO_BYTE);
		s->has_svn = true;
		s->svn = series->svn;
		leave_unsigned(s, "an identity document has no signature");
	}
	return EV_OK;
}

static const struct au_recomputed *
find_platform(const struct au_recomputed *recomputed, size_t n,
	      const char *platform)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(recomputed[i].platform, platform) == 0)
			return &recomputed[i];
	return NULL;
}

static void compare(struct au_statement *s,
		    const struct au_recomputed *recomputed, size_t n)
{
	const struct au_recomputed *r =
		find_platform(recomputed, n, s->platform);
	char reason[AU_STATEMENT_TEXT];

	if (r == NULL)
		snprintf(reason, sizeof(reason), "no launch of %s was measured",
			 s->platform);
	if (r == NULL)
		give_reason(s, AU_NOT_COMPARED, reason);
	else if (ev_span_eq(r->value, ev_span_of(s->value, s->size)))
		give_reason(s, AU_AGREES, "the recomputed value is this");
	else
		give_reason(s, AU_CONTRADICTS,
			    "the recomputed value is another");
}

void au_statements_compare(struct au_statements *list,
			   const struct au_recomputed *recomputed, size_t n)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->item[i].platform != NULL && n > 0 &&
		    list->item[i].kind != AU_SAYS_ENDORSEMENT)
			compare(&list->item[i], recomputed, n);
}

/* Which entries of the list have the value, in words. */
static void look_up(const struct au_launch_endorsement *e,
		    const struct au_recomputed *r, struct au_statement *s)
{
	bool tdx = strcmp(r->platform, "tdx") == 0;
	int i = tdx ? au_endorsed_tdx_find(e, r->value, 0)
		    : au_endorsed_snp_find(e, r->value, 0);
	char reason[AU_STATEMENT_TEXT];

	s->has_svn = true;
	s->svn = tdx ? e->tdx_svn : e->snp_svn;
	s->platform = tdx ? "tdx" : "snp";
	if (i < 0) {
		snprintf(reason, sizeof(reason),
			 "none of its %zu measurements is the recomputed one",
			 tdx ? e->n_tdx : e->n_snp);
		give_reason(s, AU_CONTRADICTS, reason);
		return;
	}
	claim(s, s->platform, r->value,
	      tdx ? e->tdx[i].offset : e->snp[i].offset);
	if (!tdx)
		snprintf(reason, sizeof(reason), "for %llu processors",
			 (unsigned long long)e->snp[i].vmsas);
	else if (e->tdx[i].has_ram)
		snprintf(reason, sizeof(reason), "for %llu GiB of memory%s",
			 (unsigned long long)e->tdx[i].ram_gib,
			 e->tdx[i].early_accept ? ", accepted early" : "");
	else
		snprintf(reason, sizeof(reason), "for any size of memory%s",
			 e->tdx[i].early_accept ? ", accepted early" : "");
	give_reason(s, AU_AGREES, reason);
}

/* One launch endorsement; e is the caller's since it is large. */
static enum ev_code say_endorsed(struct ev_span bytes,
				 struct au_launch_endorsement *e,
				 const struct au_recomputed *recomputed,
				 size_t n, struct au_statements *out,
				 struct ev_error *err)
{
	struct ev_error why = { 0 };
	enum ev_code code = au_launch_endorsement_parse(bytes, 0, e, &why);
	size_t before = out->n;

	for (size_t i = 0; i <= n; i++) {
		const struct au_recomputed *r = i < n ? &recomputed[i] : NULL;
		bool asked = code == EV_OK && r != NULL &&
			     ((strcmp(r->platform, "tdx") == 0 && e->has_tdx) ||
			      (strcmp(r->platform, "snp") == 0 && e->has_snp));
		struct au_statement *s = NULL;

		/* At least one statement, even where nothing is asked. */
		if (asked || (i == n && out->n == before))
			s = next(out, AU_SAYS_ENDORSEMENT);
		if (s == NULL)
			continue;
		if (code != EV_OK)
			return refuse(s, &why, err);
		leave_unsigned(s, "the signature of a launch endorsement is "
				  "not verified here");
		if (asked)
			look_up(e, r, s);
	}
	return EV_OK;
}

enum ev_code au_statement_endorsement(struct ev_span bytes,
				      const struct au_recomputed *recomputed,
				      size_t n, struct au_statements *out,
				      struct ev_error *err)
{
	struct au_launch_endorsement *e = malloc(sizeof(*e));
	enum ev_code code;

	if (e == NULL)
		return ev_fail_trouble(err, "launch endorsement",
				       "out of memory");
	code = say_endorsed(bytes, e, recomputed, n, out, err);
	free(e);
	return code;
}

static bool is_broken(const struct au_statement *s)
{
	return s->refused.code != EV_OK || s->agreement == AU_CONTRADICTS ||
	       (s->signature.state != AU_UNSIGNED &&
		s->signature.state != AU_SIGNED &&
		s->signature.state != AU_SIGNED_NO_ROOT);
}

int au_statements_status(const struct au_statements *list)
{
	bool all = list->n > 0 && list->n_silent == 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct au_statement *s = &list->item[i];

		if (is_broken(s))
			return 1;
		all = all && s->agreement == AU_AGREES &&
		      s->signature.state == AU_SIGNED;
	}
	return all ? 0 : 2;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What digests of events are of: the rules, tried in order. */
#include "evidence/event_digest.h"

#include "evidence/event_data.h"
#include "evidence/event_ipl.h"
#include "evidence/event_type.h"
#include "evidence/tpm.h"
#include "evidence/uefi_gpt.h"
#include "evidence/uefi_guid.h"
#include "evidence/uefi_variable.h"

#define SEPARATOR_SIZE 4

/* --- what is hashed --- */

/* Pieces in order, as if joined. */
struct preimage {
	struct ev_span part[2];
	size_t n_parts;
	struct ev_buffer own; /* of a rule that changes the data */
};

/* Whether the rule can speak of the event at all; then *out is what it says is
 * hashed. */
typedef bool (*rule_function)(const struct ev_tcg_log *log,
			      const struct ev_tcg_event *e,
			      struct preimage *out);

static bool one(struct preimage *out, struct ev_span part)
{
	out->part[0] = part;
	out->n_parts = 1;
	return true;
}

static bool with_byte(struct preimage *out, struct ev_span part)
{
	one(out, part);
	out->part[1] = EV_SPAN_LITERAL("\0");
	out->n_parts = 2;
	return true;
}

static bool data(const struct ev_tcg_log *log, const struct ev_tcg_event *e,
		 struct preimage *out)
{
	(void)log;
	return one(out, e->data);
}

/* Firmware of OpenPOWER measures the value and logs a text in its place. */
static bool separator_ones(const struct ev_tcg_log *log,
			   const struct ev_tcg_event *e, struct preimage *out)
{
	(void)log;
	return e->data.n != SEPARATOR_SIZE &&
	       one(out, EV_SPAN_LITERAL("\xff\xff\xff\xff"));
}

static bool separator_zeros(const struct ev_tcg_log *log,
			    const struct ev_tcg_event *e, struct preimage *out)
{
	(void)log;
	return e->data.n != SEPARATOR_SIZE &&
	       one(out, EV_SPAN_LITERAL("\0\0\0\0"));
}

/* TCG-PFP, 3.3.2: the digest of an error is of 1, its data says which. */
static bool separator_error(const struct ev_tcg_log *log,
			    const struct ev_tcg_event *e, struct preimage *out)
{
	(void)log;
	return !ev_span_eq(e->data, EV_SPAN_LITERAL("\0\0\0\0")) &&
	       !ev_span_eq(e->data, EV_SPAN_LITERAL("\xff\xff\xff\xff")) &&
	       one(out, EV_SPAN_LITERAL("\1\0\0\0"));
}

static bool variable(const struct ev_tcg_event *e, struct ev_uefi_variable *v)
{
	struct ev_error err = { 0 };

	return ev_uefi_variable_parse(e->data, 0, v, &err) == EV_OK;
}

static bool variable_data(const struct ev_tcg_log *log,
			  const struct ev_tcg_event *e, struct preimage *out)
{
	struct ev_uefi_variable v;

	(void)log;
	return variable(e, &v) && one(out, v.data);
}

/* Agile logs hash the name too: else any variable passes for any other. */
static bool legacy_variable_data(const struct ev_tcg_log *log,
				 const struct ev_tcg_event *e,
				 struct preimage *out)
{
	return !log->agile && variable_data(log, e, out);
}

static bool variable_alone(const struct ev_tcg_log *log,
			   const struct ev_tcg_event *e, struct preimage *out)
{
	struct ev_uefi_variable v;

	(void)log;
	return variable(e, &v) && v.rest.n > 0 &&
	       one(out, ev_span_sub(e->data, 0, e->data.n - v.rest.n));
}

/* shim before version 15 counts one byte too few. */
static bool but_last_byte(const struct ev_tcg_log *log,
			  const struct ev_tcg_event *e, struct preimage *out)
{
	(void)log;
	return e->data.n > 0 &&
	       one(out, ev_span_sub(e->data, 0, e->data.n - 1));
}

static bool grub_text(const struct ev_tcg_log *log,
		      const struct ev_tcg_event *e, struct preimage *out)
{
	struct ev_ipl ipl = ev_ipl_parse(e);

	(void)log;
	return ipl.form == EV_IPL_GRUB && one(out, ipl.text);
}

static bool grub_text_nul(const struct ev_tcg_log *log,
			  const struct ev_tcg_event *e, struct preimage *out)
{
	struct ev_ipl ipl = ev_ipl_parse(e);

	(void)log;
	return ipl.form == EV_IPL_GRUB && with_byte(out, ipl.text);
}

/* systemd-boot up to version 250, PCR 8. */
static bool data_and_byte(const struct ev_tcg_log *log,
			  const struct ev_tcg_event *e, struct preimage *out)
{
	(void)log;
	return ev_ipl_parse(e).form == EV_IPL_UTF16 && with_byte(out, e->data);
}

/* Unified kernel images, PCR 11: the name in ASCII with its NUL. */
static bool section_name(const struct ev_tcg_log *log,
			 const struct ev_tcg_event *e, struct preimage *out)
{
	struct ev_ipl ipl = ev_ipl_parse(e);

	(void)log;
	if (ipl.form != EV_IPL_SECTION)
		return false;
	for (size_t i = 0; i < ipl.text.n; i += 2)
		ev_buffer_add_byte(&out->own, ipl.text.p[i]);
	ev_buffer_add_byte(&out->own, 0);
	return one(out, ev_buffer_span(&out->own));
}

/* EV_EFI_GPT_EVENT2 (TCG-PFP, 10.2): GUIDs of disk and partitions are
 * zeros in what is hashed. */
static bool gpt_without_guids(const struct ev_tcg_log *log,
			      const struct ev_tcg_event *e,
			      struct preimage *out)
{
	struct ev_error err = { 0 };
	struct ev_uefi_gpt g;
	size_t first;

	(void)log;
	if (ev_uefi_gpt_parse(e, &g, &err) != EV_OK)
		return false;
	ev_buffer_add(&out->own, e->data);
	if (!ev_buffer_ok(&out->own))
		return true;
	memset(out->own.p + EV_GPT_DISK_GUID, 0, EV_GUID_SIZE);
	first = e->data.n - g.rest.n - g.entries.n;
	for (uint64_t i = 0; i < g.n_entries; i++)
		memset(out->own.p + first + (size_t)i * g.entry_size +
			       EV_GPT_PARTITION_GUID,
		       0, EV_GUID_SIZE);
	return one(out, ev_buffer_span(&out->own));
}

/* --- the table --- */

struct rule {
	uint32_t type;
	const char *name;
	rule_function apply;
};

/* In the order in which they are tried: what most logs have comes first, since
 * each costs a digest.  A rule without a name is the data as it stands, which
 * is the only one of types that are not here. */
static const struct rule rules[] = {
	{ EV_TCG_SEPARATOR, NULL, data },
	{ EV_TCG_SEPARATOR, "error separator", separator_error },
	{ EV_TCG_SEPARATOR, "separator ffffffff", separator_ones },
	{ EV_TCG_SEPARATOR, "separator 00000000", separator_zeros },
	{ EV_TYPE_VARIABLE_CONFIG, NULL, data },
	{ EV_TYPE_VARIABLE_CONFIG, "variable data", legacy_variable_data },
	{ EV_TYPE_VARIABLE_CONFIG, "without trailing bytes", variable_alone },
	{ EV_TYPE_VARIABLE_BOOT, "variable data", variable_data },
	{ EV_TYPE_VARIABLE_BOOT, NULL, data },
	{ EV_TYPE_VARIABLE_BOOT, "without trailing bytes", variable_alone },
	{ 0x8000000c, NULL, data },
	{ 0x8000000c, "without trailing bytes", variable_alone },
	{ EV_TYPE_AUTHORITY, NULL, data },
	{ EV_TYPE_AUTHORITY, "without its last byte", but_last_byte },
	{ EV_TYPE_AUTHORITY, "without trailing bytes", variable_alone },
	{ EV_TYPE_IPL, "text without its prefix", grub_text },
	{ EV_TYPE_IPL, "text without its prefix, with NUL", grub_text_nul },
	{ EV_TYPE_IPL, "section name", section_name },
	{ EV_TYPE_IPL, NULL, data },
	{ EV_TYPE_IPL, "data and a NUL", data_and_byte },
	{ EV_TYPE_GPT2, NULL, data },
	{ EV_TYPE_GPT2, "without GUIDs", gpt_without_guids },
};

/* 1 equal, 0 not, -1 trouble. */
static int is_of(struct ev_crypto *crypto, enum ev_digest_alg alg,
		 const struct preimage *p, struct ev_span digest)
{
	uint8_t have[EV_DIGEST_MAX];

	if (!ev_buffer_ok(&p->own) ||
	    !ev_digest_parts(crypto, alg, p->part, p->n_parts, have))
		return -1;
	return ev_span_eq(ev_span_of(have, ev_digest_size(alg)), digest);
}

static int try_rule(struct ev_crypto *crypto, const struct ev_tcg_log *log,
		    const struct ev_tcg_event *e, enum ev_digest_alg alg,
		    struct ev_span digest, rule_function apply)
{
	struct preimage p = { .n_parts = 0 };
	int answer = 0;

	if (apply(log, e, &p))
		answer = is_of(crypto, alg, &p, digest);
	ev_buffer_free(&p.own);
	return answer;
}

static bool try_rules(struct ev_crypto *crypto, const struct ev_tcg_log *log,
		      const struct ev_tcg_event *e, enum ev_digest_alg alg,
		      struct ev_span digest, struct ev_event_digest *out)
{
	bool listed = false;
	int answer = 0;

	for (size_t i = 0; answer == 0 && i < sizeof(rules) / sizeof(rules[0]);
	     i++) {
		if (rules[i].type != e->type)
			continue;
		listed = true;
		answer = try_rule(crypto, log, e, alg, digest, rules[i].apply);
		out->rule = rules[i].name;
	}
	if (!listed) {
		answer = try_rule(crypto, log, e, alg, digest, data);
		out->rule = NULL;
	}
	out->verdict =
		out->rule == NULL ? EV_EVENT_MATCHES : EV_EVENT_EXPLAINED;
	if (answer == 0) {
		out->verdict = ev_event_type_of(e->type)->binding == EV_BINDS
				       ? EV_EVENT_MISMATCH
				       : EV_EVENT_NOT_RECOMPUTABLE;
		out->rule = NULL;
	}
	return answer >= 0;
}

bool ev_event_digest_check(struct ev_crypto *crypto,
			   const struct ev_tcg_log *log,
			   const struct ev_tcg_event *e, size_t bank,
			   struct ev_event_digest *out)
{
	const char *why = NULL;
	enum ev_digest_alg alg;

	if (e->type == EV_TCG_NO_ACTION)
		why = "not extended";
	else if (e->digest[bank].n == 0)
		why = "no digest of this bank";
	else if (!ev_tpm_digest_alg(log->bank[bank].alg, &alg) ||
		 !ev_digest_has(crypto, alg))
		why = "no algorithm for this bank";
	*out = (struct ev_event_digest){ EV_EVENT_NOT_RECOMPUTABLE, why, bank };
	return why != NULL ||
	       try_rules(crypto, log, e, alg, e->digest[bank], out);
}

bool ev_event_digest_check_all(struct ev_crypto *crypto,
			       const struct ev_tcg_log *log,
			       const struct ev_tcg_event *e,
			       struct ev_event_digest *out)
{
	bool first = true;

	*out = (struct ev_event_digest){ EV_EVENT_NOT_RECOMPUTABLE, "no digest",
					 0 };
	for (size_t i = 0; i < log->n_banks; i++) {
		struct ev_event_digest d;

		if (e->digest[i].n == 0)
			continue;
		if (!ev_event_digest_check(crypto, log, e, i, &d))
			return false;
		if (first || (out->verdict != EV_EVENT_MISMATCH &&
			      (d.verdict == EV_EVENT_MISMATCH ||
			       d.verdict < out->verdict)))
			*out = d;
		first = false;
	}
	return true;
}

const char *ev_event_verdict_word(enum ev_event_verdict verdict)
{
	static const char *const words[] = {
		[EV_EVENT_MATCHES] = "matches",
		[EV_EVENT_EXPLAINED] = "explained",
		[EV_EVENT_NOT_RECOMPUTABLE] = "not-recomputable",
		[EV_EVENT_MISMATCH] = "mismatch",
	};

	return words[verdict];
}

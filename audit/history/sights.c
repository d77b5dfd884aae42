/* SPDX-License-Identifier: Apache-2.0 */
/* What replays of archives say of launch measurements. */
#include "audit/history/sights.h"

#include "audit/measured.h"
#include "evidence/base/hex.h"
#include "replay/render_member.h"

#include <stdio.h>

static const char object[] = "report";

/* Reasons are words of this program, some twenty. */
static const size_t REASONS_MAX = 256;

static enum ev_code no_memory(struct ev_error *err)
{
	return ev_fail_trouble(err, object, "out of memory");
}

/* One more in a list; NULL where memory ran out. */
static void *more(void *list, size_t n, size_t *room, size_t size)
{
	size_t wanted = *room == 0 ? 64 : 2 * *room;
	void *grown;

	if (n < *room)
		return list;
	grown = reallocarray(list, wanted, size);
	if (grown != NULL)
		*room = wanted;
	return grown;
}

/* The text of a member, or "". */
static const char *text_of(const json_t *v, const char *member)
{
	return rp_member_text(v, member, NULL, NULL);
}

/* The object of an area that is about the item, and speaks for it; NULL. */
static const json_t *fact_of(const json_t *facts, const char *area,
			     const char *item)
{
	const json_t *v;

	for (size_t n = 0;
	     (v = rp_area_of(facts, area, "item", item, n)) != NULL; n++) {
		if (rp_unless_beside(v) != NULL &&
		    rp_member_is_true(v, "trusted"))
			return v;
	}
	return NULL;
}

/* --- the machine --- */

/* Where no more than zeros stand, the host keeps it to itself. */
static bool is_told(const char *hex)
{
	return hex[strspn(hex, "0")] != '\0';
}

static bool set_machine(struct ev_crypto *crypto, const char *word,
			const char *hex, struct au_observation *o)
{
	char text[200];

	snprintf(text, sizeof(text), "ecart-machine/1 %s %s", word, hex);
	o->has_machine = true;
	return ev_digest(crypto, EV_SHA256, ev_span_str(text), o->machine);
}

static enum ev_code read_machine(struct ev_crypto *crypto, const json_t *facts,
				 const struct au_measured *m,
				 struct au_observation *o, struct ev_error *err)
{
	static const char *const members[] = { "platformInstanceId", "ppid",
					       "chipId" };
	const json_t *from = m->reg->platform == AU_SNP
				     ? m->fact
				     : fact_of(facts, "platform", m->item);

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *hex = text_of(from, members[i]);

		if (!is_told(hex))
			continue;
		return set_machine(crypto, members[i], hex, o) ? EV_OK
							       : no_memory(err);
	}
	return EV_OK;
}

/* --- the level --- */

static void set_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", strlen(text) < size ? text : "");
}

/* As the report sorts them: one spelling for one level. */
static void set_snp_level(const json_t *snp, struct au_observation *o)
{
	static const char *const parts[] = { "bootloader", "fmc", "microcode",
					     "snp", "tee" };
	const json_t *reported =
		json_object_get(json_object_get(snp, "tcb"), "reported");
	size_t n = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const json_t *v = json_object_get(reported, parts[i]);

		if (!json_is_integer(v) || n + 20 > sizeof(o->svn))
			continue;
		n += (size_t)snprintf(o->svn + n, sizeof(o->svn) - n, "%s%s=%u",
				      n > 0 ? " " : "", parts[i],
				      (unsigned int)json_integer_value(v) &
					      0xff);
	}
}

static void read_level(const json_t *facts, const struct au_measured *m,
		       struct au_observation *o)
{
	const json_t *tcb = fact_of(facts, "tcb", m->item);

	if (m->reg->platform == AU_SNP)
		set_snp_level(m->fact, o);
	else
		set_text(o->svn, sizeof(o->svn), text_of(m->fact, "teeTcbSvn"));
	set_text(o->tcb, sizeof(o->tcb), text_of(tcb, "status"));
}

/* --- the line --- */

/* Whether runtime data that the measured guest answers for, by its report
 * data, came in an HCL report: of this quote, or the report inside it. */
static bool is_behind_hcl(const json_t *facts, const char *item)
{
	const json_t *hcl;

	for (size_t n = 0; (hcl = rp_area_nth(facts, "azure", n)) != NULL;
	     n++) {
		if (rp_member_is_true(json_object_get(hcl, "runtimeData"),
				      "trusted") &&
		    (strcmp(text_of(hcl, "quote"), item) == 0 ||
		     strcmp(text_of(hcl, "item"), item) == 0))
			return true;
	}
	return false;
}

/* --- one report --- */

static enum ev_code find_reason(struct au_sights *s, const char *text,
				size_t *out, struct ev_error *err)
{
	char **list;

	for (size_t i = 0; i < s->n_reasons; i++) {
		if (strcmp(s->reason[i], text) == 0) {
			*out = i;
			return EV_OK;
		}
	}
	if (s->n_reasons == REASONS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "reasons", 0,
				   REASONS_MAX, REASONS_MAX + 1);
	list = reallocarray(s->reason, s->n_reasons + 1, sizeof(*list));
	if (list == NULL)
		return no_memory(err);
	s->reason = list;
	list[s->n_reasons] = strdup(text);
	if (list[s->n_reasons] == NULL)
		return no_memory(err);
	*out = s->n_reasons++;
	return EV_OK;
}

static enum ev_code add_uncounted(struct au_sights *s,
				  const struct au_measured *m,
				  struct ev_error *err)
{
	struct au_uncounted u = { .reg = m->reg,
				  .has_value = m->hex != NULL,
				  .archive = s->n_archives };
	struct au_uncounted *list = more(s->uncounted, s->n_uncounted,
					 &s->room_uncounted, sizeof(*list));

	if (list == NULL)
		return no_memory(err);
	s->uncounted = list;
	if (find_reason(s, m->not_comparable, &u.reason, err) != EV_OK)
		return err->code;
	memcpy(u.value, m->value, sizeof(u.value));
	list[s->n_uncounted++] = u;
	return EV_OK;
}

static enum ev_code add_observation(struct au_sights *s,
				    struct ev_crypto *crypto,
				    const json_t *facts,
				    const struct au_measured *m,
				    struct ev_error *err)
{
	struct au_observation o = { .reg = m->reg, .archive = s->n_archives };
	struct au_observation *list =
		more(s->item, s->n, &s->room, sizeof(*list));

	if (list == NULL)
		return no_memory(err);
	s->item = list;
	memcpy(o.value, m->value, sizeof(o.value));
	read_level(facts, m, &o);
	o.is_hcl = is_behind_hcl(facts, m->item);
	if (read_machine(crypto, facts, m, &o, err) != EV_OK)
		return err->code;
	list[s->n++] = o;
	return EV_OK;
}

static enum ev_code add_measured(struct au_sights *s, struct ev_crypto *crypto,
				 const json_t *report, struct ev_error *err)
{
	const json_t *facts = json_object_get(report, "facts");
	struct au_measured_list list = { 0 };
	enum ev_code code = au_measured_read(report, &list, err);

	for (size_t i = 0; i < list.n && code == EV_OK; i++) {
		const struct au_measured *m = &list.item[i];

		if (s->n + s->n_uncounted == AU_OBSERVATIONS_MAX)
			code = ev_fail_u64(
				err, EV_LIMIT, object, "observations", 0,
				AU_OBSERVATIONS_MAX, AU_OBSERVATIONS_MAX + 1);
		else if (m->not_comparable != NULL)
			code = add_uncounted(s, m, err);
		else
			code = add_observation(s, crypto, facts, m, err);
	}
	au_measured_free(&list);
	return code;
}

static void read_policy(struct au_sights *s, const json_t *report)
{
	const char *name = rp_member_text(report, "policy", "name", NULL);
	const char *sha256 = rp_member_text(report, "policy", "sha256", NULL);

	ev_show(ev_span_str(name), s->policy, sizeof(s->policy));
	set_text(s->policy_sha256, sizeof(s->policy_sha256), sha256);
}

static enum ev_code add(struct au_sights *s, struct ev_crypto *crypto,
			struct ev_span text, const json_t *report,
			struct ev_error *err)
{
	struct au_archive_seen archive = { 0 };
	struct au_archive_seen *list = more(s->archive, s->n_archives,
					    &s->room_archives, sizeof(*list));

	if (list == NULL)
		return no_memory(err);
	s->archive = list;
	if (s->n_archives == AU_ARCHIVES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "archives", 0,
				   AU_ARCHIVES_MAX, AU_ARCHIVES_MAX + 1);
	if (au_archive_seen_read(crypto, text, report, &archive, err) !=
		    EV_OK ||
	    add_measured(s, crypto, report, err) != EV_OK)
		return err->code;
	if (s->n_archives == 0)
		read_policy(s, report);
	s->simulated = s->simulated || rp_rests_on_simulated(report);
	list[s->n_archives++] = archive;
	return EV_OK;
}

enum ev_code au_sights_add(struct au_sights *sights, struct ev_crypto *crypto,
			   struct ev_span report, struct ev_error *err)
{
	ev_auto_json json_t *document = NULL;
	size_t n = sights->n, n_uncounted = sights->n_uncounted;

	if (ev_json_parse(report, AU_SIGHTS_REPORT_MAX, object, &document,
			  err) != EV_OK)
		return err->code;
	if (add(sights, crypto, report, document, err) == EV_OK)
		return EV_OK;
	sights->n = n;
	sights->n_uncounted = n_uncounted;
	return err->code;
}

void au_sights_free(struct au_sights *sights)
{
	for (size_t i = 0; i < sights->n_reasons; i++)
		free(sights->reason[i]);
	free(sights->reason);
	free(sights->archive);
	free(sights->item);
	free(sights->uncounted);
	*sights = (struct au_sights){ 0 };
}

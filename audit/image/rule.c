/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: their parameters as JSON and as words. */
#include "audit/image/rule.h"

#include "audit/image/measuring.h"

#include <stdio.h>

/* What may be open; each is one bool of a rule. */
static const struct aspect {
	size_t at; /* in struct au_rule */
	const char *name, *no, *yes;
	const char *words_no, *words_yes; /* NULL: goes without saying */
} aspects[] = {
	{ offsetof(struct au_rule, two_pass), "pageOrder", "single", "two-pass",
	  "single-pass", "two-pass" },
	{ offsetof(struct au_rule, aug_skips), "pageAug", "ignored", "skipped",
	  "PAGE.AUG ignored", "PAGE.AUG pages left out" },
	{ offsetof(struct au_rule, file_beyond), "shortData", "zeros", "file",
	  "short data end in zeros", "short data go on in the file" },
	{ offsetof(struct au_rule, native_zero), "nativeZero", "no", "yes",
	  NULL, "pages without data of type ZERO" },
	{ offsetof(struct au_rule, insert_first), "parameterInsert",
	  "all-pages", "first-page", NULL, "parameter areas of one page" },
};
#define N_ASPECTS (sizeof(aspects) / sizeof(aspects[0]))

static bool *flag_of(struct au_rule *rule, const struct aspect *a)
{
	return (bool *)((char *)rule + a->at);
}

/* Some operation tells the rule from one that differs in that aspect alone.
 * Where everything is measured more may be open than by default. */
static bool is_open(const struct au_candidate *c, const struct aspect *a)
{
	struct au_rule other = c->rule;

	*flag_of(&other, a) = !*flag_of(&other, a);
	for (size_t i = 0; i < c->launch->n; i++) {
		if (!au_measuring_alike(c->launch, &c->launch->op[i], &c->rule,
					&other))
			return true;
	}
	return false;
}

static bool set(json_t *object, const char *name, const char *value)
{
	return json_object_set_new(object, name, json_string(value)) == 0;
}

static bool set_hob(json_t *object, const struct au_rule *rule)
{
	if (!rule->measure_all)
		return true;
	return set(object, "measured", "all") &&
	       (rule->hob == NULL || (set(object, "tdHob", rule->hob->name) &&
				      set(object, "earlyAccept",
					  rule->early_accept ? "yes" : "no")));
}

json_t *au_rule_json(const struct au_candidate *candidate)
{
	struct au_rule rule = candidate->rule;
	json_t *object = json_object();
	bool ok = object != NULL;

	for (size_t i = 0; ok && i < N_ASPECTS; i++) {
		const struct aspect *a = &aspects[i];

		if (is_open(candidate, a))
			ok = set(object, a->name,
				 *flag_of(&rule, a) ? a->yes : a->no);
	}
	if (ok && set_hob(object, &rule))
		return object;
	json_decref(object);
	return NULL;
}

static void add_words(char *out, size_t n, const char *words)
{
	size_t used = strlen(out);

	if (words != NULL)
		snprintf(out + used, n - used, "%s%s", used > 0 ? ", " : "",
			 words);
}

/* Where everything is measured the rest goes with it. */
static void hob_words(const struct au_rule *rule, char *out, size_t n)
{
	snprintf(out, n, "everything measured%s%s%s",
		 rule->hob != NULL ? ", TD HOB of " : "",
		 rule->hob != NULL ? rule->hob->name : "",
		 rule->early_accept ? ", early accept" : "");
}

void au_rule_words(const struct au_candidate *candidate, char *out, size_t n)
{
	struct au_rule rule = candidate->rule;

	assert(n > 0);
	out[0] = '\0';
	if (rule.measure_all) {
		hob_words(&rule, out, n);
		return;
	}
	for (size_t i = 0; i < N_ASPECTS; i++) {
		const struct aspect *a = &aspects[i];

		if (is_open(candidate, a))
			add_words(out, n,
				  *flag_of(&rule, a) ? a->words_yes
						     : a->words_no);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which set of collateral a policy names. */
#include "replay/choice.h"

#include <inttypes.h>
#include <stdio.h>

static const char object[] = "policy";

static enum ev_code read_update(const json_t *v, struct rp_choice *out,
				struct ev_error *err)
{
	static const char field[] = "collateral.update";
	static const char *const words[] = { "standard", "early" };
	const char *word = json_string_value(v);

	if (word == NULL)
		return ev_fail(err, EV_SYNTAX, object, field, 0, "a string",
			       ev_json_type_word(v));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0)
			out->update = words[i];
	if (out->update == NULL)
		return ev_fail_text(err, EV_VALUE, object, field, 0,
				    "standard or early", ev_span_str(word));
	return EV_OK;
}

static enum ev_code read_number(const json_t *v, struct rp_choice *out,
				struct ev_error *err)
{
	static const char field[] = "collateral.evaluationDataNumber";
	json_int_t n = json_integer_value(v);
	char found[24];

	if (!json_is_integer(v))
		return ev_fail(err, EV_SYNTAX, object, field, 0, "an integer",
			       ev_json_type_word(v));
	if (n < 0 || n > (json_int_t)UINT32_MAX) {
		snprintf(found, sizeof(found), "%" JSON_INTEGER_FORMAT, n);
		return ev_fail(err, EV_VALUE, object, field, 0,
			       "0 to 4294967295", found);
	}
	out->has_number = true;
	out->number = (uint64_t)n;
	return EV_OK;
}

static const struct {
	const char *name;
	enum ev_code (*read)(const json_t *v, struct rp_choice *out,
			     struct ev_error *err);
} members[] = {
	{ "update", read_update },
	{ "evaluationDataNumber", read_number },
};

#define N_MEMBERS (sizeof(members) / sizeof(members[0]))

static enum ev_code read_member(const char *name, const json_t *v,
				struct rp_choice *out, struct ev_error *err)
{
	for (size_t i = 0; i < N_MEMBERS; i++)
		if (strcmp(members[i].name, name) == 0)
			return members[i].read(v, out, err);
	return ev_fail_text(err, EV_VALUE, object, "collateral", 0,
			    "update, evaluationDataNumber or both",
			    ev_span_str(name));
}

enum ev_code rp_choice_read(const json_t *v, struct rp_choice *out,
			    struct ev_error *err)
{
	struct rp_choice choice = { 0 };
	const char *name;
	json_t *member;

	if (!json_is_object(v))
		return ev_fail(err, EV_SYNTAX, object, "collateral", 0,
			       "an object", ev_json_type_word(v));
	json_object_foreach ((json_t *)(uintptr_t)v, name, member)
		if (read_member(name, member, &choice, err) != EV_OK)
			return err->code;
	/* Empty, it would name every set and say nothing. */
	if (!rp_choice_is_made(&choice))
		return ev_fail(err, EV_MISSING, object, "collateral", 0,
			       "update, evaluationDataNumber or both",
			       "neither");
	*out = choice;
	return EV_OK;
}

bool rp_choice_is_made(const struct rp_choice *choice)
{
	return choice->update != NULL || choice->has_number;
}

bool rp_choice_takes(const struct rp_choice *choice, uint64_t number,
		     const char *uri)
{
	if (choice->has_number && choice->number != number)
		return false;
	return choice->update == NULL || rp_asked_for(uri, choice->update);
}

void rp_choice_format(const struct rp_choice *choice, char out[RP_CHOICE_TEXT])
{
	char number[40] = "";

	if (choice->has_number)
		snprintf(number, sizeof(number), "evaluation number %" PRIu64,
			 choice->number);
	snprintf(out, RP_CHOICE_TEXT, "%s%s%s%s",
		 choice->update != NULL ? "update " : "",
		 choice->update != NULL ? choice->update : "",
		 choice->update != NULL && choice->has_number ? ", " : "",
		 number);
}

bool rp_asked_for(const char *uri, const char *word)
{
	static const char name[] = "update=";
	const char *p = uri != NULL ? uri + strcspn(uri, "?#") : "";

	while (*p == '?' || *p == '&') {
		size_t n = strcspn(++p, "&#");

		if (n >= strlen(name) && memcmp(p, name, strlen(name)) == 0)
			return n == strlen(name) + strlen(word) &&
			       memcmp(p + strlen(name), word, strlen(word)) ==
				       0;
		p += n;
	}
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Options of allowed signers. */
#include "audit/ssh/signer_options.h"

#include "evidence/base/time.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Whether text has word at its beginning, in any case. */
static bool begins(struct ev_span text, const char *word)
{
	size_t n = strlen(word);

	if (text.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(text.p[i]) != (uint8_t)word[i])
			return false;
	return true;
}

static struct ev_span behind(struct ev_span text, size_t n)
{
	return ev_span_sub(text, n, text.n - n);
}

/* --- times --- */

/* A field of a time: its place in the text and its range. */
static const struct {
	uint8_t at, n, least, most;
} fields[] = {
	{ 4, 2, 1, 12 },  { 6, 2, 1, 31 },  { 8, 2, 0, 23 },
	{ 10, 2, 0, 59 }, { 12, 2, 0, 61 },
};
enum { MONTH, DAY, HOUR, MINUTE, SECOND, N_FIELDS };

/* Spaces, then a digit at least, to the end of the field. */
static bool read_number(struct ev_span text, unsigned *out)
{
	size_t i = 0;

	while (i < text.n && text.p[i] == ' ')
		i++;
	if (i == text.n)
		return false;
	for (*out = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(text.p[i] - '0');
	}
	return true;
}

static struct ev_span without_zone(struct ev_span text)
{
	if (text.n > 1 && begins(behind(text, text.n - 1), "z"))
		return ev_span_sub(text, 0, text.n - 1);
	if (text.n > 3 && begins(behind(text, text.n - 3), "utc"))
		return ev_span_sub(text, 0, text.n - 3);
	return text;
}

/* When the month begins. */
static bool month_begins(struct ev_span text, int64_t *out)
{
	char first[] = "YYYYMM01000000Z";
	unsigned year;

	if (!read_number(ev_span_sub(text, 0, 4), &year) || year < 1970)
		return false;
	memcpy(first, text.p, 6);
	if (first[4] == ' ')
		first[4] = '0';
	return ev_time_parse_generalized(ev_span_str(first), out);
}

bool au_signer_time_parse(struct ev_span text, int64_t *out)
{
	struct ev_span t = without_zone(text);
	unsigned v[N_FIELDS] = { 0 };
	int64_t begin, when;

	if (t.n != 8 && t.n != 12 && t.n != 14)
		return false;
	for (size_t i = 0; i < N_FIELDS && fields[i].at < t.n; i++)
		if (!read_number(ev_span_sub(t, fields[i].at, fields[i].n),
				 &v[i]) ||
		    v[i] < fields[i].least || v[i] > fields[i].most)
			return false;
	if (!month_begins(t, &begin))
		return false;
	when = begin + (int64_t)(v[DAY] - 1) * 86400 + (int64_t)v[HOUR] * 3600 +
	       (int64_t)v[MINUTE] * 60 + v[SECOND];
	if (when == 0)
		return false;
	*out = when;
	return true;
}

/* --- options --- */

/* A quoted value, in which \" is a quote; taken from *text. */
static const char *take_quoted(struct ev_span *text, uint8_t *storage,
			       struct ev_span *out)
{
	size_t i = 1, n = 0;

	if (text->n == 0 || text->p[0] != '"')
		return "missing start quote";
	while (i < text->n && text->p[i] != '"') {
		if (text->p[i] == '\\' && i + 1 < text->n &&
		    text->p[i + 1] == '"')
			i++;
		storage[n++] = text->p[i++];
	}
	if (i == text->n)
		return "missing end quote";
	*text = behind(*text, i + 1);
	*out = ev_span_of(storage, n);
	return NULL;
}

static const char *take_time(struct ev_span *text, uint8_t *storage,
			     int64_t *out)
{
	struct ev_span value;
	const char *wrong;

	if (*out != 0)
		return "an option stands twice";
	wrong = take_quoted(text, storage, &value);
	if (wrong == NULL && !au_signer_time_parse(value, out))
		wrong = "invalid time";
	return wrong;
}

static const char *take_namespaces(struct ev_span *text, uint8_t *storage,
				   struct au_signer_options *o)
{
	if (o->has_namespaces)
		return "an option stands twice";
	o->has_namespaces = true;
	return take_quoted(text, storage, &o->namespaces);
}

static const char *take_option(struct ev_span *text, uint8_t *storage,
			       struct au_signer_options *o)
{
	static const char authority[] = "cert-authority",
			  namespaces[] = "namespaces=",
			  after[] = "valid-after=", before[] = "valid-before=";

	if (begins(*text, authority)) {
		o->cert_authority = true;
		*text = behind(*text, strlen(authority));
	} else if (begins(*text, namespaces)) {
		*text = behind(*text, strlen(namespaces));
		return take_namespaces(text, storage, o);
	} else if (begins(*text, after)) {
		*text = behind(*text, strlen(after));
		return take_time(text, storage, &o->valid_after);
	} else if (begins(*text, before)) {
		*text = behind(*text, strlen(before));
		return take_time(text, storage, &o->valid_before);
	}
	return NULL;
}

static bool at_end(struct ev_span text)
{
	return text.n == 0 || text.p[0] == ' ' || text.p[0] == '\t';
}

const char *au_signer_options_parse(struct ev_span text, uint8_t *storage,
				    struct au_signer_options *out)
{
	struct au_signer_options o = { 0 };
	struct ev_span left = text;

	while (!at_end(left)) {
		/* What is taken is shorter than where it stands. */
		const char *wrong =
			take_option(&left, storage + (text.n - left.n), &o);

		if (wrong != NULL)
			return wrong;
		if (at_end(left))
			break;
		if (left.p[0] != ',')
			return "unknown option";
		left = behind(left, 1);
		if (left.n == 0)
			return "options end in a comma";
	}
	if (o.valid_after != 0 && o.valid_before != 0 &&
	    o.valid_before <= o.valid_after)
		return "valid-before is not after valid-after";
	*out = o;
	return NULL;
}

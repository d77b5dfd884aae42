/* SPDX-License-Identifier: Apache-2.0 */
/* Seconds as JSON spells them, to whole ones, without floating point. */
#include "evidence/base/numeric_date.h"

#include "evidence/base/time.h"

/* Beyond it a number is 0 or too large, whatever its digits: they are fewer
 * than a text has bytes. */
#define EXPONENT_MAX (INT64_C(1) << 33)

/* A number that is not negative: its digits without the point, and how many of
 * them stand before it once the exponent has moved it. */
struct decimal {
	struct ev_span before, behind; /* the point, as spelled */
	int64_t n_whole;
};

static struct ev_span take_digits(struct ev_span *left)
{
	size_t n = 0;
	struct ev_span digits;

	while (n < left->n && left->p[n] >= '0' && left->p[n] <= '9')
		n++;
	digits = ev_span_sub(*left, 0, n);
	*left = ev_span_sub(*left, n, left->n - n);
	return digits;
}

static bool take(struct ev_span *left, uint8_t c)
{
	if (left->n == 0 || left->p[0] != c)
		return false;
	*left = ev_span_sub(*left, 1, left->n - 1);
	return true;
}

static int64_t exponent_of(struct ev_span left)
{
	bool minus;
	int64_t e = 0;

	if (!take(&left, 'e') && !take(&left, 'E'))
		return 0;
	minus = take(&left, '-');
	if (!minus)
		take(&left, '+');
	for (size_t i = 0; i < left.n && e < EXPONENT_MAX; i++)
		e = 10 * e + (left.p[i] - '0');
	return minus ? -e : e;
}

static struct decimal split(struct ev_span text)
{
	struct decimal d = { .n_whole = 0 };

	d.before = take_digits(&text);
	if (take(&text, '.'))
		d.behind = take_digits(&text);
	d.n_whole = (int64_t)d.before.n + exponent_of(text);
	return d;
}

/* False: larger than a time can be. */
static bool whole_of(const struct decimal *d, int64_t *out)
{
	size_t n = d->before.n + d->behind.n;
	int64_t v = 0;

	for (size_t i = 0; i < n && (int64_t)i < d->n_whole; i++) {
		uint8_t c = i < d->before.n ? d->before.p[i]
					    : d->behind.p[i - d->before.n];

		v = 10 * v + (c - '0');
		if (v > EV_TIME_MAX)
			return false;
	}
	/* Zeros that the exponent adds. */
	for (int64_t i = (int64_t)n; v > 0 && i < d->n_whole; i++) {
		v *= 10;
		if (v > EV_TIME_MAX)
			return false;
	}
	*out = v;
	return true;
}

enum ev_code ev_numeric_date_read(const struct ev_node *v, const char *object,
				  const char *field, int64_t *out,
				  struct ev_error *err)
{
	static const char in_range[] = "seconds of the years 1 to 9999";
	struct decimal d;

	if (v->type == EV_NODE_INTEGER) {
		if (v->integer >= EV_TIME_MIN && v->integer <= EV_TIME_MAX) {
			*out = v->integer;
			return EV_OK;
		}
		return ev_fail(err, EV_VALUE, object, field, v->at, in_range,
			       "another integer");
	}
	if (v->type != EV_NODE_NUMBER)
		return ev_fail(err, EV_SYNTAX, object, field, v->at, "a number",
			       ev_node_type_word(v));
	if (v->text.p[0] == '-')
		return ev_fail_text(err, EV_VALUE, object, field, v->at,
				    "an integer, or no negative number",
				    v->text);
	d = split(v->text);
	if (!whole_of(&d, out))
		return ev_fail_text(err, EV_VALUE, object, field, v->at,
				    in_range, v->text);
	return EV_OK;
}

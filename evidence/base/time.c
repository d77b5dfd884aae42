/* SPDX-License-Identifier: Apache-2.0 */
/* Instants from text and back, by the proleptic Gregorian calendar. */
#include "evidence/base/time.h"

static const int64_t DAY_SECONDS = 86400;

struct fields {
	unsigned year, month, day, hour, minute, second;
};

/* Decimal digits [at, at + n) of text; false where one is none. */
static bool read_digits(struct ev_span text, size_t at, size_t n, unsigned *out)
{
	unsigned v = 0;

	for (size_t i = at; i < at + n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(text.p[i] - '0');
	}
	*out = v;
	return true;
}

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned month_days(unsigned year, unsigned month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30,
					  31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

/* Days from 0001-01-01 to the first of January of year. */
static int64_t days_before_year(unsigned year)
{
	int64_t y = (int64_t)year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400;
}

static bool to_instant(const struct fields *f, unsigned first_year,
		       int64_t *out)
{
	int64_t days;

	if (f->year < first_year || f->month < 1 || f->month > 12)
		return false;
	if (f->day < 1 || f->day > month_days(f->year, f->month))
		return false;
	if (f->hour > 23 || f->minute > 59 || f->second > 59)
		return false;
	days = days_before_year(f->year) + f->day - 1;
	for (unsigned m = 1; m < f->month; m++)
		days += month_days(f->year, m);
	*out = EV_TIME_MIN + days * DAY_SECONDS + (int64_t)f->hour * 3600 +
	       (int64_t)f->minute * 60 + f->second;
	return true;
}

/* "YYYY-MM-DDTHH:MM:SS", the first 19 bytes of text. */
static bool parse_seconds(struct ev_span text, int64_t *out)
{
	struct fields f = { 0 };

	if (text.p[4] != '-' || text.p[7] != '-' || text.p[10] != 'T' ||
	    text.p[13] != ':' || text.p[16] != ':')
		return false;
	return read_digits(text, 0, 4, &f.year) &&
	       read_digits(text, 5, 2, &f.month) &&
	       read_digits(text, 8, 2, &f.day) &&
	       read_digits(text, 11, 2, &f.hour) &&
	       read_digits(text, 14, 2, &f.minute) &&
	       read_digits(text, 17, 2, &f.second) && to_instant(&f, 1970, out);
}

bool ev_time_parse_rfc3339(struct ev_span text, int64_t *out)
{
	return text.n == 20 && text.p[19] == 'Z' && parse_seconds(text, out);
}

bool ev_time_parse_fraction(struct ev_span text, int64_t *out)
{
	unsigned nanoseconds;

	if (text.n == 20)
		return ev_time_parse_rfc3339(text, out);
	if (text.n < 22 || text.n > 30)
		return false;
	if (text.p[19] != '.' || text.p[text.n - 1] != 'Z')
		return false;
	return read_digits(text, 20, text.n - 21, &nanoseconds) &&
	       parse_seconds(text, out);
}

bool ev_time_parse_argument(const char *text, int64_t *out)
{
	struct ev_span in = ev_span_str(text);
	int64_t t = 0;

	if (in.n == 0 || in.p[0] != '@')
		return ev_time_parse_rfc3339(in, out);
	if (in.n < 2 || in.n > 13)
		return false;
	for (size_t i = 1; i < in.n; i++) {
		if (in.p[i] < '0' || in.p[i] > '9')
			return false;
		t = t * 10 + (in.p[i] - '0');
	}
	if (t > EV_TIME_MAX)
		return false;
	*out = t;
	return true;
}

/* "MMDDHHMMSSZ" from at on, the same in both DER forms. */
static bool parse_der_rest(struct ev_span text, size_t at, struct fields *f)
{
	return text.p[at + 10] == 'Z' && read_digits(text, at, 2, &f->month) &&
	       read_digits(text, at + 2, 2, &f->day) &&
	       read_digits(text, at + 4, 2, &f->hour) &&
	       read_digits(text, at + 6, 2, &f->minute) &&
	       read_digits(text, at + 8, 2, &f->second);
}

bool ev_time_parse_utctime(struct ev_span content, int64_t *out)
{
	struct fields f = { 0 };

	if (content.n != 13 || !read_digits(content, 0, 2, &f.year) ||
	    !parse_der_rest(content, 2, &f))
		return false;
	f.year += f.year >= 50 ? 1900 : 2000;
	return to_instant(&f, 1950, out);
}

bool ev_time_parse_generalized(struct ev_span content, int64_t *out)
{
	struct fields f = { 0 };

	return content.n == 15 && read_digits(content, 0, 4, &f.year) &&
	       parse_der_rest(content, 4, &f) && to_instant(&f, 1970, out);
}

bool ev_time_parse_imds(struct ev_span text, int64_t *out)
{
	/* What stands between the digits, and behind them. */
	static const char form[] = "../../.. ..:..:.. -0000";
	struct fields f = { 0 };

	if (text.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (form[i] != '.' && text.p[i] != (uint8_t)form[i])
			return false;
	if (!read_digits(text, 0, 2, &f.month) ||
	    !read_digits(text, 3, 2, &f.day) ||
	    !read_digits(text, 6, 2, &f.year) ||
	    !read_digits(text, 9, 2, &f.hour) ||
	    !read_digits(text, 12, 2, &f.minute) ||
	    !read_digits(text, 15, 2, &f.second))
		return false;
	f.year += 2000;
	return to_instant(&f, 2000, out);
}

static void put_two(char *out, unsigned value)
{
	out[0] = (char)('0' + value / 10);
	out[1] = (char)('0' + value % 10);
}

/* The year that holds the day, counted from 0001-01-01: whole cycles of 400,
 * 100, 4 and 1 years; the last of 4 centuries and of 4 years is a day longer,
 * which is no year of its own. */
static unsigned year_of(unsigned day)
{
	unsigned n400 = day / 146097, in400 = day % 146097;
	unsigned n100 = in400 / 36524 < 3 ? in400 / 36524 : 3;
	unsigned in100 = in400 - n100 * 36524;
	unsigned in4 = in100 % 1461;
	unsigned n1 = in4 / 365 < 3 ? in4 / 365 : 3;

	return n400 * 400 + n100 * 100 + in100 / 1461 * 4 + n1 + 1;
}

void ev_time_format(int64_t t, char out[EV_TIME_TEXT])
{
	unsigned days, rest, year, month = 1, second;

	assert(t >= EV_TIME_MIN && t <= EV_TIME_MAX);
	days = (unsigned)((t - EV_TIME_MIN) / DAY_SECONDS);
	second = (unsigned)((t - EV_TIME_MIN) % DAY_SECONDS);
	year = year_of(days);
	rest = days - (unsigned)days_before_year(year);
	for (; rest >= month_days(year, month); month++)
		rest -= month_days(year, month);
	memcpy(out, "0000-00-00T00:00:00Z", EV_TIME_TEXT);
	put_two(out, year / 100);
	put_two(out + 2, year % 100);
	put_two(out + 5, month);
	put_two(out + 8, rest + 1);
	put_two(out + 11, second / 3600);
	put_two(out + 14, second / 60 % 60);
	put_two(out + 17, second % 60);
}

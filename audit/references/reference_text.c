/* SPDX-License-Identifier: Apache-2.0 */
/* The spelling of names, addresses and paths in a reference manifest. */
#include "audit/references/reference_text.h"

static const size_t NAME_MAX_BYTES = 64;
static const size_t FILE_MAX_BYTES = 255;
static const size_t TEXT_MAX_BYTES = 1024;
static const size_t DEPTH_MAX = 8;

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_alpha(uint8_t c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_one_of(uint8_t c, const char *set)
{
	return c != 0 && strchr(set, c) != NULL;
}

static bool is_product(struct ev_span t)
{
	for (size_t i = 0; i < t.n; i++) {
		bool inside = is_lower(t.p[i]) || is_digit(t.p[i]);

		if (!inside && (i == 0 || !is_one_of(t.p[i], "._-")))
			return false;
	}
	return t.n > 0 && t.n <= NAME_MAX_BYTES;
}

static bool is_version(struct ev_span t)
{
	for (size_t i = 0; i < t.n; i++) {
		bool inside = is_alpha(t.p[i]) || is_digit(t.p[i]);

		if (!inside && (i == 0 || !is_one_of(t.p[i], "._+~-")))
			return false;
	}
	return t.n > 0 && t.n <= NAME_MAX_BYTES;
}

static bool is_parameter(struct ev_span t)
{
	for (size_t i = 0; i < t.n; i++) {
		bool later = is_digit(t.p[i]) || is_one_of(t.p[i], "._-");

		if (!is_alpha(t.p[i]) && (i == 0 || !later))
			return false;
	}
	return t.n > 0 && t.n <= NAME_MAX_BYTES;
}

static bool is_commit(struct ev_span t)
{
	for (size_t i = 0; i < t.n; i++) {
		if (!is_digit(t.p[i]) && (t.p[i] < 'a' || t.p[i] > 'f'))
			return false;
	}
	return t.n == 40 || t.n == 64;
}

static bool is_printable(struct ev_span t, size_t max, const char *but)
{
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] <= ' ' || t.p[i] > '~' || is_one_of(t.p[i], but))
			return false;
	}
	return t.n > 0 && t.n <= max;
}

static bool is_file_path(struct ev_span t)
{
	size_t start = 0, depth = 1;

	for (size_t i = 0; i < t.n; i++) {
		uint8_t c = t.p[i];

		if (c == '/') {
			if (i == start || ++depth > DEPTH_MAX)
				return false;
			start = i + 1;
		} else if (i == start && is_one_of(c, ".-")) {
			return false;
		} else if (!is_alpha(c) && !is_digit(c) &&
			   !is_one_of(c, "._+~-")) {
			return false;
		}
	}
	return t.n > start && t.n <= FILE_MAX_BYTES;
}

bool au_text_is(enum au_text kind, struct ev_span text)
{
	switch (kind) {
	case AU_PRODUCT:
		return is_product(text);
	case AU_VERSION:
		return is_version(text);
	case AU_COMMIT:
		return is_commit(text);
	case AU_ADDRESS:
		return is_printable(text, TEXT_MAX_BYTES, "");
	case AU_FILE_NAME:
		return is_printable(text, FILE_MAX_BYTES, "/");
	case AU_FILE_PATH:
		return is_file_path(text);
	case AU_PARAMETER:
		return is_parameter(text);
	case AU_PROSE:
	default:
		/* Which characters: the canonical form has refused others. */
		return text.n > 0 && text.n <= TEXT_MAX_BYTES;
	}
}

const char *au_text_want(enum au_text kind)
{
	switch (kind) {
	case AU_PRODUCT:
		return "1 to 64 of a-z 0-9 . _ -";
	case AU_VERSION:
		return "1 to 64 of A-Z a-z 0-9 . _ + ~ -";
	case AU_COMMIT:
		return "40 or 64 lower-case hex digits";
	case AU_ADDRESS:
		return "1 to 1024 printable ASCII, no blanks";
	case AU_FILE_NAME:
		return "1 to 255 printable ASCII, no blanks, no /";
	case AU_FILE_PATH:
		return "a relative path of A-Z a-z 0-9 . _ + ~ - and /";
	case AU_PARAMETER:
		return "a name of 1 to 64 of A-Z a-z 0-9 . _ -";
	case AU_PROSE:
	default:
		return "1 to 1024 bytes of text";
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of tpm2-tools about a TPM. */
#include "collect/tpm_caps.h"

#include "evidence/base/hex.h"

static const char *const bank_names[CO_TPM_BANKS] = { "sha1:", "sha256:",
						      "sha384:", "sha512:" };

/* --- pieces of a line --- */

static void drop(struct ev_span *s, size_t n)
{
	*s = ev_span_sub(*s, n, s->n - n);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct ev_span *s)
{
	while (s->n > 0 && is_blank(s->p[0]))
		drop(s, 1);
}

static bool skip(struct ev_span *s, const char *word)
{
	size_t n = strlen(word);

	if (s->n < n || memcmp(s->p, word, n) != 0)
		return false;
	drop(s, n);
	return true;
}

/* Without blanks in front; false at the end of the text. */
static bool next_line(struct ev_span *text, struct ev_span *line)
{
	const uint8_t *end;

	if (text->n == 0)
		return false;
	end = memchr(text->p, '\n', text->n);
	*line = *text;
	if (end == NULL) {
		drop(text, text->n);
	} else {
		line->n = (size_t)(end - text->p);
		drop(text, line->n + 1);
	}
	skip_blanks(line);
	return true;
}

static int digit_of(const struct ev_span *s, unsigned int base)
{
	int d = s->n > 0 ? ev_hex_digit(s->p[0]) : -1;

	return d >= 0 && (unsigned int)d < base ? d : -1;
}

/* At least one digit, and no more than fit into 32 bits. */
static bool read_number(struct ev_span *s, unsigned int base, uint32_t *out)
{
	uint32_t value = 0;
	bool any = false;
	int d;

	while ((d = digit_of(s, base)) >= 0) {
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (uint32_t)d, &value))
			return false;
		drop(s, 1);
		any = true;
	}
	*out = value;
	return any;
}

static bool read_handle(struct ev_span *s, uint32_t *out)
{
	return skip(s, "0x") && read_number(s, 16, out);
}

/* Nothing but blanks is left. */
static bool is_over(struct ev_span s)
{
	skip_blanks(&s);
	return s.n == 0;
}

/* --- what the lines say --- */

size_t co_tpm_caps_handles(struct ev_span text, uint32_t *out, size_t max)
{
	struct ev_span line;
	uint32_t handle;
	size_t n = 0;

	while (next_line(&text, &line)) {
		if (!skip(&line, "-"))
			continue;
		skip_blanks(&line);
		if (!read_handle(&line, &handle) || !is_over(line))
			continue;
		if (n < max)
			out[n] = handle;
		n++;
	}
	return n;
}

/* "[ 0, 1, 2 ]"; what is no such list has no bits. */
static uint32_t read_list(struct ev_span s)
{
	uint32_t bits = 0, number;

	skip_blanks(&s);
	if (!skip(&s, "["))
		return 0;
	for (;;) {
		skip_blanks(&s);
		if (skip(&s, "]"))
			return is_over(s) ? bits : 0;
		if (!read_number(&s, 10, &number))
			return 0;
		if (number < 32)
			bits |= UINT32_C(1) << number;
		skip_blanks(&s);
		skip(&s, ",");
	}
}

bool co_tpm_caps_banks(struct ev_span text, uint32_t banks[CO_TPM_BANKS])
{
	struct ev_span line;
	uint32_t any = 0;

	memset(banks, 0, CO_TPM_BANKS * sizeof(*banks));
	while (next_line(&text, &line)) {
		if (skip(&line, "-"))
			skip_blanks(&line);
		for (size_t i = 0; i < CO_TPM_BANKS; i++)
			if (skip(&line, bank_names[i]))
				any |= banks[i] = read_list(line);
	}
	return any != 0;
}

bool co_tpm_caps_version(struct ev_span text, char *out, size_t size)
{
	static const char before[] = "version=\"";
	const size_t skipped = sizeof(before) - 1;
	const uint8_t *at, *end;
	size_t n;

	out[0] = 0;
	at = text.n == 0 ? NULL : memmem(text.p, text.n, before, skipped);
	if (at == NULL)
		return false;
	drop(&text, (size_t)(at - text.p) + skipped);
	end = text.n == 0 ? NULL : memchr(text.p, '"', text.n);
	if (end == NULL || end == text.p)
		return false;
	n = (size_t)(end - text.p);
	if (n >= size)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
	memcpy(out, text.p, n);
	out[n] = 0;
	return true;
}

bool co_tpm_caps_nv_size(struct ev_span text, uint32_t index, size_t *size)
{
	struct ev_span line;
	bool here = false;
	uint32_t number;

	while (next_line(&text, &line)) {
		struct ev_span head = line;

		if (read_handle(&head, &number) && skip(&head, ":")) {
			here = number == index && is_over(head);
			continue;
		}
		if (!here || !skip(&line, "size:"))
			continue;
		skip_blanks(&line);
		if (!read_number(&line, 10, &number) || !is_over(line) ||
		    number == 0 || number > UINT16_MAX)
			return false;
		*size = number;
		return true;
	}
	return false;
}

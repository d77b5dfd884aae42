/* SPDX-License-Identifier: Apache-2.0 */
/* SSH's strings and numbers, from bytes and back. */
#include "audit/ssh/ssh_wire.h"

struct ev_span au_ssh_read_string(struct ev_reader *r, const char *field)
{
	uint32_t n = ev_read_u32be(r, field);

	return ev_read_span(r, n, field);
}

struct ev_span au_ssh_read_text(struct ev_reader *r, const char *field)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span text = au_ssh_read_string(r, field);
	const uint8_t *nul = text.n > 0 ? memchr(text.p, 0, text.n) : NULL;

	if (nul == NULL)
		return text;
	if (nul != text.p + text.n - 1) {
		ev_fail(r->err, EV_SYNTAX, r->object, field, at,
			"text without a NUL", "a NUL inside");
		r->left.n = 0;
		return (struct ev_span){ NULL, 0 };
	}
	return ev_span_sub(text, 0, text.n - 1);
}

static struct ev_span without_zeros(struct ev_span number)
{
	while (number.n > 0 && number.p[0] == 0)
		number = ev_span_sub(number, 1, number.n - 1);
	return number;
}

struct ev_span au_ssh_read_mpint(struct ev_reader *r, const char *field)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span number = au_ssh_read_string(r, field);
	bool below = number.n > 0 && number.p[0] >= 0x80;
	/* OpenSSH counts before it drops the zeros: one alone may lead. */
	size_t n = number.n > 0 && number.p[0] == 0 ? number.n - 1 : number.n;

	if (below)
		ev_fail(r->err, EV_VALUE, r->object, field, at,
			"a number of 0 or more", "one below");
	else if (n > AU_SSH_MPINT_MAX)
		ev_fail_u64(r->err, EV_LIMIT, r->object, field, at,
			    AU_SSH_MPINT_MAX, n);
	else
		return without_zeros(number);
	r->left.n = 0;
	return (struct ev_span){ NULL, 0 };
}

void au_ssh_put_u32(struct ev_buffer *b, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		ev_buffer_add_byte(b, (uint8_t)(v >> shift));
}

void au_ssh_put_string(struct ev_buffer *b, struct ev_span in)
{
	assert(in.n <= UINT32_MAX);
	au_ssh_put_u32(b, (uint32_t)in.n);
	ev_buffer_add(b, in);
}

void au_ssh_put_mpint(struct ev_buffer *b, struct ev_span in)
{
	struct ev_span number = without_zeros(in);
	bool sign = number.n > 0 && number.p[0] >= 0x80;

	assert(number.n < UINT32_MAX);
	au_ssh_put_u32(b, (uint32_t)number.n + (sign ? 1 : 0));
	if (sign)
		ev_buffer_add_byte(b, 0);
	ev_buffer_add(b, number);
}

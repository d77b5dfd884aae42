/* SPDX-License-Identifier: Apache-2.0 */
/* The file of allowed signers, line by line. */
#include "audit/ssh/allowed_signers.h"

#include "audit/ssh/signer_options.h"
#include "audit/ssh/ssh_base64.h"
#include "evidence/base/base64.h"

static const char object[] = "allowed signers";

struct au_allowed_signers {
	uint8_t *storage; /* principals, options and blobs of all lines */
	size_t used;
	struct au_allowed_signer *at;
	size_t n, room;
	size_t n_unread, first_unread;
	const char *reason;
};

/* A file being read; a line's reader takes from left. */
struct reading {
	struct ev_crypto *crypto;
	struct au_allowed_signers *into;
	struct ev_span left; /* of the line */
	struct ev_error *err;
};

void au_allowed_signers_free(struct au_allowed_signers *signers)
{
	if (signers == NULL)
		return;
	free(signers->storage);
	free(signers->at);
	free(signers);
}
EV_DEFINE_CLEANUP(struct au_allowed_signers *, au_allowed_signers_free)

size_t au_allowed_signers_n(const struct au_allowed_signers *signers)
{
	return signers->n;
}

const struct au_allowed_signer *
au_allowed_signers_at(const struct au_allowed_signers *signers, size_t i)
{
	assert(i < signers->n);
	return &signers->at[i];
}

size_t au_allowed_signers_unread(const struct au_allowed_signers *signers,
				 size_t *line, const char **reason)
{
	*line = signers->first_unread;
	*reason = signers->n_unread > 0 ? signers->reason : "";
	return signers->n_unread;
}

/* --- words of a line --- */

static size_t span_of(struct ev_span text, const char *bytes, bool of_them)
{
	size_t n = 0;

	while (n < text.n &&
	       (memchr(bytes, text.p[n], strlen(bytes)) != NULL) == of_them)
		n++;
	return n;
}

static void skip(struct reading *r, size_t n)
{
	r->left = ev_span_sub(r->left, n, r->left.n - n);
}

static void skip_spaces(struct reading *r, const char *spaces)
{
	skip(r, span_of(r->left, spaces, true));
}

static struct ev_span keep(struct reading *r, struct ev_span bytes)
{
	uint8_t *to = r->into->storage + r->into->used;

	if (bytes.n > 0)
		memcpy(to, bytes.p, bytes.n);
	r->into->used += bytes.n;
	return ev_span_of(to, bytes.n);
}

/* The first word, which may have one quoted part, its last.  A line that is
 * one word alone has none. */
static const char *take_principals(struct reading *r, struct ev_span *out)
{
	size_t n = span_of(r->left, " \t\r\n\"", false);
	struct ev_span quoted = { NULL, 0 };

	if (n == r->left.n)
		return "nothing behind the principals";
	*out = keep(r, ev_span_sub(r->left, 0, n));
	if (r->left.p[n] == '"') {
		skip(r, n + 1);
		n = span_of(r->left, "\"", false);
		if (n == r->left.n)
			return "a quote that does not end";
		quoted = keep(r, ev_span_sub(r->left, 0, n));
		out->n += quoted.n;
	}
	skip(r, n + 1);
	skip_spaces(r, " \t\r\n");
	return NULL;
}

/* Type and key; false, and nothing taken, where there is none. */
static bool take_key(struct reading *r, struct au_ssh_public *out)
{
	const struct reading before = *r;
	struct ev_error wrong = { EV_OK };
	size_t n = span_of(r->left, " \t", false), n_blob = 0;
	const struct au_ssh_key_type *type;
	uint8_t *to = r->into->storage + r->into->used;
	bool certified = false;

	type = au_ssh_key_type_named(ev_span_sub(r->left, 0, n), true,
				     &certified);
	if (n == r->left.n || type == NULL)
		return false;
	skip(r, n);
	skip_spaces(r, " \t");
	n = span_of(r->left, " \t", false);
	if (n > 0 &&
	    au_ssh_base64_decode(ev_span_sub(r->left, 0, n), to, &n_blob) &&
	    au_ssh_public_parse(r->crypto, ev_span_of(to, n_blob), out,
				&wrong) == EV_OK &&
	    out->key.type == type && out->certified == certified) {
		r->into->used += n_blob;
		return true;
	}
	if (wrong.code == EV_TROUBLE)
		*r->err = wrong;
	*r = before;
	return false;
}

/* The options: up to a space that is in no quotes. */
static const char *take_options(struct reading *r, struct ev_span *out)
{
	bool quoted = false;
	size_t n = 0;

	for (; n < r->left.n; n++) {
		uint8_t c = r->left.p[n];

		if (!quoted && (c == ' ' || c == '\t'))
			break;
		if (c == '\\' && n + 1 < r->left.n && r->left.p[n + 1] == '"')
			n++;
		else if (c == '"')
			quoted = !quoted;
	}
	if (n >= r->left.n)
		return quoted ? "a quote that does not end" : "no key";
	*out = ev_span_sub(r->left, 0, n);
	skip(r, n + 1);
	skip_spaces(r, " \t");
	return NULL;
}

static const char *read_line(struct reading *r, struct au_allowed_signer *s)
{
	struct au_signer_options o = { 0 };
	struct ev_span options = { NULL, 0 };
	const char *wrong = take_principals(r, &s->principals);

	if (wrong != NULL)
		return wrong;
	if (!take_key(r, &s->who)) {
		wrong = take_options(r, &options);
		if (wrong != NULL)
			return wrong;
		if (!take_key(r, &s->who))
			return "no key that can be read";
	}
	wrong = au_signer_options_parse(options,
					r->into->storage + r->into->used, &o);
	if (wrong != NULL)
		return wrong;
	r->into->used += options.n;
	s->cert_authority = o.cert_authority;
	s->has_namespaces = o.has_namespaces;
	s->namespaces = o.namespaces;
	s->valid_after = o.valid_after;
	s->valid_before = o.valid_before;
	return NULL;
}

/* --- the file --- */

static struct au_allowed_signer *room_for_one(struct reading *r)
{
	struct au_allowed_signers *s = r->into;
	struct au_allowed_signer *more;

	if (s->n < s->room)
		return &s->at[s->n];
	more = reallocarray(s->at, 2 * s->room + 16, sizeof(*more));
	if (more == NULL) {
		ev_fail_trouble(r->err, object, "memory");
		return NULL;
	}
	s->at = more;
	s->room = 2 * s->room + 16;
	return &s->at[s->n];
}

static enum ev_code take_line(struct reading *r, struct ev_span line,
			      size_t number, uint64_t offset)
{
	const uint8_t *nul = line.n > 0 ? memchr(line.p, 0, line.n) : NULL;
	size_t used = r->into->used;
	struct au_allowed_signer *s;
	const char *wrong;

	if (line.n > AU_ALLOWED_SIGNERS_LINE_MAX)
		return ev_fail_u64(r->err, EV_LIMIT, object, "line", offset,
				   AU_ALLOWED_SIGNERS_LINE_MAX, line.n);
	/* ssh-keygen's lines are strings of C. */
	r->left = nul != NULL ? ev_span_sub(line, 0, (size_t)(nul - line.p))
			      : line;
	skip_spaces(r, " \t");
	if (span_of(r->left, "\r\n", true) == r->left.n || r->left.p[0] == '#')
		return EV_OK;
	s = room_for_one(r);
	if (s == NULL)
		return r->err->code;
	*s = (struct au_allowed_signer){ .line = number };
	wrong = read_line(r, s);
	if (wrong == NULL) {
		r->into->n++;
	} else {
		r->into->used = used;
		if (r->into->n_unread++ == 0) {
			r->into->first_unread = number;
			r->into->reason = wrong;
		}
	}
	return r->err->code;
}

enum ev_code au_allowed_signers_parse(struct ev_crypto *crypto,
				      struct ev_span text,
				      struct au_allowed_signers **out,
				      struct ev_error *err)
{
	ev_auto(au_allowed_signers_free) struct au_allowed_signers *s = NULL;
	struct reading r = { .crypto = crypto, .err = err };
	size_t at = 0, number = 1;

	if (text.n > AU_ALLOWED_SIGNERS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "file", 0,
				   AU_ALLOWED_SIGNERS_MAX, text.n);
	s = calloc(1, sizeof(*s));
	/* A line's parts are shorter than the line, and apart. */
	if (s != NULL)
		s->storage = malloc(ev_base64_decoded_max(text.n) + text.n + 1);
	if (s == NULL || s->storage == NULL)
		return ev_fail_trouble(err, object, "memory");
	r.into = s;
	while (at < text.n) {
		const uint8_t *lf = memchr(text.p + at, '\n', text.n - at);
		size_t end = lf != NULL ? (size_t)(lf - text.p) + 1 : text.n;

		if (take_line(&r, ev_span_sub(text, at, end - at), number++,
			      at) != EV_OK)
			return err->code;
		at = end;
	}
	*out = s;
	s = NULL;
	return EV_OK;
}

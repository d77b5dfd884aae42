/* SPDX-License-Identifier: Apache-2.0 */
/* The signature of a commit or tag, and the bytes that it is over. */
#include "audit/references/git_signature.h"

static const char object[] = "repository";
/* "gpgsig " and, of a repository's other object format, "gpgsig-sha256 ". */
static const char header[] = "gpgsig";

static const struct {
	const char *begins;
	enum au_signature_kind kind;
} armours[] = {
	{ "-----BEGIN SSH SIGNATURE-----", AU_SIGNATURE_SSH },
	{ "-----BEGIN PGP SIGNATURE-----", AU_SIGNATURE_PGP },
	{ "-----BEGIN PGP MESSAGE-----", AU_SIGNATURE_PGP },
	{ "-----BEGIN SIGNED MESSAGE-----", AU_SIGNATURE_X509 },
};

const char *au_signature_kind_name(enum au_signature_kind kind)
{
	static const char *const names[] = { "none", "ssh", "pgp", "x509",
					     "other" };

	return names[kind];
}

static bool begins_with(struct ev_span text, const char *word)
{
	size_t n = strlen(word);

	return text.n >= n && memcmp(text.p, word, n) == 0;
}

static enum au_signature_kind kind_of(struct ev_span text)
{
	for (size_t i = 0; i < sizeof(armours) / sizeof(armours[0]); i++) {
		if (begins_with(text, armours[i].begins))
			return armours[i].kind;
	}
	return AU_SIGNATURE_OTHER;
}

/* The first line of *rest with its newline, taken from it. */
static struct ev_span take_line(struct ev_span *rest)
{
	const uint8_t *end = memchr(rest->p, '\n', rest->n);
	size_t n = end != NULL ? (size_t)(end - rest->p) + 1 : rest->n;
	struct ev_span line = ev_span_sub(*rest, 0, n);

	*rest = ev_span_sub(*rest, n, rest->n - n);
	return line;
}

/* What a line of the header is. */
enum part { PART_SIGNED, PART_SIGNATURE, PART_OTHER_SIGNATURE };

static enum part part_of(struct ev_span line, enum part before)
{
	if (line.p[0] == ' ')
		return before;
	if (!begins_with(line, header))
		return PART_SIGNED;
	return begins_with(line, "gpgsig ") ? PART_SIGNATURE
					    : PART_OTHER_SIGNATURE;
}

/* Sorts the object's lines into what is signed and the signature; the number
 * of signatures. */
static size_t split_header(struct ev_span rest, struct ev_buffer *message,
			   struct ev_buffer *armour)
{
	enum part part = PART_SIGNED;
	size_t n = 0;

	while (rest.n > 0 && rest.p[0] != '\n') {
		struct ev_span line = take_line(&rest);
		size_t skip = line.p[0] == ' ' ? 1 : sizeof(header);

		part = part_of(line, part);
		n += part == PART_SIGNATURE && line.p[0] != ' ';
		if (part == PART_SIGNED)
			ev_buffer_add(message, line);
		else if (part == PART_SIGNATURE)
			ev_buffer_add(armour,
				      ev_span_sub(line, skip, line.n - skip));
	}
	ev_buffer_add(message, rest);
	return n;
}

static enum ev_code finish(struct au_git_signature *s, size_t n,
			   struct au_git_signature *out, struct ev_error *err)
{
	enum ev_code code = EV_OK;

	if (!ev_buffer_ok(&s->message) || !ev_buffer_ok(&s->armour))
		code = ev_fail_trouble(err, object, "out of memory");
	else if (n > 1)
		code = ev_fail_u64(err, EV_DUPLICATE, object, header, 0, 1, n);
	if (code != EV_OK) {
		au_git_signature_free(s);
		return code;
	}
	s->kind =
		n > 0 ? kind_of(ev_buffer_span(&s->armour)) : AU_SIGNATURE_NONE;
	*out = *s;
	return EV_OK;
}

enum ev_code au_git_commit_signature(struct ev_span bytes,
				     struct au_git_signature *out,
				     struct ev_error *err)
{
	struct au_git_signature s = { 0 };
	size_t n = split_header(bytes, &s.message, &s.armour);

	return finish(&s, n, out, err);
}

enum ev_code au_git_tag_signature(struct ev_span bytes,
				  struct au_git_signature *out,
				  struct ev_error *err)
{
	struct au_git_signature s = { 0 };
	struct ev_span rest = bytes;
	size_t at = bytes.n;

	while (rest.n > 0) {
		if (kind_of(rest) != AU_SIGNATURE_OTHER)
			at = bytes.n - rest.n;
		take_line(&rest);
	}
	ev_buffer_add(&s.message, ev_span_sub(bytes, 0, at));
	ev_buffer_add(&s.armour, ev_span_sub(bytes, at, bytes.n - at));
	return finish(&s, at < bytes.n, out, err);
}

enum ev_code au_git_signature_read(git_odb *odb, const git_oid *id,
				   struct au_git_signature *out,
				   struct ev_error *err)
{
	ev_auto(git_odb_object_free) git_odb_object *raw = NULL;
	git_object_t type = GIT_OBJECT_INVALID;
	struct ev_span bytes;
	size_t size = 0;
	int code = git_odb_read_header(&size, &type, odb, id);

	if (code == 0 && type != GIT_OBJECT_COMMIT && type != GIT_OBJECT_TAG)
		return ev_fail(err, EV_VALUE, object, "object", 0,
			       "a commit or a tag",
			       git_object_type2string(type));
	if (code == 0 && size > AU_COMMIT_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "commit", 0,
				   AU_COMMIT_MAX, size);
	if (code == 0)
		code = git_odb_read(&raw, odb, id);
	if (code != 0)
		return au_git_fail(code, object, "object", err);
	bytes = ev_span_of(git_odb_object_data(raw), git_odb_object_size(raw));
	return type == GIT_OBJECT_TAG
		       ? au_git_tag_signature(bytes, out, err)
		       : au_git_commit_signature(bytes, out, err);
}

void au_git_signature_free(struct au_git_signature *signature)
{
	ev_buffer_free(&signature->armour);
	ev_buffer_free(&signature->message);
	signature->kind = AU_SIGNATURE_NONE;
}

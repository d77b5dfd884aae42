/* SPDX-License-Identifier: Apache-2.0 */
/* Statements as JSON and as text (statement.h). */
#include "audit/corim/statement.h"

#include "evidence/base/hex.h"

#include <stdio.h>

static const struct {
	const char *word, *text;
} kinds[] = {
	[AU_SAYS_CORIM] = { "corim", "CoRIM" },
	[AU_SAYS_ID_BLOCK] = { "id-block", "SNP ID block" },
	[AU_SAYS_ENDORSEMENT] = { "launch-endorsement",
				  "Google's launch endorsement" },
	[AU_SAYS_IDENTITY] = { "build-identity",
			       "igvmfilegen's identity document" },
};

/* As references name the registers. */
static const char *register_of(const char *platform)
{
	return strcmp(platform, "tdx") == 0   ? "mrtd"
	       : strcmp(platform, "snp") == 0 ? "ld"
					      : "boot-digest";
}

static void write_signature(const struct au_signature *s, struct ev_writer *w)
{
	ev_write_object(w, "signature");
	ev_write_str(w, "state", au_signature_state_name(s->state));
	if (s->algorithm != NULL)
		ev_write_str(w, "algorithm", s->algorithm);
	if (s->subject[0] != '\0')
		ev_write_shown(w, "subject", s->subject);
	if (s->signer.n > 0)
		ev_write_foreign(w, "signer", s->signer);
	if (s->issuer.n > 0)
		ev_write_foreign(w, "issuer", s->issuer);
	if (s->reason[0] != '\0')
		ev_write_shown(w, "reason", s->reason);
	ev_write_end(w);
}

static void write_refused(const struct ev_error *err, struct ev_writer *w)
{
	ev_write_object(w, "refused");
	ev_write_str(w, "object", err->object);
	ev_write_str(w, "field", err->field);
	if (err->offset <= INT64_MAX)
		ev_write_int(w, "offset", (int64_t)err->offset);
	ev_write_shown(w, "want", err->want);
	ev_write_shown(w, "got", err->found);
	ev_write_end(w);
}

static void write_value(const struct au_statement *s, struct ev_writer *w)
{
	ev_write_str(w, "platform", s->platform);
	ev_write_str(w, "register", register_of(s->platform));
	if (s->size > 0)
		ev_write_hex(w, "value", ev_span_of(s->value, s->size));
	if (s->size > 0 && s->offset != EV_NO_BYTE)
		ev_write_int(w, "offset", (int64_t)s->offset);
	if (s->has_svn)
		ev_write_u64(w, "svn", s->svn);
}

void au_statements_write(const struct au_statements *list, const char *name,
			 struct ev_writer *w)
{
	ev_write_array(w, name);
	for (size_t i = 0; i < list->n; i++) {
		const struct au_statement *s = &list->item[i];

		ev_write_object(w, NULL);
		ev_write_str(w, "document", kinds[s->kind].word);
		if (s->refused.code != EV_OK)
			write_refused(&s->refused, w);
		if (s->name[0] != '\0')
			ev_write_shown(w, "name", s->name);
		if (s->platform != NULL)
			write_value(s, w);
		ev_write_str(w, "result", au_agreement_name(s->agreement));
		ev_write_shown(w, "reason", s->reason);
		write_signature(&s->signature, w);
		ev_write_end(w);
	}
	ev_write_end(w);
	if (list->n == 0 || list->n_silent == 0)
		return;
	ev_write_array(w, "notEndorsed");
	for (size_t i = 0; i < list->n_silent; i++)
		ev_write_str(w, NULL, list->silent[i]);
	ev_write_end(w);
}

/* A line cut to 80 columns. */
static void put(struct ev_buffer *out, const char *indent, bool full,
		const char *label, const char *text)
{
	size_t used = strlen(indent) + strlen(label) + 1;
	size_t room = 80 - used, n = strlen(text);

	if (full || n <= room)
		ev_buffer_printf(out, "%s%s%s%s\n", indent, label,
				 n > 0 ? " " : "", text);
	else
		ev_buffer_printf(out, "%s%s %.*s...\n", indent, label,
				 (int)(room - 3), text);
}

static void print_value(const struct au_statement *s, const char *indent,
			bool full, struct ev_buffer *out)
{
	char hex[97] = "", line[200], svn[40] = "";
	size_t n = full ? s->size : s->size < 16 ? s->size : 16;

	ev_hex_encode(ev_span_of(s->value, n), hex);
	if (s->has_svn)
		snprintf(svn, sizeof(svn), ", SVN %llu",
			 (unsigned long long)s->svn);
	snprintf(line, sizeof(line), "%s.%s%s%s%s%s", s->platform,
		 register_of(s->platform), s->size > 0 ? " " : "", hex,
		 n < s->size ? "..." : "", svn);
	put(out, indent, full, "  says     ", line);
}

static void print_signature(const struct au_signature *s, const char *indent,
			    bool full, struct ev_buffer *out)
{
	char line[600];

	snprintf(line, sizeof(line), "%s%s%s%s%s",
		 au_signature_state_name(s->state),
		 s->algorithm != NULL ? " " : "",
		 s->algorithm != NULL ? s->algorithm : "",
		 s->reason[0] != '\0' ? ": " : "", s->reason);
	put(out, indent, full, "  signature", line);
	if (s->subject[0] != '\0')
		put(out, indent, full, "  signer   ", s->subject);
}

void au_statements_print(const struct au_statements *list, const char *indent,
			 bool full, struct ev_buffer *out)
{
	assert(strlen(indent) <= 8);
	for (size_t i = 0; i < list->n; i++) {
		const struct au_statement *s = &list->item[i];
		char line[400];

		put(out, indent, full, kinds[s->kind].text, s->name);
		if (s->refused.code != EV_OK) {
			ev_error_format(&s->refused, line, sizeof(line));
			put(out, indent, full, "  refused  ", line);
			continue;
		}
		if (s->platform != NULL)
			print_value(s, indent, full, out);
		snprintf(line, sizeof(line), "%s: %s",
			 au_agreement_name(s->agreement), s->reason);
		put(out, indent, full, "  compared ", line);
		print_signature(&s->signature, indent, full, out);
	}
	for (size_t i = 0; list->n > 0 && i < list->n_silent; i++)
		put(out, indent, full, "nothing endorses the launch of",
		    list->silent[i]);
}

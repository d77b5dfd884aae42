/* SPDX-License-Identifier: Apache-2.0 */
/* Naming a file that is no archive. */
#include "evidence/foreign.h"

#include "evidence/base/hex.h"
#include "evidence/base/reader.h"
#include "evidence/kind.h"
#include "evidence/tar.h"

#include <stdio.h>

struct signature {
	uint16_t offset;
	uint8_t n;
	const char *magic;
	const char *words;
};

static const struct signature signatures[] = {
	{ 0, 4, "PK\3\4", "a zip file" },
	{ 0, 2, "\x1f\x8b", "a gzip file; unpack it first" },
	{ 0, 6,
	  "\xfd"
	  "7zXZ\0",
	  "an xz file; unpack it first" },
	{ 0, 3, "BZh", "a bzip2 file; unpack it first" },
	{ 257, 8, "ustar  ", "a tar in GNU's own format, not ustar" },
};

static bool begins(struct ev_span file, const struct signature *s)
{
	return file.n >= (size_t)s->offset + s->n &&
	       memcmp(file.p + s->offset, s->magic, s->n) == 0;
}

/* The number that a reader of quotes looks for first. */
static unsigned int quote_version(struct ev_span file)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(file, 0, "quote", &err);

	return ev_read_u16le(&r, "version");
}

static void describe_kind(const struct ev_kind *kind, struct ev_span file,
			  char out[EV_TEXT_MAX])
{
	static const char way_out[] = "wrap it with `ecart pack`";

	if (strcmp(kind->kind, "tdx-quote") == 0)
		snprintf(out, EV_TEXT_MAX, "a bare TDX quote v%u; %s",
			 quote_version(file), way_out);
	else if (strcmp(kind->kind, "sgx-quote") == 0)
		snprintf(out, EV_TEXT_MAX, "a bare SGX quote v%u; %s",
			 quote_version(file), way_out);
	else
		snprintf(out, EV_TEXT_MAX, "a bare item of kind %s; %s",
			 kind->kind, way_out);
}

static bool describe_tar(struct ev_span file, char out[EV_TEXT_MAX])
{
	struct ev_error err = { 0 }, note = { 0 };
	struct ev_tar_member m;

	if (file.n < EV_TAR_BLOCK ||
	    memcmp(file.p + 257, "ustar", sizeof("ustar")) != 0)
		return false;
	if (ev_tar_header(file, 0, &m, &note, &err) == EV_OK)
		snprintf(out, EV_TEXT_MAX,
			 "a tar that begins with another "
			 "file; see `ecart pack`");
	else
		snprintf(
			out, EV_TEXT_MAX,
			"a tar outside the profile: %s at byte %u, found %.40s",
			err.field, (unsigned int)err.offset, err.found);
	return true;
}

void ev_foreign_describe(struct ev_span file, char out[EV_TEXT_MAX])
{
	const struct ev_kind *kind;
	char hex[2 * 8 + 1];

	if (file.n == 0) {
		snprintf(out, EV_TEXT_MAX, "an empty file");
		return;
	}
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		if (begins(file, &signatures[i])) {
			snprintf(out, EV_TEXT_MAX, "%s", signatures[i].words);
			return;
		}
	}
	if (describe_tar(file, out))
		return;
	kind = ev_kind_recognise(file);
	if (kind != NULL) {
		describe_kind(kind, file, out);
		return;
	}
	ev_hex_encode(ev_span_sub(file, 0, file.n < 8 ? file.n : 8), hex);
	snprintf(out, EV_TEXT_MAX,
		 "something else; it begins with %s; `ecart pack` "
		 "takes evidence of other tools",
		 hex);
}

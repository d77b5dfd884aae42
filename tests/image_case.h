/* SPDX-License-Identifier: Apache-2.0 */
/* Images that tests/forge makes, read and measured in unit tests. */
#ifndef TESTS_IMAGE_CASE_H
#define TESTS_IMAGE_CASE_H

#include "audit/image/image.h"
#include "audit/image/rule.h"
#include "tests/parse_case.h"

/* testdata/fuzz/image/NAME, at its own size; the caller frees. */
static inline struct ev_span image_sample(const char *name)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	size_t room = (size_t)1 << 20;
	uint8_t *p = malloc(room), *exact;
	char path[1024];
	FILE *file;
	size_t n;

	assert_non_null(p);
	snprintf(path, sizeof(path), "%s/testdata/fuzz/image/%s",
		 root != NULL ? root : ".", name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s cannot be opened", path);
	n = fread(p, 1, room, file);
	fclose(file);
	exact = parse_copy(ev_span_of(p, n), n);
	free(p);
	return ev_span_of(exact, n);
}

static inline void image_sample_free(struct ev_span bytes)
{
	free((void *)(uintptr_t)bytes.p);
}

/* One that must be read; the caller frees the image. */
static inline void image_read(struct ev_span bytes, struct au_image *image)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_error err = { 0 };
	char line[400];

	if (au_image_read(bytes, crypto, image, &err) == EV_OK)
		return;
	ev_error_format(&err, line, sizeof(line));
	fail_msg("%s", line);
}

/* Reads and frees: for the loops of parse_case.h. */
static inline enum ev_code image_parse(struct ev_span item,
				       struct ev_error *err)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct au_image image;
	enum ev_code code = au_image_read(item, crypto, &image, err);

	au_image_free(&image);
	return code;
}

#endif

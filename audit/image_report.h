/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an image measures to, told: as canonical JSON (cli page, `audit measure
 * --json`) and for people.
 */
#ifndef AU_IMAGE_REPORT_H
#define AU_IMAGE_REPORT_H

#include "audit/corim/statement.h"
#include "audit/image/image.h"
#include "audit/image/rule.h"
#include "evidence/base/buffer.h"

/* Appends {"image":...,"measurements":[...],"notes":[...]}, and "statements"
 * where there are some (NULL: none are told); false: memory. */
bool au_image_report_json(const struct au_image *image,
			  const struct au_candidates *list,
			  const struct au_statements *statements,
			  struct ev_buffer *out);

/* Appends the values, default first, then what the image is and says of
 * itself, then notes; a value stands in lines of 48 digits.  name is the
 * image's, from outside. */
void au_image_report_text(const struct au_image *image,
			  const struct au_candidates *list,
			  const struct au_statements *statements,
			  const char *name, struct ev_buffer *out);

/* Appends {"refused":{"object","field","offset","want","got"}}, without offset
 * where the refusal has none; false: memory. */
bool au_image_refused_json(const struct ev_error *err, struct ev_buffer *out);

#endif

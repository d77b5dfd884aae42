/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is inside a part: which reader opens bytes of which kind.
 */
#ifndef AU_CONTENTS_H
#define AU_CONTENTS_H

#include "audit/contents/part.h"

/* By its first bytes; AU_PART_BYTES: not known. */
enum au_part_kind au_contents_recognise(struct ev_span in);

/* Adds bytes to holder as a part of the kind that they have. */
enum ev_code au_contents_add(struct au_part *holder, struct ev_span name,
			     struct ev_span bytes, uint64_t offset,
			     struct au_part_budget *budget,
			     struct ev_error *err);

/*
 * Opens one level: part->inside, once.  What a reader refuses is part->refused
 * and what it had read until then stays; a kind that holds nothing opens to
 * nothing.  EV_OK or EV_TROUBLE.
 */
enum ev_code au_contents_open(struct au_part *part,
			      struct au_part_budget *budget,
			      struct ev_error *err);

/* Opens all levels below part, at most AU_PARTS_DEPTH. */
enum ev_code au_contents_open_all(struct au_part *part,
				  struct au_part_budget *budget,
				  struct ev_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that a manifest or a launch endorsement says, whether or not anything
 * of it is compared: tags, digests and their places; each machine that a
 * measurement is for.
 */
#ifndef AU_DOCUMENT_SHOW_H
#define AU_DOCUMENT_SHOW_H

#include "audit/corim/corim.h"
#include "audit/corim/launch_endorsement.h"
#include "evidence/base/json_write.h"

/* A member "corim": id, profile, tags, digests. */
void au_corim_write(const struct au_corim *c, struct ev_writer *w);
/* Lines of at most 80 columns; with full values are whole. */
void au_corim_print(const struct au_corim *c, bool full, struct ev_buffer *out);

/* A member "launchEndorsement". */
void au_launch_endorsement_write(const struct au_launch_endorsement *e,
				 struct ev_writer *w);
void au_launch_endorsement_print(const struct au_launch_endorsement *e,
				 bool full, struct ev_buffer *out);

#endif

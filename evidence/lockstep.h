/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive reads the tar in step with our own walk, so that what we judge
 * is what every tool built on it unpacks.
 */
#ifndef EV_LOCKSTEP_H
#define EV_LOCKSTEP_H

#include "evidence/tar.h"

struct archive; /* libarchive's reader */

/* tar must stay valid until *out, which is the caller's on refusal too, is
 * freed. */
enum ev_code ev_lockstep_begin(struct ev_span tar, struct archive **out,
			       struct ev_error *err);
/* Refuses the next member where libarchive does not see m, which the walk of
 * tar.h has accepted, or sees it with another name, type or size; there is
 * nothing to be asked behind it then. */
enum ev_code ev_lockstep_member(struct archive *reader,
				const struct ev_tar_member *m,
				struct ev_error *err);
/* Refuses what libarchive sees behind the last; at: where the walk ended. */
enum ev_code ev_lockstep_end(struct archive *reader, uint64_t at,
			     struct ev_error *err);
void ev_lockstep_free(struct archive *reader); /* NULL: nothing */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive reads the tar in step with our own walk, so that what we judge
 * is what every tool built on it unpacks.
 */
#ifndef EV_LOCKSTEP_H
#define EV_LOCKSTEP_H

#include "evidence/base/error.h"

/*
 * tar: bytes that the walk of tar.h has accepted to the end.  Refuses the
 * first member that libarchive does not see, or sees with another name, type
 * or size; name, if there is such a member, is set to its name.
 */
enum ev_code ev_lockstep_check(struct ev_span tar, char name[101],
			       struct ev_error *err);

#endif

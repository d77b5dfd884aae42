/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bound on what libgit2 allocates at once.  It loads whole objects, and
 * what stands behind a small one may be large: a manifest of 17 bytes as a
 * delta on a base of 600 MB, of which no call tells the size beforehand.
 * An object, a base, a reference file or an index over the bound is refused
 * before its memory is there.
 */
#ifndef AU_GIT_MEMORY_H
#define AU_GIT_MEMORY_H

#include "evidence/base/bytes.h"

/* Twice the largest recipe, which is the largest object that is read. */
static const size_t AU_GIT_MEMORY_MAX = (size_t)32 << 20;

/* Sets the bound for this process; false where libgit2 refuses it.  libgit2
 * must have been started. */
bool au_git_memory_bound(void);

/* The size that was refused since the last call, 0 where none was. */
size_t au_git_memory_refused(void);

#endif

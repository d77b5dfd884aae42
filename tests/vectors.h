/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vectors: real evidence that lies outside the source tree, found through
 * the environment variable ECART_VECTORS, else in ../shared/vectors beside
 * ECART_SOURCE_ROOT (else beside the working directory).  What these
 * functions hand out stays valid until the program ends; nobody frees it.
 */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include "evidence/base/bytes.h"

/* Whether the vectors are here at all; says "# vectors absent" if not.  Fails
 * the calling test where ECART_VECTORS names a folder that is not there. */
bool vectors_present(void);

/* Skips the calling cmocka test unless the vectors are here; call it before
 * anything is allocated, since cmocka leaves the test by a jump. */
void vectors_need(void);

/* "folder/name". */
const char *vectors_join(const char *folder, const char *name);

/* The path of a file or folder in the vectors, there or not. */
const char *vectors_path(const char *rel);

/* The bytes of a file, with a NUL behind them that n does not count.  False
 * where the vectors are absent; fails the calling test where they are here
 * and the file is not. */
bool vectors_read(const char *rel, struct ev_span *out);

/* The names in a folder (files and folders, none that begins with a dot),
 * sorted bytewise.  False and failure as above. */
bool vectors_list(const char *rel, const char *const **names, size_t *n);

#endif

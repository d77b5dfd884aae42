/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References out of a plain folder that holds references/PRODUCT/VERSION.json
 * and is no git repository: no commit pins what was read, which every output
 * says ("not in git").  Symbolic links are refused as in git.
 */
#ifndef AU_DIRECTORY_REFERENCES_H
#define AU_DIRECTORY_REFERENCES_H

#include "audit/references/references.h"

/* As au_git_references_read, with out->commit empty. */
enum ev_code au_directory_references_read(const char *path,
					  struct ev_crypto *crypto,
					  struct au_references *out,
					  struct ev_error *err);

/* As au_git_recipes_check. */
enum ev_code au_directory_recipes_check(const char *path,
					struct ev_crypto *crypto,
					struct au_references *refs,
					struct ev_error *err);

#endif

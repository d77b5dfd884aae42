/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References out of a plain folder that holds references/PRODUCT/VERSION.json
 * and is no git repository: no commit pins what was read, which every output
 * says ("not in git").  Symbolic links are refused as in git.
 */
#ifndef AU_DIRECTORY_REFERENCES_H
#define AU_DIRECTORY_REFERENCES_H

#include "audit/references/pinned_file.h"

/* As au_git_references_read, with out->commit empty. */
enum ev_code au_directory_references_read(const char *path,
					  struct ev_crypto *crypto,
					  struct au_references *out,
					  struct ev_error *err);

/* Its files by path. */
struct au_directory_files {
	int top;
	struct au_files files; /* reads below it */
};
enum ev_code au_directory_files_open(const char *path,
				     struct au_directory_files *out,
				     struct ev_error *err);
void au_directory_files_close(struct au_directory_files *files);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The images that a command was given with --image; functions return enum
 * cli_exit and have said why where it is not CLI_PASS. */
#ifndef AU_CMD_IMAGES_H
#define AU_CMD_IMAGES_H

#include "audit/at_hand.h"
#include "cli.h"

/* Not to be copied. */
struct au_cmd_images {
	struct cli_file file[AU_AT_HAND_MAX];
	struct au_images list;
};

/* Takes optarg as one more of paths. */
int au_cmd_take_image(const struct cli_command *cmd,
		      const char *paths[AU_AT_HAND_MAX], size_t *n);

/* Reads and measures them all; json: what is refused is told on standard
 * output, too.  Free in any case. */
int au_cmd_images_read(struct au_cmd_images *images,
		       const char *const paths[AU_AT_HAND_MAX], size_t n,
		       struct ev_crypto *crypto, bool json);
void au_cmd_images_free(struct au_cmd_images *images);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Images that a command was given. */
#include "audit/cmd_images.h"

#include "audit/cmd_audit.h"

#include <getopt.h>

int au_cmd_take_image(const struct cli_command *cmd,
		      const char *paths[AU_AT_HAND_MAX], size_t *n)
{
	if (*n == AU_AT_HAND_MAX)
		return cli_usage(cmd, "--image: more than %zu", AU_AT_HAND_MAX);
	paths[(*n)++] = optarg;
	return CLI_PASS;
}

int au_cmd_images_read(struct au_cmd_images *images,
		       const char *const paths[AU_AT_HAND_MAX], size_t n,
		       struct ev_crypto *crypto, bool json)
{
	struct ev_error err = { 0 };

	for (size_t i = 0; i < n; i++) {
		int exit =
			cli_file_read(paths[i], AU_IMAGE_MAX, &images->file[i]);

		if (exit != CLI_PASS)
			return exit;
		if (au_images_add(&images->list, au_cmd_base_name(paths[i]),
				  images->file[i].bytes, crypto, &err) != EV_OK)
			return au_cmd_refused_image(paths[i], &err, json);
	}
	return CLI_PASS;
}

void au_cmd_images_free(struct au_cmd_images *images)
{
	au_images_free(&images->list);
	for (size_t i = 0; i < AU_AT_HAND_MAX; i++)
		cli_file_free(&images->file[i]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* show --privacy: what names somebody, as text or as JSON. */
#ifndef RP_CMD_SHOW_PRIVACY_H
#define RP_CMD_SHOW_PRIVACY_H

#include "cli.h"
#include "evidence/archive.h"

struct cmd_show_privacy {
	const char *path; /* the file's */
	const char *item; /* this one alone, or NULL */
	bool json, full;
};

/* Each prints, and gives the exit status. */
int cmd_show_privacy(const struct cmd_show_privacy *o,
		     const struct ev_archive *archive);
/* Of a file that is one piece of evidence. */
int cmd_show_privacy_loose(const struct cmd_show_privacy *o,
			   const struct ev_kind *kind, struct ev_span bytes);

#endif

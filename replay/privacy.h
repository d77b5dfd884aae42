/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What in evidence names somebody or some machine, by a table of rows: a
 * kind, what it is, who finds it.  Nothing is searched for by guess, such as
 * texts that look like addresses; what no row looks into is listed as such.
 */
#ifndef RP_PRIVACY_H
#define RP_PRIVACY_H

#include "evidence/archive.h"
#include "replay/trace.h"

/* Appends what the manifest and each item tells.  An item that cannot be read
 * is a trace too: nobody can say what is in it. */
void rp_privacy_archive(const struct ev_archive *archive,
			struct rp_traces *out);

/* The same of bytes of some kind, under this name. */
void rp_privacy_item(const char *name, const char *kind, struct ev_span bytes,
		     struct rp_traces *out);

#endif

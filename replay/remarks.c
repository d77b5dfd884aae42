/* SPDX-License-Identifier: Apache-2.0 */
/* What is odd in a log, kept in order. */
#include "replay/remarks.h"

static size_t kept(const struct rp_remarks *r)
{
	return r->n < RP_REMARKS_MAX ? (size_t)r->n : RP_REMARKS_MAX;
}

void rp_remark_add(struct rp_remarks *r, const char *word, uint64_t entry,
		   uint64_t offset)
{
	if (r->n < RP_REMARKS_MAX)
		r->first[r->n] = (struct rp_remark){ word, entry, offset };
	r->n++;
}

void rp_remarks_write(const struct rp_remarks *r, struct ev_writer *w)
{
	ev_write_array(w, "flags");
	for (size_t i = 0; i < kept(r); i++) {
		ev_write_object(w, NULL);
		ev_write_str(w, "flag", r->first[i].word);
		ev_write_int(w, "event", (int64_t)r->first[i].entry);
		ev_write_int(w, "offset", (int64_t)r->first[i].offset);
		ev_write_end(w);
	}
	ev_write_end(w);
	if (r->n > RP_REMARKS_MAX)
		ev_write_int(w, "flagsLeftOut",
			     (int64_t)(r->n - RP_REMARKS_MAX));
}

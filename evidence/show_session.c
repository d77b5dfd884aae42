/* SPDX-License-Identifier: Apache-2.0 */
/* The session of a collection as JSON. */
#include "evidence/session.h"
#include "evidence/show.h"
#include "evidence/show_field.h"

/* The document is canonical, so that its values can stand as they are. */
static void show_member(struct ev_writer *w, struct ev_span item,
			const char *name)
{
	struct ev_span value;

	if (!ev_json_member(item, name, &value))
		return; /* not reached: the parser found it */
	ev_write_object(w, name);
	ev_write_int(w, "offset", (int64_t)(value.p - item.p));
	ev_write_int(w, "length", (int64_t)value.n);
	ev_write_raw(w, "value", value);
	ev_write_end(w);
}

enum ev_code ev_show_session(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err)
{
	static const char *const names[] = { "v", "challenge", "seed",
					     "started", "host" };
	struct ev_session s;

	if (ev_session_parse(item, &s, err) != EV_OK)
		return err->code;
	for (size_t i = 0; w != NULL && i < sizeof(names) / sizeof(names[0]);
	     i++)
		show_member(w, item, names[i]);
	ev_session_free(&s);
	return EV_OK;
}

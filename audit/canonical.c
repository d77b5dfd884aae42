/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON value that was read and changed, as canonical bytes again. */
#include "audit/canonical.h"

#include "evidence/base/cleanup.h"

enum ev_code au_canonical(const json_t *v, const char *object, char **out,
			  size_t *n, struct ev_error *err)
{
	/* Member names are ASCII, so that jansson's order is that of RFC 8785;
	 * the check behind it refuses where a name or a value is not. */
	ev_auto_free char *text = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
	size_t size;

	if (text == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	size = strlen(text);
	if (ev_json_check_canonical(ev_span_of(text, size), v, object, err) !=
	    EV_OK)
		return err->code;
	*out = text;
	text = NULL;
	*n = size;
	return EV_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NumericDate (RFC 7519, 2): seconds since 1970-01-01T00:00:00Z as a JSON
 * number, which need not be an integer.
 */
#ifndef EV_NUMERIC_DATE_H
#define EV_NUMERIC_DATE_H

#include "evidence/base/json_node.h"

/*
 * The instant; a fraction is cut off.  Takes integers, and other numbers that
 * are not negative, however they are spelled; refuses what is no number and
 * what ev_time_format cannot write.  v is of ev_nodes_parse_numbers; object and
 * field name it in the refusal, whose offset is v's in its text.
 */
enum ev_code ev_numeric_date_read(const struct ev_node *v, const char *object,
				  const char *field, int64_t *out,
				  struct ev_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as Unicode 15.0, table 3-7 has it: shortest forms, no surrogates. */
#ifndef EV_UTF8_H
#define EV_UTF8_H

#include "evidence/base/bytes.h"

/* Bytes of the code point that in begins with, 1 to 4; 0 where in is empty or
 * does not begin with well-formed UTF-8. */
size_t ev_utf8_length(struct ev_span in);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an answer that came in whole is what was asked for. */
#ifndef CO_HTTP_ANSWER_H
#define CO_HTTP_ANSWER_H

#include "collect/http.h"

enum co_http_judged {
	CO_HTTP_GOOD,
	CO_HTTP_AGAIN, /* not good; another try may be */
	CO_HTTP_BAD,
};

/* Unless good, out is one line without the host; foreign text in it, at most
 * 80 bytes, is shown escaped. */
enum co_http_judged co_http_answer_judge(const struct co_http_request *request,
					 const struct co_http_reply *reply,
					 char *out, size_t size);

/* Whether the value of the secret header, or its last word ("Bearer TOKEN"),
 * stands in the reply, as it is or spelled otherwise (http_secret.h): then
 * nothing of the reply may be shown or kept. */
bool co_http_answer_repeats(const char *secret,
			    const struct co_http_reply *reply);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The host of --poc: a name, since only a name is certified, and a port. */
#ifndef CO_POC_HOST_H
#define CO_POC_HOST_H

#include <stdbool.h>
#include <stdint.h>

#define CO_POC_HOST_SIZE 254 /* RFC 1035: 253 octets as text, and NUL */

struct co_poc_host {
	char name[CO_POC_HOST_SIZE];
	uint16_t port;
};

/* "HOST" (port 443) or "HOST:PORT".  False for what is no name of a host, as
 * ev_host_is_name has it: addresses in any spelling are none; and for a port
 * that is none. */
bool co_poc_host_parse(const char *text, struct co_poc_host *out);

#endif

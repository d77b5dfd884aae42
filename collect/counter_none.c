/* SPDX-License-Identifier: Apache-2.0 */
/* A processor without a counter that is read here. */
#include "collect/counter.h"

const char *co_counter_name(void)
{
	return "none";
}

uint64_t co_counter_hz(void)
{
	return 0;
}

uint64_t co_counter_read(void)
{
	return 0;
}

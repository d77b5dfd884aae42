/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owned locals: initialised where they are declared, released when they go
 * out of scope.  Giving one away is assigning it and then setting the local
 * to NULL on the next line.
 */
#ifndef EV_CLEANUP_H
#define EV_CLEANUP_H

#include <stdlib.h>

static inline void ev_cleanup_free(void *p)
{
	free(*(void **)p);
}

#define ev_auto_free __attribute__((cleanup(ev_cleanup_free)))

/* Defines FUNC_cleanup(TYPE **) for ev_auto(FUNC). */
#define EV_DEFINE_CLEANUP(type, func)                                          \
	static inline void func##_cleanup(type *p)                             \
	{                                                                      \
		if (*p)                                                        \
			func(*p);                                              \
	}
#define ev_auto(func) __attribute__((cleanup(func##_cleanup)))

#endif

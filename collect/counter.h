/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processor's own counter, where there is one that any program can read:
 * one file for a family of processors, chosen when ecart is built.
 */
#ifndef CO_COUNTER_H
#define CO_COUNTER_H

#include <stdint.h>

/* "tsc", or "none": then the others are 0. */
const char *co_counter_name(void);
/* Its frequency as the processor says it; 0 where it does not. */
uint64_t co_counter_hz(void);
/* Not before what stands before it in the program was done. */
uint64_t co_counter_read(void);

#endif

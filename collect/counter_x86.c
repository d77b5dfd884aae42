/* SPDX-License-Identifier: Apache-2.0 */
/* The time-stamp counter of x86, by RDTSCP (Intel SDM, volumes 2 and 3B). */
#include "collect/counter.h"

#include <cpuid.h>
#include <stdbool.h>
#include <x86intrin.h>

/* CPUID leaf 80000001h, EDX bit 27. */
static bool has_rdtscp(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(0x80000001, &a, &b, &c, &d) != 0 &&
	       (d >> 27 & 1) != 0;
}

const char *co_counter_name(void)
{
	return has_rdtscp() ? "tsc" : "none";
}

/* CPUID leaf 15h: ECX, the crystal's frequency, times EBX / EAX. */
uint64_t co_counter_hz(void)
{
	unsigned int a, b, c, d;

	if (!has_rdtscp() || __get_cpuid(0x15, &a, &b, &c, &d) == 0 || a == 0)
		return 0;
	return (uint64_t)c * b / a;
}

uint64_t co_counter_read(void)
{
	unsigned int processor;

	return __rdtscp(&processor);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel of a SIMULATED paravisor: a real program that nobody runs.  What
 * it says of itself is what a Linux kernel says. */

#ifndef VERSION
#define VERSION "0.0.0-simulated"
#endif

const char banner[] = "Linux version " VERSION " (SIMULATED paravisor) #1\n";

void _start(void)
{
	for (;;)
		__asm__ volatile("hlt" : : "r"(banner));
}

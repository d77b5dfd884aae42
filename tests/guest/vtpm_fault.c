/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that a test leaves in the folder of the state. */
#include "tests/guest/vtpm_fault.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool vt_fault_take(const struct vt_state *state, const char *name, int base,
		   uint32_t *value)
{
	char path[96], text[64], *end;
	unsigned long count;
	size_t n;

	snprintf(path, sizeof(path), "faults/%s", name);
	if (!vt_state_read(state, path, (uint8_t *)text, sizeof(text) - 1, &n))
		return false;
	text[n] = '\0';
	*value = (uint32_t)strtoul(text, &end, base);
	count = strtoul(end, NULL, 10);
	if (count == 1)
		vt_state_remove(state, path);
	if (count > 1) {
		snprintf(text, sizeof(text), base == 16 ? "%x %lu" : "%u %lu",
			 *value, count - 1);
		vt_state_write(state, path, (const uint8_t *)text,
			       strlen(text));
	}
	return true;
}

static bool take_command(const struct vt_state *state, const char *kind,
			 int base, const struct vt_frame *command,
			 uint32_t *value)
{
	char name[64];
	size_t i;

	snprintf(name, sizeof(name), "%s-%08x", kind, vt_code(command));
	if (vt_fault_take(state, name, base, value))
		return true;
	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s-%08x-%08x", kind,
			 vt_code(command), vt_word(command, i));
		if (vt_fault_take(state, name, base, value))
			return true;
	}
	return false;
}

bool vt_fault_command(const struct vt_state *state, int client,
		      const struct vt_frame *command, struct vt_frame *response)
{
	struct pollfd gone = { .fd = client }; /* hangs up: no more delay */
	uint32_t delay = 0, code = 0;
	bool refused;

	vt_state_lock(state);
	take_command(state, "delay", 10, command, &delay);
	refused = take_command(state, "rc", 16, command, &code);
	vt_state_unlock(state);
	if (delay > 0)
		poll(&gone, 1, (int)delay);
	if (refused)
		vt_refuse(response, code);
	return refused;
}

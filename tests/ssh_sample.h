/* SPDX-License-Identifier: Apache-2.0 */
/* testdata/fuzz/ssh: SIMULATED signatures by tests/ssh_forge.py, of namespace
 * git over ssh_message, and the file of those who may make them. */
#ifndef TESTS_SSH_SAMPLE_H
#define TESTS_SSH_SAMPLE_H

#include "audit/ssh/ssh_verdict.h"
#include "tests/replay_case.h"

/* Between valid-after and valid-before of every line. */
#define SSH_NOW 1800000000

static const char ssh_message[] =
	"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";

/* The bytes are the caller's (ssh_free). */
static inline struct ev_span ssh_file(const char *name)
{
	char rel[128];
	struct ev_span out;

	snprintf(rel, sizeof(rel), "testdata/fuzz/ssh/%s", name);
	out.p = (const uint8_t *)replay_read(rel, &out.n);
	return out;
}

static inline void ssh_free(struct ev_span file)
{
	free((void *)(uintptr_t)file.p);
}

#endif

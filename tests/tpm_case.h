/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of collect/tpm.h share: a TPM of software, an own TMPDIR, and
 * tools of the test's own. */
#ifndef TESTS_TPM_CASE_H
#define TESTS_TPM_CASE_H

#include "collect/tpm.h"
#include "tests/swtpm.h"

#include <errno.h>
#include <sys/stat.h>

static const unsigned int LIMIT_MS = 20000;
static const struct ev_span nothing = { NULL, 0 };

static struct swtpm sw;
static char dir[] = "/tmp/ecart-test-tpm-XXXXXX"; /* TMPDIR */

static inline const char *in_dir(const char *name)
{
	static char path[sizeof(dir) + 100];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static inline void open_with(const struct co_tpm_options *o, struct co_tpm *t)
{
	memset(t, 0xff, sizeof(*t));
	assert_true(co_tpm_open(o, t));
}

static inline void open_tpm(struct co_tpm *t)
{
	const struct co_tpm_options o = { .tcti = sw.tcti };

	open_with(&o, t);
	assert_string_equal(t->why, "");
	assert_true(t->there);
}

static inline bool run(struct co_tpm *t, const char *tool,
		       const char *const *args, struct ev_span in,
		       char why[512])
{
	struct co_exec_result r;
	bool good = co_tpm_run(t, tool, args, in, LIMIT_MS, &r, why);

	co_exec_free(&r);
	return good;
}

/* A command of the test's own that must succeed. */
static inline void must(struct co_tpm *t, const char *tool,
			const char *const *args, struct ev_span in)
{
	char why[512] = "";

	if (!run(t, tool, args, in, why))
		fail_msg("%s", why);
}

#define MUST(t, tool, in, ...)                                                 \
	must(t, tool, (const char *const[]){ __VA_ARGS__, NULL }, in)

static inline void assert_why(const char *why, const char *part)
{
	if (strstr(why, part) == NULL || why[strlen(why) - 1] != ')')
		fail_msg("wanted \"%s\" in: %s", part, why);
}

/* A tool of the test's own. */
static inline void write_program(const char *name, const char *body)
{
	FILE *f = fopen(in_dir(name), "w");

	assert_non_null(f);
	assert_true(fprintf(f, "#!/bin/sh\n%s\n", body) > 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(in_dir(name), 0700), 0);
}

/* As opened with these options: not there, for this reason. */
static inline void assert_absent(const struct co_tpm_options *o,
				 const char *part)
{
	struct co_tpm t;

	open_with(o, &t);
	assert_false(t.there);
	assert_why(t.why, part);
	co_tpm_close(&t);
}

/* The last test of a program. */
static inline void nothing_is_left_in_the_directory(void **state)
{
	DIR *d = opendir(dir);
	const struct dirent *e;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		assert_int_equal(e->d_name[0], '.');
	closedir(d);
}

static inline int set_up(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || setenv("TMPDIR", dir, 1) != 0)
		return -1;
	return swtpm_start(&sw) ? 0 : -1;
}

static inline int tear_down(void **state)
{
	(void)state;
	swtpm_stop(&sw);
	return rmdir(dir);
}

#endif

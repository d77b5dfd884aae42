/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory below which a collection finds the machine's files: "/", or
 * the folder of --root, out of which no link leads (openat2,
 * RESOLVE_IN_ROOT).  A folder may hold ecart-root.json, which says where the
 * services of that machine are; without it a --root has files alone.
 */
#ifndef CO_ROOT_H
#define CO_ROOT_H

#include "collect/deadline.h"
#include "collect/opener.h"
#include "evidence/base/buffer.h"
#include "evidence/base/error.h"

struct co_root {
	int dir;
	bool given; /* by --root: the manifest says "root":"test" */
	/* Of ecart-root.json, owned; NULL: the real one ("/") or none. */
	char *tcti, *imds, *pcs, *root_crl, *thim, *qgs, *tpm2_tools;
	/* Asked where this process has not the permission; root.h's caller
	 * starts it, co_root_close ends it. */
	struct co_opener opener;
	/* Of the reads that follow; none where it was not set. */
	struct co_deadline deadline;
};

enum co_read {
	CO_READ_OK,
	CO_READ_ABSENT, /* no such file, or a part of its path is missing */
	CO_READ_DENIED, /* permission */
	CO_READ_FAILED, /* anything else: larger than max, input/output */
};

/* path NULL: "/".  Refuses a folder that cannot be opened and an
 * ecart-root.json with unknown members. */
enum ev_code co_root_open(const char *path, struct co_root *out,
			  struct ev_error *err);
void co_root_close(struct co_root *root);

/* Opens "sys/kernel/..." (relative, as the tables have it) below the root;
 * -1 with errno.  O_CLOEXEC is added; what O_CREAT makes has mode 0644. */
int co_root_openat(const struct co_root *root, const char *path, int flags);

/* A directory of mode 0700, and the removal of an empty one; false with
 * errno. */
bool co_root_mkdir(const struct co_root *root, const char *path);
bool co_root_rmdir(const struct co_root *root, const char *path);

/*
 * Appends a file's bytes, read until the end whatever its size says; why is
 * one line unless CO_READ_OK: "sys/...: permission denied".  The deadline and
 * signals (stop.h) are looked at between the pieces: neither poll nor
 * O_NONBLOCK means anything to a regular file or to one of configfs, sysfs or
 * securityfs, so that a piece which the kernel itself holds up is waited for.
 */
enum co_read co_root_read(const struct co_root *root, const char *path,
			  size_t max, struct ev_buffer *out, char *why,
			  size_t why_size);

#endif

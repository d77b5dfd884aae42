/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the machine, below a root that nothing leads out of. */
#include "collect/root.h"

#include "collect/stop.h"
#include "evidence/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char object[] = "ecart-root.json";
static const size_t CONFIG_MAX = 65536;

static int open_ourselves(const struct co_root *root, const char *path,
			  int flags)
{
	mode_t mode = (flags & O_CREAT) != 0 ? 0644 : 0;
	struct open_how how = {
		.flags = (uint32_t)(flags | O_CLOEXEC),
		.mode = mode,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root->dir, path, &how, sizeof(how));

	/* Kernels before 5.6, and sandboxes that do not know the call: "/"
	 * leads nowhere else, any other root is not opened without it. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && !root->given)
		return openat(root->dir, path, flags | O_CLOEXEC, mode);
	return (int)fd;
}

/* Whether the last call lacked a permission that the opener has. */
static bool opener_may(const struct co_root *root)
{
	return root->opener.pid > 0 && (errno == EACCES || errno == EPERM);
}

int co_root_openat(const struct co_root *root, const char *path, int flags)
{
	int fd = open_ourselves(root, path, flags);

	return fd < 0 && opener_may(root)
		       ? co_opener_open(&root->opener, path, flags)
		       : fd;
}

/* The folder that a path is in, and its last name. */
static int open_parent(const struct co_root *root, const char *path,
		       const char **name)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];

	*name = slash == NULL ? path : slash + 1;
	snprintf(parent, sizeof(parent), "%.*s",
		 slash == NULL ? 1 : (int)(slash - path),
		 slash == NULL ? "." : path);
	return co_root_openat(root, parent, O_RDONLY | O_DIRECTORY);
}

bool co_root_mkdir(const struct co_root *root, const char *path)
{
	const char *name;
	int dir = open_parent(root, path, &name);
	bool done = dir >= 0 && mkdirat(dir, name, 0700) == 0;
	int saved = errno;

	if (dir >= 0)
		close(dir);
	errno = saved;
	return done ||
	       (opener_may(root) && co_opener_mkdir(&root->opener, path));
}

bool co_root_rmdir(const struct co_root *root, const char *path)
{
	const char *name;
	int dir = open_parent(root, path, &name);
	bool done = dir >= 0 && unlinkat(dir, name, AT_REMOVEDIR) == 0;
	int saved = errno;

	if (dir >= 0)
		close(dir);
	errno = saved;
	return done ||
	       (opener_may(root) && co_opener_rmdir(&root->opener, path));
}

/* --- reading --- */

static enum co_read said(const char *path, const char *what, char *why,
			 size_t why_size, enum co_read outcome)
{
	snprintf(why, why_size, "%s: %s", path, what);
	return outcome;
}

static enum co_read cannot_open(const char *path, char *why, size_t why_size)
{
	int e = errno;

	if (e == ENOENT || e == ENOTDIR)
		return said(path, "not there", why, why_size, CO_READ_ABSENT);
	if (e == EACCES || e == EPERM)
		return said(path, "permission denied", why, why_size,
			    CO_READ_DENIED);
	return said(path, strerror(e), why, why_size, CO_READ_FAILED);
}

/* Why nothing more is read, or NULL. */
static const char *over(const struct co_root *root)
{
	if (co_stop_signal() != 0)
		return "stopped (run again)";
	return co_deadline_left_ms(&root->deadline) > 0
		       ? NULL
		       : "not read to its end in time (run again)";
}

/* Sizes of securityfs and sysfs files are 0 or 4096 whatever they hold. */
static enum co_read read_all(const struct co_root *root, int fd,
			     const char *path, size_t max,
			     struct ev_buffer *out, char *why, size_t why_size)
{
	size_t before = out->n;
	uint8_t piece[16384];

	for (;;) {
		const char *ended = over(root);
		ssize_t n = ended == NULL ? read(fd, piece, sizeof(piece)) : 0;

		if (ended != NULL)
			return said(path, ended, why, why_size, CO_READ_FAILED);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot_open(path, why, why_size);
		if (n == 0)
			return CO_READ_OK;
		if ((size_t)n > max - (out->n - before))
			return said(path, "larger than is read here", why,
				    why_size, CO_READ_FAILED);
		ev_buffer_add(out, ev_span_of(piece, (size_t)n));
		if (!ev_buffer_ok(out))
			return said(path, "out of memory", why, why_size,
				    CO_READ_FAILED);
	}
}

enum co_read co_root_read(const struct co_root *root, const char *path,
			  size_t max, struct ev_buffer *out, char *why,
			  size_t why_size)
{
	/* A device or a pipe in the place of a file must not make us wait. */
	int fd = co_root_openat(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	enum co_read outcome;

	if (fd < 0)
		return cannot_open(path, why, why_size);
	outcome = read_all(root, fd, path, max, out, why, why_size);
	close(fd);
	return outcome;
}

/* --- ecart-root.json --- */

#define MEMBER(name, field)                                                    \
	{                                                                      \
		name, offsetof(struct co_root, field)                          \
	}

static const struct {
	const char *name;
	size_t offset; /* of a char * */
} members[] = {
	MEMBER("imds", imds),
	MEMBER("pcs", pcs),
	MEMBER("qgs", qgs),
	MEMBER("root-crl", root_crl),
	MEMBER("tcti", tcti),
	MEMBER("thim", thim),
	MEMBER("tpm2-tools", tpm2_tools),
};

static const size_t n_members = sizeof(members) / sizeof(members[0]);

static char **place_of(struct co_root *root, size_t member)
{
	return (char **)(void *)((char *)root + members[member].offset);
}

/* n_members where there is no such member. */
static size_t find_member(const char *name)
{
	size_t i = 0;

	while (i < n_members && strcmp(members[i].name, name) != 0)
		i++;
	return i;
}

static enum ev_code take_members(json_t *json, struct co_root *root,
				 struct ev_error *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return ev_fail(err, EV_SYNTAX, object, "document", 0,
			       "an object", ev_json_type_word(json));
	json_object_foreach (json, name, value) {
		size_t member = find_member(name);

		if (member == n_members)
			return ev_fail_text(err, EV_VALUE, object, "member", 0,
					    "imds, pcs, qgs, root-crl, tcti, "
					    "thim or tpm2-tools",
					    ev_span_str(name));
		if (!json_is_string(value))
			return ev_fail(err, EV_SYNTAX, object, "value", 0,
				       "a string", ev_json_type_word(value));
		*place_of(root, member) = strdup(json_string_value(value));
		if (*place_of(root, member) == NULL)
			return ev_fail_trouble(err, object, "out of memory");
	}
	return EV_OK;
}

static enum ev_code read_config(struct co_root *root, struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	ev_auto_json json_t *json = NULL;
	char why[256];

	switch (co_root_read(root, object, CONFIG_MAX, &text, why,
			     sizeof(why))) {
	case CO_READ_ABSENT:
		return EV_OK;
	case CO_READ_OK:
		break;
	case CO_READ_DENIED:
	case CO_READ_FAILED:
		return ev_fail(err, EV_VALUE, object, "file", EV_NO_BYTE,
			       "a readable file", why);
	}
	if (ev_json_parse(ev_buffer_span(&text), CONFIG_MAX, object, &json,
			  err) != EV_OK)
		return err->code;
	return take_members(json, root, err);
}

enum ev_code co_root_open(const char *path, struct co_root *out,
			  struct ev_error *err)
{
	char found[EV_TEXT_MAX];

	*out = (struct co_root){ .given = path != NULL };
	if (path == NULL)
		path = "/";
	out->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->dir < 0) {
		snprintf(found, sizeof(found), "%s: %.80s", strerror(errno),
			 path);
		return ev_fail_text(err, EV_VALUE, "--root", "folder",
				    EV_NO_BYTE, "one that can be opened",
				    ev_span_str(found));
	}
	return out->given ? read_config(out, err) : EV_OK;
}

void co_root_close(struct co_root *root)
{
	for (size_t i = 0; i < n_members; i++)
		free(*place_of(root, i));
	co_opener_stop(&root->opener);
	if (root->dir >= 0)
		close(root->dir);
	*root = (struct co_root){ .dir = -1 };
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fewer privileges. */
#include "collect/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* --- another user --- */

/* tpm-udev gives the TPM's device to this group (0660 tss:tss). */
static const char tpm_group[] = "tss";
#define GROUPS_MAX 64

static bool set_groups(const struct passwd *user)
{
	const struct group *tpm = getgrnam(tpm_group);
	gid_t groups[GROUPS_MAX + 1];
	int n = GROUPS_MAX;

	if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) < 0) {
		errno = E2BIG;
		return false;
	}
	if (tpm != NULL)
		groups[n++] = tpm->gr_gid;
	return setgroups((size_t)n, groups) == 0;
}

static bool has_become(const struct passwd *user)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) == 0 &&
	       real == user->pw_uid && effective == user->pw_uid &&
	       saved == user->pw_uid && setuid(0) != 0;
}

bool co_privilege_drop(const char *user, char *why, size_t why_size)
{
	const struct passwd *p;

	errno = 0;
	p = getpwnam(user);
	if (p == NULL) {
		snprintf(why, why_size, "--user %s: %s", user,
			 errno != 0 ? strerror(errno) : "no such user");
		return false;
	}
	if (p->pw_uid == 0) {
		snprintf(why, why_size, "--user %s: is root (leave --user out)",
			 user);
		return false;
	}
	if (set_groups(p) && setresgid(p->pw_gid, p->pw_gid, p->pw_gid) == 0 &&
	    setresuid(p->pw_uid, p->pw_uid, p->pw_uid) == 0 && has_become(p) &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		return true;
	snprintf(why, why_size, "--user %s: %s (root alone becomes another)",
		 user, strerror(errno));
	return false;
}

/* --- a few directories --- */

/* Of version 3; headers of Linux 6.1 do not have it. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#endif

static const uint64_t WRITING =
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
static const uint64_t CHANGES =
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM |
	LANDLOCK_ACCESS_FS_TRUNCATE;

/* What this kernel's version of Landlock knows of these; 0: it has none. */
static uint64_t known(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);

	if (version < 1)
		return 0;
	return version < 3 ? CHANGES & ~LANDLOCK_ACCESS_FS_TRUNCATE : CHANGES;
}

/* A file alone, or a directory and all that is in it. */
static void allow(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };
	struct stat st;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= WRITING;
	(void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
		      &rule, 0);
	close(rule.parent_fd);
}

bool co_privilege_confine(const char *const *paths, size_t n)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = known() };
	int rules = attr.handled_access_fs == 0
			    ? -1
			    : (int)syscall(SYS_landlock_create_ruleset, &attr,
					   sizeof(attr), 0);
	bool done;

	if (rules < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (paths[i] != NULL)
			allow(rules, paths[i], attr.handled_access_fs);
	done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return done;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Becoming another user for good, and being held to a few directories. */
#ifndef CO_PRIVILEGE_H
#define CO_PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

/* Root becomes the user: its groups, and tss, to which the TPM's device
 * belongs; nothing that is run afterwards can gain privileges.  False: why is
 * one line, and the process must end. */
bool co_privilege_drop(const char *user, char *why, size_t why_size);

/*
 * From here on this process and its children can write, make and remove files
 * at these paths and below alone (Landlock, Linux 5.13; cutting them short,
 * 6.2); permissions and owners are not Landlock's.  NULL and what is not
 * there are passed over.  False, and nothing changed, where the kernel cannot.
 */
bool co_privilege_confine(const char *const *paths, size_t n);

#endif

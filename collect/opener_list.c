/* SPDX-License-Identifier: Apache-2.0 */
/* Paths, and how each may be opened. */
#include "collect/opener_list.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#define SECURITY "sys/kernel/security/"
#define TABLES	 "sys/firmware/acpi/tables/"
#define TDX	 "sys/devices/virtual/misc/tdx_guest/measurements/"
#define GRAMINE	 "dev/attestation/"

static const int FOLDER = O_RDONLY | O_DIRECTORY;

struct listed {
	const char *path; /* '#': digits, at least one */
	int flags;	  /* access and O_DIRECTORY: these and no other */
};

static const struct listed paths[] = {
	{ CO_TSM_REPORT, O_RDONLY | O_DIRECTORY },
	{ SECURITY "tpm#/binary_bios_measurements", O_RDONLY },
	{ SECURITY "ima/binary_runtime_measurements", O_RDONLY },
	{ SECURITY "ima/ascii_runtime_measurements", O_RDONLY },
	{ "run/log/systemd/tpm2-measure.log", O_RDONLY },
	{ TABLES "CCEL", O_RDONLY },
	{ TABLES "data/CCEL", O_RDONLY },
	/* A write to a register of a TD extends it. */
	{ TDX "mrconfigid", O_RDONLY },
	{ TDX "mrowner", O_RDONLY },
	{ TDX "mrownerconfig", O_RDONLY },
	{ TDX "mrtd:sha384", O_RDONLY },
	{ TDX "rtmr0:sha384", O_RDONLY },
	{ TDX "rtmr1:sha384", O_RDONLY },
	{ TDX "rtmr2:sha384", O_RDONLY },
	{ TDX "rtmr3:sha384", O_RDONLY },
	{ "dev/tdx_guest", O_RDWR },
	{ "dev/tdx-guest", O_RDWR },
	{ GRAMINE "attestation_type", O_RDONLY },
	{ GRAMINE "my_target_info", O_RDONLY },
	{ GRAMINE "target_info", O_WRONLY },
	{ GRAMINE "user_report_data", O_WRONLY },
	{ GRAMINE "report", O_RDONLY },
	{ GRAMINE "quote", O_RDONLY },
};

/* Of an entry of configfs-tsm. */
static const struct listed files[] = {
	{ "generation", O_RDONLY }, { "provider", O_RDONLY },
	{ "outblob", O_RDONLY },    { "auxblob", O_RDONLY },
	{ "inblob", O_WRONLY },
};

static bool matches(const char *path, const char *pattern)
{
	const char *mark = strchr(pattern, '#');
	size_t n = mark != NULL ? (size_t)(mark - pattern) : 0, digits;

	if (mark == NULL)
		return strcmp(path, pattern) == 0;
	if (strncmp(path, pattern, n) != 0)
		return false;
	digits = strspn(path + n, "0123456789");
	return digits > 0 && strcmp(path + n + digits, mark + 1) == 0;
}

static bool is_in(const struct listed *list, size_t n, const char *path,
		  int flags)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].flags == flags && matches(path, list[i].path))
			return true;
	return false;
}

/* What follows the folder of entries, or NULL. */
static const char *below_report(const char *path)
{
	static const char folder[] = CO_TSM_REPORT "/";

	return strncmp(path, folder, sizeof(folder) - 1) == 0
		       ? path + sizeof(folder) - 1
		       : NULL;
}

const char *co_opener_entry(const char *path)
{
	const char *name = below_report(path);

	return name != NULL && co_tsm_name_is_ours(name) ? name : NULL;
}

/* "ecart-0123456789abcdef", or a file of it. */
static bool is_of_entry(const char *path, int flags,
			struct co_opener_place *out)
{
	const size_t n_files = sizeof(files) / sizeof(files[0]);
	const char *name = below_report(path), *slash;
	size_t n;

	if (name == NULL)
		return false;
	slash = strchr(name, '/');
	n = slash != NULL ? (size_t)(slash - name) : strlen(name);
	if (n >= sizeof(out->entry))
		return false;
	memcpy(out->entry, name, n);
	out->entry[n] = 0;
	return co_tsm_name_is_ours(out->entry) &&
	       (slash == NULL ? flags == FOLDER
			      : is_in(files, n_files, slash + 1, flags));
}

bool co_opener_listed(const char *path, int flags, struct co_opener_place *out)
{
	/* Without effect on what is opened.  O_PATH is not among them: its
	 * descriptor of a folder would lead on to what is not listed. */
	const int harmless = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int rest = flags & ~harmless;

	*out = (struct co_opener_place){ .folder = rest == FOLDER };
	return is_in(paths, sizeof(paths) / sizeof(paths[0]), path, rest) ||
	       is_of_entry(path, rest, out);
}

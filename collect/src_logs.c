/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event logs of firmware and kernel, read after the TPM was quoted: PCR 10
 * grows all the time, and a log that is older than the quote cannot explain
 * it.  A file of no bytes is no log.
 */
#include "collect/src.h"

#include "evidence/base/cleanup.h"

#include <stdio.h>

static const size_t LOG_MAX = (size_t)8 << 20;
static const size_t IMA_MAX = (size_t)64 << 20;

/* One file as one item; its path goes into source.detail.  missing and empty
 * say what it means where there is no such file, or nothing in it. */
static enum co_outcome take_file(struct co_collection *c, const char *path,
				 const char *kind, size_t max,
				 const char *missing, const char *empty,
				 size_t *index, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	enum co_read read = co_root_read(&c->root, path, max, &bytes, why,
					 CO_WHY_TEXT - 64);
	struct co_item item = {
		.kind = kind,
		.source_type = "file",
		.source_detail = path,
	};

	if (read == CO_READ_DENIED) {
		strcat(why, " (run as root)");
		return CO_FAILED;
	}
	if (read == CO_READ_ABSENT)
		return co_absent(why, "%s", missing);
	if (read != CO_READ_OK)
		return CO_FAILED;
	if (bytes.n == 0)
		return co_absent(why, "%s", empty);
	item.bytes = ev_buffer_span(&bytes);
	if (!co_collected(c, &item, index, why))
		return CO_FAILED;
	return CO_OK;
}

/* --- the boot event log --- */

enum co_wanted co_wanted_tcg_log(const struct co_collection *c)
{
	return c->machine.has_tpm ? CO_IF_THERE : CO_NOT_HERE;
}

enum co_outcome co_collect_tcg_log(struct co_collection *c,
				   char why[CO_WHY_TEXT])
{
	char path[80];
	size_t log;
	enum co_outcome outcome;

	snprintf(path, sizeof(path),
		 "sys/kernel/security/tpm%u/binary_bios_measurements",
		 c->options.tpm_number);
	outcome =
		take_file(c, path, "tcg-eventlog", LOG_MAX,
			  "no firmware log in securityfs (not mounted, or "
			  "firmware without one)",
			  "the firmware log is empty on this host", &log, why);
	if (outcome == CO_OK)
		co_detail(c, "boot event log");
	return outcome;
}

/* --- the IMA log --- */

enum co_wanted co_wanted_ima_log(const struct co_collection *c)
{
	return c->machine.has_tpm ? CO_IF_THERE : CO_NOT_HERE;
}

enum co_outcome co_collect_ima_log(struct co_collection *c,
				   char why[CO_WHY_TEXT])
{
	enum co_outcome outcome = take_file(
		c, "sys/kernel/security/ima/binary_runtime_measurements",
		"ima-log-binary", IMA_MAX,
		"no IMA log in securityfs (kernel without IMA, or lockdown)",
		"the IMA log is empty (no policy: boot with ima_policy=tcb)",
		NULL, why);
	char ascii[CO_WHY_TEXT];
	bool text;

	if (outcome != CO_OK || c->options.minimal)
		return outcome;
	/* A convenience: the binary one is the evidence. */
	text = take_file(
		       c, "sys/kernel/security/ima/ascii_runtime_measurements",
		       "ima-log-ascii", IMA_MAX, "", "", NULL, ascii) == CO_OK;
	co_detail(c, text ? "binary and text" : "binary");
	return outcome;
}

/* --- systemd's log --- */

enum co_wanted co_wanted_systemd_log(const struct co_collection *c)
{
	return c->machine.has_tpm ? CO_IF_THERE : CO_NOT_HERE;
}

enum co_outcome co_collect_systemd_log(struct co_collection *c,
				       char why[CO_WHY_TEXT])
{
	enum co_outcome outcome = take_file(
		c, "run/log/systemd/tpm2-measure.log", "cel-json", LOG_MAX,
		"systemd measured nothing (before version 255, or no unified "
		"kernel image was booted)",
		"systemd's log of its measurements is empty", NULL, why);

	if (outcome == CO_OK)
		co_detail(c, "what systemd measured");
	return outcome;
}

/* --- the log of a TD's firmware --- */

enum co_wanted co_wanted_ccel(const struct co_collection *c)
{
	return c->machine.kind == CO_MACHINE_TD ? CO_REQUIRED : CO_NOT_HERE;
}

enum co_outcome co_collect_ccel(struct co_collection *c, char why[CO_WHY_TEXT])
{
	enum co_outcome outcome = take_file(
		c, "sys/firmware/acpi/tables/CCEL", "acpi-ccel-table", LOG_MAX,
		"no ACPI table CCEL (firmware that keeps no event log)",
		"the ACPI table CCEL is empty", NULL, why);

	if (outcome != CO_OK)
		return outcome;
	outcome = take_file(c, "sys/firmware/acpi/tables/data/CCEL",
			    "tdx-eventlog-ccel", LOG_MAX,
			    "table CCEL is there, its data is not (a kernel of "
			    "6.x offers it below acpi/tables/data)",
			    "the log of table CCEL is empty", NULL, why);
	if (outcome == CO_OK)
		co_detail(c, "event log of the firmware and its table");
	return outcome;
}

/* --- registers in sysfs --- */

static const char *const registers[] = {
	"mrconfigid",	"mrowner",	"mrownerconfig", "mrtd:sha384",
	"rtmr0:sha384", "rtmr1:sha384", "rtmr2:sha384",	 "rtmr3:sha384",
};
#define REGISTER_SIZE 48

enum co_wanted co_wanted_tdx_rtmr(const struct co_collection *c)
{
	return c->machine.kind == CO_MACHINE_TD ? CO_IF_THERE : CO_NOT_HERE;
}

/* Opened to read alone: a write would extend the register. */
static bool add_register(struct co_collection *c, const char *name,
			 struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer value = { 0 };
	char path[96], why[CO_WHY_TEXT];

	snprintf(path, sizeof(path),
		 "sys/devices/virtual/misc/tdx_guest/measurements/%s", name);
	if (co_root_read(&c->root, path, REGISTER_SIZE, &value, why,
			 sizeof(why)) != CO_READ_OK ||
	    value.n != REGISTER_SIZE)
		return false;
	ev_buffer_printf(out, "%s ", name);
	for (size_t i = 0; i < value.n; i++)
		ev_buffer_printf(out, "%02x", value.p[i]);
	ev_buffer_add_str(out, "\n");
	return true;
}

enum co_outcome co_collect_tdx_rtmr(struct co_collection *c,
				    char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct co_item item = { .kind = "tdx-measurements" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		n += add_register(c, registers[i], &text);
	if (n == 0)
		return co_absent(why, "no TDX registers in sysfs (a kernel "
				      "older than 6.16)");
	item.bytes = ev_buffer_span(&text);
	item.source_type = "sysfs";
	if (!ev_buffer_ok(&text) || !co_collected(c, &item, NULL, why))
		return CO_FAILED;
	co_detail(c, "%zu registers", n);
	return CO_OK;
}

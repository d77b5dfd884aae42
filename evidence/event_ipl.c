/* SPDX-License-Identifier: Apache-2.0 */
/* Measurements of boot loaders. */
#include "evidence/event_ipl.h"

#include "evidence/event_data.h"
#include "evidence/shown_text.h"

/* GRUB, grub-core/kern/tpm.c and lib/cmdline.c; the two without a colon are
 * of GRUB 2.02 as RHEL 8 and Alibaba's images have it. */
static const struct {
	const char *text, *name;
} prefixes[] = {
	{ "grub_cmd: ", "grub_cmd" },
	{ "kernel_cmdline: ", "kernel_cmdline" },
	{ "module_cmdline: ", "module_cmdline" },
	{ "grub_kernel_cmdline ", "kernel_cmdline" },
	{ "grub_cmd ", "grub_cmd" },
};

static bool find_prefix(struct ev_span data, struct ev_ipl *out)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t n = strlen(prefixes[i].text);

		if (data.n < n || memcmp(data.p, prefixes[i].text, n) != 0)
			continue;
		out->form = EV_IPL_GRUB;
		out->prefix = prefixes[i].name;
		out->text = ev_text_until_nul(ev_span_sub(data, n, data.n - n));
		return true;
	}
	return false;
}

/* The name of a PE section: a dot and up to seven characters (".profile" has
 * eight, a long name). */
static bool is_section(struct ev_span units)
{
	if (units.n < 4 || units.n > 2 * 16 || units.p[0] != '.')
		return false;
	for (size_t i = 0; i < units.n; i += 2)
		if (units.p[i + 1] != 0 || units.p[i] <= 0x20 ||
		    units.p[i] >= 0x7f || units.p[i] == '/')
			return false;
	return true;
}

/* UTF-16LE of a command line need not be ASCII, but begins with it.  Older
 * systemd-boot logs half of the NUL. */
static bool is_utf16(struct ev_span data)
{
	return data.n >= 2 && data.p[0] >= 0x20 && data.p[0] < 0x7f &&
	       data.p[1] == 0 && (data.n % 2 == 0 || data.p[data.n - 1] == 0);
}

struct ev_ipl ev_ipl_parse(const struct ev_tcg_event *e)
{
	struct ev_ipl out = { .form = EV_IPL_OTHER, .text = e->data };
	struct ev_span text;

	if (find_prefix(e->data, &out))
		return out;
	if (is_utf16(e->data)) {
		out.text = ev_text_until_nul16(
			ev_span_sub(e->data, 0, e->data.n & ~(size_t)1));
		out.form = is_section(out.text) ? EV_IPL_SECTION : EV_IPL_UTF16;
		return out;
	}
	/* Alibaba's GRUB leaves garbage behind the NUL. */
	text = ev_text_until_nul(e->data);
	if (ev_text_form_of(&text) == EV_TEXT_BYTES) {
		out.form = EV_IPL_TEXT;
		out.text = text;
	}
	return out;
}

/* PCR 8 and 12; both are measurement register 3 of a TD. */
static bool is_of_loader(uint32_t index)
{
	return index == 8 || index == 12 || index == 3;
}

bool ev_ipl_is_command_line(const struct ev_tcg_event *e,
			    const struct ev_ipl *ipl)
{
	if (ipl->form == EV_IPL_GRUB)
		return strcmp(ipl->prefix, "kernel_cmdline") == 0;
	return ipl->form == EV_IPL_UTF16 && is_of_loader(e->index);
}

static bool is_units(const struct ev_ipl *ipl)
{
	return ipl->form == EV_IPL_SECTION || ipl->form == EV_IPL_UTF16;
}

/* What stands behind the NUL: no loader means anything by it. */
static void write_rest(const struct ev_tcg_event *e, struct ev_span text,
		       struct ev_writer *w)
{
	size_t end = (size_t)(text.p - e->data.p) + text.n;
	struct ev_span rest = ev_span_sub(e->data, end, e->data.n - end);

	if (!ev_span_is_zero(rest))
		ev_event_write_bytes(w, "trailing",
				     ev_event_data_offset(e) + end, rest);
}

void ev_ipl_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	struct ev_ipl ipl = ev_ipl_parse(e);
	uint64_t at = ev_event_data_offset(e);

	if (ipl.form == EV_IPL_OTHER || ipl.text.n == 0) {
		ev_event_write_bytes(w, "data", at, e->data);
		return;
	}
	if (ipl.form == EV_IPL_GRUB)
		ev_write_str(w, "prefix", ipl.prefix);
	at += (uint64_t)(ipl.text.p - e->data.p);
	if (is_units(&ipl))
		ev_shown_write_utf16le(w, "text", at, ipl.text);
	else
		ev_shown_write_bytes(w, "text", at, ipl.text);
	write_rest(e, ipl.text, w);
}

void ev_ipl_describe(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	struct ev_ipl ipl = ev_ipl_parse(e);

	if (ipl.form == EV_IPL_GRUB)
		ev_buffer_printf(out, "%s: ", ipl.prefix);
	if (is_units(&ipl))
		ev_shown_utf16le(ipl.text, out);
	else if (ipl.form == EV_IPL_OTHER)
		ev_event_describe_bytes(e->data, out);
	else
		ev_shown_bytes(ipl.text, out);
}

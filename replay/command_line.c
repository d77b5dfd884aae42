/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines, their digests, and what comes behind them. */
#include "replay/command_line.h"

#include "evidence/event_digest.h"
#include "evidence/event_tag.h"
#include "evidence/event_type.h"
#include "evidence/tpm.h"
#include "replay/borne_out.h"
#include "replay/event_log.h"

void rp_command_lines_begin(const struct rp_case *c,
			    const struct rp_subject *log,
			    struct rp_command_lines *out)
{
	struct ev_tcg_event e;
	struct ev_tcg_log in;

	*out = (struct rp_command_lines){ .c = c, .log = log };
	rp_log_open_firmware(log->log, &in);
	while (out->n_options < RP_OPTIONS_MAX && ev_tcg_log_next(&in, &e))
		if (e.type == EV_TYPE_EVENT_TAG &&
		    ev_event_tag_is(&e, EV_TAG_LOAD_OPTIONS))
			out->options[out->n_options++] = e;
}

/* --- what the kernel measured --- */

/* One text, and the event of the options that have its digest. */
struct wanted {
	const struct rp_command_lines *lines;
	struct ev_span units;
	uint64_t event; /* 0: none has */
	bool borne_out; /* in a bank in which a trusted quote has it */
};

static bool is_quoted_in(const struct rp_command_lines *lines,
			 const struct ev_tcg_event *e, uint16_t tpm_alg)
{
	const char *why;
	const struct rp_compared *by =
		rp_borne_out(lines->c, lines->log, e->index, &why);

	return by != NULL && by->tpm_alg == tpm_alg;
}

static bool look_in_bank(struct wanted *w, size_t bank)
{
	const struct rp_command_lines *lines = w->lines;
	struct ev_crypto *crypto = lines->c->crypto;
	uint16_t tpm_alg = lines->log->log->tcg.bank[bank].alg;
	uint8_t digest[EV_DIGEST_MAX];
	enum ev_digest_alg alg;

	if (!ev_tpm_digest_alg(tpm_alg, &alg) || !ev_digest_has(crypto, alg))
		return true;
	if (!ev_digest(crypto, alg, w->units, digest))
		return false;
	for (size_t i = 0; i < lines->n_options; i++) {
		const struct ev_tcg_event *e = &lines->options[i];

		if (!ev_span_eq(e->digest[bank],
				ev_span_of(digest, ev_digest_size(alg))))
			continue;
		if (w->event == 0)
			w->event = e->number;
		w->borne_out |= is_quoted_in(lines, e, tpm_alg);
	}
	return true;
}

static bool look(struct wanted *w, struct ev_span units)
{
	size_t n = w->lines->log->log->tcg.n_banks;
	bool ok = true;

	w->units = units;
	for (size_t i = 0; ok && i < n; i++)
		ok = look_in_bank(w, i);
	return ok;
}

static void add_units(struct ev_span ascii, struct ev_buffer *out)
{
	for (size_t i = 0; i < ascii.n; i++) {
		ev_buffer_add_byte(out, ascii.p[i]);
		ev_buffer_add_byte(out, 0);
	}
}

/* With a NUL behind the text, and without. */
static bool look_behind(struct wanted *w, const char *before,
			const struct ev_ipl *ipl)
{
	ev_auto_buffer struct ev_buffer units = { 0 };
	struct ev_span with;

	add_units(ev_span_str(before), &units);
	if (ipl->form == EV_IPL_UTF16)
		ev_buffer_add(&units, ipl->text);
	else
		add_units(ipl->text, &units);
	ev_buffer_add(&units, EV_SPAN_LITERAL("\0\0"));
	if (!ev_buffer_ok(&units))
		return false;
	with = ev_buffer_span(&units);
	return look(w, with) &&
	       (w->event > 0 || look(w, ev_span_sub(with, 0, with.n - 2)));
}

/* What firmware started measures what it was handed, in UTF-16LE, and logs no
 * text.  GRUB hands over more than it measures. */
static bool look_for_options(struct wanted *w, const struct ev_ipl *ipl)
{
	if (w->lines->n_options == 0)
		return true;
	return look_behind(w, "", ipl) &&
	       (w->event > 0 || ipl->form != EV_IPL_GRUB ||
		look_behind(w, "BOOT_IMAGE=", ipl));
}

/* --- what comes behind it --- */

/* The first that the register has, whatever the log calls it: whoever runs
 * later may measure another.  0: none. */
static uint64_t end_of_boot(const struct rp_subject *log, unsigned int index,
			    size_t bank, struct ev_span digest)
{
	struct ev_tcg_event e;
	struct ev_tcg_log in;

	rp_log_open_firmware(log->log, &in);
	while (ev_tcg_log_next(&in, &e))
		if (e.index == index && e.type != EV_TCG_NO_ACTION &&
		    ev_span_eq(e.digest[bank], digest))
			return e.number;
	return 0;
}

/* Only what ran before the end of boot services can have measured it. */
static bool is_of_boot(const struct rp_command_lines *lines,
		       const struct ev_tcg_event *e, size_t bank,
		       enum ev_digest_alg alg, bool *is)
{
	static const uint32_t ended[] = { [RP_PCRS] = 5, [RP_MRS] = 2 };
	const struct rp_subject *log = lines->log;
	uint8_t digest[EV_DIGEST_MAX];

	*is = false;
	if (e->index != ended[log->log->registers.set])
		return true;
	if (!ev_digest(lines->c->crypto, alg,
		       EV_SPAN_LITERAL(EV_EXIT_BOOT_SERVICES), digest))
		return false;
	*is = end_of_boot(log, e->index, bank,
			  ev_span_of(digest, ev_digest_size(alg))) > e->number;
	return true;
}

/* --- the answer --- */

bool rp_command_line_judge(const struct rp_command_lines *lines,
			   const struct ev_tcg_event *e,
			   const struct ev_ipl *ipl,
			   struct rp_command_line *out)
{
	const struct ev_tcg_log *log = &lines->log->log->tcg;
	struct wanted options = { .lines = lines };
	const struct rp_compared *by;
	struct ev_event_digest d;
	const char *why;
	size_t bank;
	bool closed;

	*out = (struct rp_command_line){ .doubt = "not-borne-out" };
	if (!look_for_options(&options, ipl))
		return false;
	out->options = options.event;
	by = rp_borne_out(lines->c, lines->log, e->index, &why);
	if (by == NULL)
		return true;
	bank = ev_tcg_log_bank(log, by->tpm_alg);
	if (!ev_event_digest_check(lines->c->crypto, log, e, bank, &d) ||
	    !is_of_boot(lines, e, bank, by->alg, &closed))
		return false;
	out->measured = d.verdict == EV_EVENT_MATCHES ||
			d.verdict == EV_EVENT_EXPLAINED;
	if (!out->measured)
		out->doubt = "not-of-text";
	else if (ipl->form == EV_IPL_GRUB && d.verdict != EV_EVENT_MATCHES &&
		 !options.borne_out)
		out->doubt = "prefix-not-measured";
	else
		out->doubt = closed ? NULL : "register-open";
	return true;
}

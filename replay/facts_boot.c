/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of logs: facts.boot, what firmware's log says of the boot. */
#include "replay/facts.h"

#include "evidence/event_data.h"
#include "evidence/event_ipl.h"
#include "evidence/event_type.h"
#include "evidence/shown_text.h"
#include "evidence/uefi_device_path.h"
#include "evidence/uefi_guid.h"
#include "evidence/uefi_image.h"
#include "evidence/uefi_signatures.h"
#include "evidence/uefi_variable.h"
#include "replay/borne_out.h"
#include "replay/command_line.h"
#include "replay/event_log.h"

/* Entries of each list; a machine starts some five images. */
#define LIST_MAX 64
/* Bytes of a command line: Linux, COMMAND_LINE_SIZE is 2048 or 4096. */
#define COMMAND_LINE_MAX 4096
#define PATH_MAX_SHOWN	 1024

struct boot {
	const struct rp_case *c;
	const struct rp_subject *s;
	enum rp_register_set set;
	struct rp_boot_state state;
	struct rp_command_lines lines;
	uint64_t n_images; /* in the list "loader" */
	bool trouble;
	struct ev_writer *w;
};

/* --- Secure Boot --- */

static void write_authorities(const struct rp_secure_boot *b,
			      struct ev_writer *w)
{
	size_t n = b->n_authorities < RP_AUTHORITIES_MAX
			   ? (size_t)b->n_authorities
			   : RP_AUTHORITIES_MAX;

	ev_write_array(w, "authorities");
	for (size_t i = 0; i < n; i++) {
		ev_write_object(w, NULL);
		ev_write_int(w, "event", (int64_t)b->authority[i].event);
		ev_write_bool(w, "beforeSeparator", !b->authority[i].after);
		ev_write_end(w);
	}
	ev_write_end(w);
	if (b->n_authorities > n)
		ev_write_int(w, "authoritiesLeftOut",
			     (int64_t)(b->n_authorities - n));
}

static void write_secure_boot(const struct boot *b)
{
	const struct rp_secure_boot *logged = &b->state.logged;
	struct ev_writer *w = b->w;

	ev_write_object(w, "secureBoot");
	ev_write_str(w, "state", rp_secure_boot_word(b->state.state));
	ev_write_str(w, "why", b->state.why);
	if (b->state.by != NULL) {
		ev_write_str(w, "register", b->state.by->name);
		if (rp_is_weak(b->c, b->state.by))
			ev_write_str(w, "weak", "SHA-1");
	} else {
		ev_write_str(w, "logged", rp_secure_boot_word(logged->state));
		ev_write_str(w, "loggedWhy", logged->why);
	}
	if (logged->event > 0)
		ev_write_int(w, "event", (int64_t)logged->event);
	ev_write_bool(w, "dmaProtectionDisabled", logged->dma_open);
	write_authorities(logged, w);
	ev_write_end(w);
}

/* --- db and dbx --- */

static bool is_variable(const struct boot *b, const struct ev_tcg_event *e,
			const char *name, struct ev_uefi_variable *v)
{
	struct ev_error err = { 0 };

	return e->type == EV_TYPE_VARIABLE_CONFIG &&
	       e->index == rp_secure_boot_register(b->set) &&
	       ev_uefi_variable_parse(e->data, ev_event_data_offset(e), v,
				      &err) == EV_OK &&
	       ev_uefi_variable_is(v, EV_GUID_SECURITY_DATABASE, name);
}

/* The first variable of that name; false: the log has none. */
static bool find_variable(const struct boot *b, const char *name,
			  struct ev_uefi_variable *v)
{
	struct ev_tcg_event e;
	struct ev_tcg_log in;

	rp_log_open_firmware(b->s->log, &in);
	while (ev_tcg_log_next(&in, &e))
		if (is_variable(b, &e, name, v))
			return true;
	return false;
}

/* The variables are what firmware measured where Secure Boot is known at all:
 * then the register was read from its beginning to its separator without a
 * doubt.  But an authority that stands there has a variable's name and a
 * digest of it, too, and the log may have changed one for the other. */
static bool lists_are_trusted(const struct boot *b)
{
	const struct rp_secure_boot *logged = &b->state.logged;

	if (b->state.state == RP_SECURE_BOOT_UNKNOWN ||
	    logged->n_authorities > RP_AUTHORITIES_MAX)
		return false;
	for (size_t i = 0; i < logged->n_authorities; i++)
		if (!logged->authority[i].after)
			return false;
	return true;
}

/* Subjects of certificates, digests as hex. */
static void write_db(const struct boot *b)
{
	struct ev_error err = { 0 };
	struct ev_uefi_signatures list;
	struct ev_uefi_signature one;
	struct ev_uefi_variable v;
	uint64_t n = 0;

	if (!find_variable(b, "db", &v))
		return;
	list = ev_uefi_signatures_open(v.data, 0, &err);
	ev_write_array(b->w, "db");
	for (; ev_uefi_signatures_next(&list, &one); n++) {
		struct ev_buffer text = { 0 };

		if (n >= LIST_MAX)
			continue;
		ev_uefi_signature_describe(&one, &text);
		ev_shown_write_line(b->w, NULL, PATH_MAX_SHOWN, &text);
	}
	ev_write_end(b->w);
	if (n > LIST_MAX)
		ev_write_int(b->w, "dbLeftOut", (int64_t)(n - LIST_MAX));
	ev_write_bool(b->w, "dbTrusted", lists_are_trusted(b));
}

static void write_dbx(const struct boot *b)
{
	struct ev_error err = { 0 };
	struct ev_uefi_signatures list;
	struct ev_uefi_signature one;
	struct ev_uefi_variable v;
	uint64_t n = 0, certificates = 0;

	if (!find_variable(b, "dbx", &v))
		return;
	list = ev_uefi_signatures_open(v.data, 0, &err);
	for (; ev_uefi_signatures_next(&list, &one); n++)
		certificates += one.form == EV_SIGNATURE_CERT;
	ev_write_object(b->w, "dbx");
	ev_write_int(b->w, "entries", (int64_t)n);
	ev_write_int(b->w, "certificates", (int64_t)certificates);
	ev_write_bool(b->w, "trusted", lists_are_trusted(b));
	ev_event_refused(b->w, &err);
	ev_write_end(b->w);
}

/* --- lists of events --- */

/* Whether the event is of the list; then it is written, where w is not NULL. */
typedef bool (*entry_function)(struct boot *b, const struct ev_tcg_event *e,
			       struct ev_writer *w);

/* Whoever runs behind that may extend PCRs as firmware did. */
static bool ends_boot_services(const struct ev_tcg_event *e)
{
	return e->type == EV_TYPE_EFI_ACTION &&
	       ev_span_eq(e->data, EV_SPAN_LITERAL(EV_EXIT_BOOT_SERVICES));
}

/* Up to the end of boot services; false where the log has no such event. */
static bool write_list(struct boot *b, const char *name, const char *left_out,
		       entry_function entry)
{
	struct ev_tcg_event e;
	struct ev_tcg_log in;
	bool ended = false;
	uint64_t n = 0;

	rp_log_open_firmware(b->s->log, &in);
	ev_write_array(b->w, name);
	while (!ended && ev_tcg_log_next(&in, &e)) {
		n += entry(b, &e, n < LIST_MAX ? b->w : NULL);
		ended = ends_boot_services(&e);
	}
	ev_write_end(b->w);
	if (n > LIST_MAX)
		ev_write_int(b->w, left_out, (int64_t)(n - LIST_MAX));
	return ended;
}

/* PCR 4, MR 2: the path is only said beside the image's digest. */
static bool loader(struct boot *b, const struct ev_tcg_event *e,
		   struct ev_writer *w)
{
	static const uint32_t of[] = { [RP_PCRS] = 4, [RP_MRS] = 2 };
	struct ev_error err = { 0 };
	struct ev_buffer text = { 0 };
	struct ev_uefi_image image;

	if (e->type != EV_TYPE_APPLICATION || e->index != of[b->set] ||
	    ev_uefi_image_parse(e, &image, &err) != EV_OK)
		return false;
	b->n_images++;
	if (w == NULL)
		return true;
	if (image.path.n == 0)
		ev_uefi_image_describe(e, &text);
	else
		ev_uefi_device_path_text(image.path, image.path_at, &text,
					 &err);
	ev_shown_write_line(w, NULL, PATH_MAX_SHOWN, &text);
	return true;
}

/* --- command lines --- */

static void add_text(const struct ev_ipl *ipl, struct ev_buffer *out)
{
	if (ipl->form == EV_IPL_UTF16)
		ev_shown_utf16le(ipl->text, out);
	else
		ev_shown_bytes(ipl->text, out);
}

static void write_trust(const struct rp_command_line *line, struct ev_writer *w)
{
	ev_write_bool(w, "measured", line->measured);
	ev_write_bool(w, "trusted", line->doubt == NULL);
	if (line->doubt != NULL)
		ev_write_str(w, "why", line->doubt);
	if (line->options > 0)
		ev_write_int(w, "loadOptions", (int64_t)line->options);
}

static bool command_line(struct boot *b, const struct ev_tcg_event *e,
			 struct ev_writer *w)
{
	struct rp_command_line line;
	struct ev_buffer text = { 0 };
	struct ev_ipl ipl;

	if (e->type != EV_TYPE_IPL)
		return false;
	ipl = ev_ipl_parse(e);
	if (!ev_ipl_is_command_line(e, &ipl))
		return false;
	if (w == NULL)
		return true;
	ev_write_object(w, NULL);
	ev_write_int(w, "event", (int64_t)e->number);
	add_text(&ipl, &text);
	ev_shown_write_line(w, "text", COMMAND_LINE_MAX, &text);
	b->trouble |= !rp_command_line_judge(&b->lines, e, &ipl, &line);
	write_trust(&line, w);
	ev_write_end(w);
	return true;
}

/* --- the area --- */

static bool tells(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return rp_log_is_firmware(s->log) && s->log->parsed.code == EV_OK;
}

static void write_boot(const struct rp_case *c, const struct rp_subject *s,
		       struct ev_writer *w)
{
	struct boot b = { .c = c, .s = s, .w = w };
	bool ended;

	b.set = s->log->registers.set;
	b.trouble = !rp_boot_state_read(c, s, &b.state);
	ev_write_str(w, "item", s->name);
	if (!b.trouble)
		write_secure_boot(&b);
	write_db(&b);
	write_dbx(&b);
	rp_command_lines_begin(c, s, &b.lines);
	write_list(&b, "commandLine", "commandLineLeftOut", command_line);
	ended = write_list(&b, "loader", "loaderLeftOut", loader);
	if (b.n_images > 0) /* digests are of images; nothing binds a path */
		ev_write_bool(w, "loaderTrusted", false);
	ev_write_bool(w, "exitBootServices", ended);
	if (b.trouble)
		rp_facts_refuse(w);
}

void rp_facts_boot_write(const struct rp_case *c, struct ev_writer *w)
{
	static const struct rp_area area = { "boot", RP_LOG, tells,
					     write_boot };

	rp_area_write(c, &area, w);
}

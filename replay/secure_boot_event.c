/* SPDX-License-Identifier: Apache-2.0 */
/* What each type of event says of Secure Boot. */
#include "replay/secure_boot_event.h"

#include "evidence/event_type.h"
#include "evidence/uefi_guid.h"
#include "evidence/uefi_variable.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *guid, *name;
} variables[RP_N_VARIABLES] = {
	[RP_VARIABLE_SECURE_BOOT] = { EV_GUID_EFI_GLOBAL, "SecureBoot" },
	[RP_VARIABLE_PK] = { EV_GUID_EFI_GLOBAL, "PK" },
	[RP_VARIABLE_KEK] = { EV_GUID_EFI_GLOBAL, "KEK" },
	[RP_VARIABLE_DB] = { EV_GUID_SECURITY_DATABASE, "db" },
	[RP_VARIABLE_DBX] = { EV_GUID_SECURITY_DATABASE, "dbx" },
	[RP_VARIABLE_DBT] = { EV_GUID_SECURITY_DATABASE, "dbt" },
	[RP_VARIABLE_DBR] = { EV_GUID_SECURITY_DATABASE, "dbr" },
};

#define SECURE_BOOT_HEAD                                                       \
	"\x61\xdf\xe4\x8b\xca\x93\xd2\x11"                                     \
	"\xaa\x0d\x00\xe0\x98\x03\x2b\x8c\x0a\0\0\0\0\0\0\0"
#define SECURE_BOOT_NAME "S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0"

static const struct {
	const char *bytes;
	size_t n;
} known_data[RP_N_KNOWN] = {
#define KNOWN(text)                                                            \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
	[RP_KNOWN_ZEROS] = KNOWN("\0\0\0\0"),
	[RP_KNOWN_ONES] = KNOWN("\xff\xff\xff\xff"),
	[RP_KNOWN_ERROR] = KNOWN("\1\0\0\0"),
	[RP_KNOWN_OFF] = KNOWN(SECURE_BOOT_HEAD
			       "\1\0\0\0\0\0\0\0" SECURE_BOOT_NAME "\0"),
	[RP_KNOWN_ON] = KNOWN(SECURE_BOOT_HEAD
			      "\1\0\0\0\0\0\0\0" SECURE_BOOT_NAME "\1"),
	[RP_KNOWN_EMPTY] =
		KNOWN(SECURE_BOOT_HEAD "\0\0\0\0\0\0\0\0" SECURE_BOOT_NAME),
#undef KNOWN
};

/* One event of the register. */
struct measured {
	const struct ev_tcg_event *e;
	struct ev_span digest;
	bool bound;
	enum rp_boot_known known; /* RP_N_KNOWN: none of them */
};

const char *rp_boot_variable_name(enum rp_boot_variable i)
{
	return variables[i].name;
}

void rp_boot_doubt(struct rp_boot_reading *r, const char *format, ...)
{
	va_list args;

	if (r->out->why[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(r->out->why, sizeof(r->out->why), format, args);
	va_end(args);
}

static void doubt_event(struct rp_boot_reading *r, const struct measured *m,
			const char *what)
{
	rp_boot_doubt(r, "event %" PRIu64 " %s", m->e->number, what);
}

/* --- events by their type; trouble is false --- */

static bool take_separator(struct rp_boot_reading *r, const struct measured *m)
{
	r->n_separators++;
	if (m->known == RP_KNOWN_ERROR)
		doubt_event(r, m, "is the separator of an error");
	else if (m->known != RP_KNOWN_ZEROS && m->known != RP_KNOWN_ONES)
		doubt_event(r, m, "is no separator by its digest");
	if (r->n_separators == 2)
		doubt_event(r, m, "is a second separator");
	return true;
}

static bool take_action(struct rp_boot_reading *r, const struct measured *m)
{
	if (!m->bound)
		doubt_event(r, m, "has a digest that is not of its text");
	else if (ev_span_eq(m->e->data, EV_SPAN_LITERAL("UEFI Debug Mode")))
		r->debug = m->e->number;
	else if (ev_span_eq(m->e->data,
			    EV_SPAN_LITERAL("DMA Protection Disabled")))
		r->out->dma_open = true;
	return true;
}

/* The digest is of namespace, name and value, not of the value alone, which
 * any other variable may have too; *is is then true. */
static bool is_of_whole(struct rp_boot_reading *r, const struct measured *m,
			const struct ev_uefi_variable *v, bool *is)
{
	size_t n = m->e->data.n - v->rest.n;
	uint8_t digest[EV_DIGEST_MAX];

	*is = r->agile;
	if (r->agile)
		return true;
	if (!ev_digest(r->crypto, r->alg, ev_span_sub(m->e->data, 0, n),
		       digest))
		return false;
	*is = ev_span_eq(m->digest, ev_span_of(digest, m->digest.n));
	return true;
}

static bool parse_variable(struct rp_boot_reading *r, const struct measured *m,
			   struct ev_uefi_variable *v)
{
	struct ev_error err = { 0 };
	bool is = m->bound &&
		  ev_uefi_variable_parse(m->e->data, 0, v, &err) == EV_OK;

	if (!is)
		doubt_event(r, m, "has a digest that is not of its variable");
	return is;
}

static enum rp_boot_variable which(const struct ev_uefi_variable *v)
{
	unsigned int i = 0;

	while (i < RP_N_VARIABLES &&
	       !ev_uefi_variable_is(v, variables[i].guid, variables[i].name))
		i++;
	return (enum rp_boot_variable)i;
}

static void note_variable(struct rp_boot_reading *r, const struct measured *m,
			  enum rp_boot_variable i, struct ev_span value)
{
	if (r->seen[i]++ > 0)
		rp_boot_doubt(r, "event %" PRIu64 " is a second variable %s",
			      m->e->number, variables[i].name);
	r->value[i] = value;
	if (i != RP_VARIABLE_SECURE_BOOT)
		return;
	r->out->event = m->e->number;
	r->out->offset = m->e->offset;
	r->out->size = m->e->size;
}

static bool take_variable(struct rp_boot_reading *r, const struct measured *m)
{
	struct ev_uefi_variable v;
	enum rp_boot_variable i;
	bool whole;

	if (!parse_variable(r, m, &v))
		return true;
	if (!is_of_whole(r, m, &v, &whole))
		return false;
	i = which(&v);
	if (!whole)
		doubt_event(r, m,
			    "has a digest of the value alone, which "
			    "says not of which variable");
	else if (r->n_separators > 0 &&
		 (r->set == RP_PCRS || i < RP_N_VARIABLES))
		doubt_event(r, m, "is a variable behind the separator");
	else if (i < RP_N_VARIABLES)
		note_variable(r, m, i, v.data);
	return true;
}

static bool take_authority(struct rp_boot_reading *r, const struct measured *m)
{
	struct rp_secure_boot *out = r->out;
	struct ev_uefi_variable v;

	if (!parse_variable(r, m, &v))
		return true;
	if (out->n_authorities < RP_AUTHORITIES_MAX)
		out->authority[out->n_authorities] =
			(struct rp_authority){ m->e->number,
					       r->n_separators > 0 };
	out->n_authorities++;
	return true;
}

static bool take_spdm(struct rp_boot_reading *r, const struct measured *m)
{
	struct ev_uefi_variable v;

	parse_variable(r, m, &v);
	return true;
}

/* MR 1 is PCR 1 as well: configuration and tables, which no log holds. */
static bool take_other(struct rp_boot_reading *r, const struct measured *m)
{
	if (r->set == RP_PCRS && !m->bound)
		doubt_event(r, m, "has a digest that nothing explains");
	if (r->set == RP_PCRS && r->foreign == 0)
		r->foreign = m->e->number;
	return true;
}

static const struct handler {
	uint32_t type;
	bool (*take)(struct rp_boot_reading *r, const struct measured *m);
} handlers[] = {
	{ EV_TCG_SEPARATOR, take_separator },
	{ EV_TYPE_EFI_ACTION, take_action },
	{ EV_TYPE_VARIABLE_CONFIG, take_variable },
	{ EV_TYPE_AUTHORITY, take_authority },
	{ EV_TYPE_SPDM_POLICY, take_spdm },
	{ EV_TYPE_SPDM_AUTHORITY, take_spdm },
};

static bool take_by_type(struct rp_boot_reading *r, const struct measured *m)
{
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (handlers[i].type == m->e->type)
			return handlers[i].take(r, m);
	return take_other(r, m);
}

/* --- the register --- */

static enum rp_boot_known known_of(const struct rp_boot_reading *r,
				   struct ev_span digest)
{
	unsigned int i = 0;

	while (i < RP_N_KNOWN &&
	       !ev_span_eq(digest, ev_span_of(r->known[i], digest.n)))
		i++;
	return (enum rp_boot_known)i;
}

/* BootOrder of MR 1 may be 1 and 0, which are the bytes of an error. */
static bool is_separator(const struct rp_boot_reading *r,
			 const struct measured *m)
{
	return m->known == RP_KNOWN_ZEROS || m->known == RP_KNOWN_ONES ||
	       (m->known == RP_KNOWN_ERROR && r->set == RP_PCRS);
}

static void doubt_hidden(struct rp_boot_reading *r, const struct measured *m)
{
	if (is_separator(r, m) && m->e->type != EV_TCG_SEPARATOR)
		doubt_event(r, m, "is a separator under another type");
	else if (m->known >= RP_KNOWN_OFF && m->known <= RP_KNOWN_EMPTY &&
		 m->e->type != EV_TYPE_VARIABLE_CONFIG)
		doubt_event(r, m,
			    "is the variable SecureBoot under another "
			    "type");
}

bool rp_boot_event_take(struct rp_boot_reading *r, const struct ev_tcg_log *log,
			const struct ev_tcg_event *e)
{
	struct measured m = { .e = e, .digest = e->digest[r->bank] };
	struct ev_event_digest d;

	if (m.digest.n == 0) {
		doubt_event(r, &m, "has no digest of the bank");
		return true;
	}
	if (!ev_event_digest_check(r->crypto, log, e, r->bank, &d))
		return false;
	m.bound = d.verdict == EV_EVENT_MATCHES ||
		  d.verdict == EV_EVENT_EXPLAINED;
	m.known = known_of(r, m.digest);
	doubt_hidden(r, &m);
	if (d.verdict == EV_EVENT_MISMATCH)
		doubt_event(r, &m, "has a digest that is not of its data");
	return take_by_type(r, &m);
}

bool rp_boot_reading_begin(struct rp_boot_reading *r)
{
	for (size_t i = 0; i < RP_N_KNOWN; i++)
		if (!ev_digest(r->crypto, r->alg,
			       ev_span_of(known_data[i].bytes, known_data[i].n),
			       r->known[i]))
			return false;
	return true;
}

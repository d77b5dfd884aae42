/* SPDX-License-Identifier: Apache-2.0 */
/* Secure Boot, event by event. */
#include "replay/secure_boot.h"

#include "evidence/event_type.h"
#include "evidence/tpm.h"
#include "evidence/uefi_guid.h"
#include "evidence/uefi_variable.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const char *rp_secure_boot_word(enum rp_secure_boot_state state)
{
	static const char *const words[] = {
		[RP_SECURE_BOOT_UNKNOWN] = "unknown",
		[RP_SECURE_BOOT_ENABLED] = "enabled",
		[RP_SECURE_BOOT_DISABLED] = "disabled",
	};

	return words[state];
}

unsigned int rp_secure_boot_register(enum rp_register_set set)
{
	static const unsigned int numbers[] = { [RP_PCRS] = 7, [RP_MRS] = 1 };

	return numbers[set];
}

/* The variables that the state rests on. */
enum variable { SECURE_BOOT, PK, KEK, DB, DBX, DBT, DBR, N_VARIABLES };

static const struct {
	const char *guid, *name;
} variables[N_VARIABLES] = {
	[SECURE_BOOT] = { EV_GUID_EFI_GLOBAL, "SecureBoot" },
	[PK] = { EV_GUID_EFI_GLOBAL, "PK" },
	[KEK] = { EV_GUID_EFI_GLOBAL, "KEK" },
	[DB] = { EV_GUID_SECURITY_DATABASE, "db" },
	[DBX] = { EV_GUID_SECURITY_DATABASE, "dbx" },
	[DBT] = { EV_GUID_SECURITY_DATABASE, "dbt" },
	[DBR] = { EV_GUID_SECURITY_DATABASE, "dbr" },
};

/* Digests of what nobody may measure under another type. */
enum known {
	KNOWN_ZEROS, /* separators */
	KNOWN_ONES,
	KNOWN_ERROR,
	KNOWN_OFF, /* the variable SecureBoot, whatever its value */
	KNOWN_ON,
	KNOWN_EMPTY,
	N_KNOWN,
};

#define SECURE_BOOT_HEAD                                                       \
	"\x61\xdf\xe4\x8b\xca\x93\xd2\x11"                                     \
	"\xaa\x0d\x00\xe0\x98\x03\x2b\x8c\x0a\0\0\0\0\0\0\0"
#define SECURE_BOOT_NAME "S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0"

static const struct {
	const char *bytes;
	size_t n;
} known_data[N_KNOWN] = {
#define KNOWN(text)                                                            \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
	[KNOWN_ZEROS] = KNOWN("\0\0\0\0"),
	[KNOWN_ONES] = KNOWN("\xff\xff\xff\xff"),
	[KNOWN_ERROR] = KNOWN("\1\0\0\0"),
	[KNOWN_OFF] = KNOWN(SECURE_BOOT_HEAD "\1\0\0\0\0\0\0\0" SECURE_BOOT_NAME
					     "\0"),
	[KNOWN_ON] = KNOWN(SECURE_BOOT_HEAD "\1\0\0\0\0\0\0\0" SECURE_BOOT_NAME
					    "\1"),
	[KNOWN_EMPTY] =
		KNOWN(SECURE_BOOT_HEAD "\0\0\0\0\0\0\0\0" SECURE_BOOT_NAME),
#undef KNOWN
};

struct reading {
	struct ev_crypto *crypto;
	enum rp_register_set set;
	size_t bank;
	enum ev_digest_alg alg;
	bool agile;
	uint8_t known[N_KNOWN][EV_DIGEST_MAX];
	uint64_t seen[N_VARIABLES]; /* before the separator */
	struct ev_span value[N_VARIABLES];
	uint64_t n_separators, n_images;
	uint64_t debug;	  /* event that says so, or 0 */
	uint64_t foreign; /* event of a type that PCR 7 does not have, or 0 */
	struct rp_secure_boot *out;
};

/* One event of the register. */
struct measured {
	const struct ev_tcg_event *e;
	struct ev_span digest;
	bool bound;
	enum known known; /* N_KNOWN: none of them */
};

/* The first doubt is the one that is told. */
static void doubt(struct reading *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void doubt(struct reading *r, const char *format, ...)
{
	va_list args;

	if (r->out->why[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(r->out->why, sizeof(r->out->why), format, args);
	va_end(args);
}

static void doubt_event(struct reading *r, const struct measured *m,
			const char *what)
{
	doubt(r, "event %" PRIu64 " %s", m->e->number, what);
}

/* --- events by their type; trouble is false --- */

static bool take_separator(struct reading *r, const struct measured *m)
{
	r->n_separators++;
	if (m->known == KNOWN_ERROR)
		doubt_event(r, m, "is the separator of an error");
	else if (m->known != KNOWN_ZEROS && m->known != KNOWN_ONES)
		doubt_event(r, m, "is no separator by its digest");
	if (r->n_separators == 2)
		doubt_event(r, m, "is a second separator");
	return true;
}

static bool take_action(struct reading *r, const struct measured *m)
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
static bool is_of_whole(struct reading *r, const struct measured *m,
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

static bool parse_variable(struct reading *r, const struct measured *m,
			   struct ev_uefi_variable *v)
{
	struct ev_error err = { 0 };
	bool is = m->bound &&
		  ev_uefi_variable_parse(m->e->data, 0, v, &err) == EV_OK;

	if (!is)
		doubt_event(r, m, "has a digest that is not of its variable");
	return is;
}

static enum variable which(const struct ev_uefi_variable *v)
{
	unsigned int i = 0;

	while (i < N_VARIABLES &&
	       !ev_uefi_variable_is(v, variables[i].guid, variables[i].name))
		i++;
	return (enum variable)i;
}

static void note_variable(struct reading *r, const struct measured *m,
			  enum variable i, struct ev_span value)
{
	if (r->seen[i]++ > 0)
		doubt(r, "event %" PRIu64 " is a second variable %s",
		      m->e->number, variables[i].name);
	r->value[i] = value;
	if (i != SECURE_BOOT)
		return;
	r->out->event = m->e->number;
	r->out->offset = m->e->offset;
	r->out->size = m->e->size;
}

static bool take_variable(struct reading *r, const struct measured *m)
{
	struct ev_uefi_variable v;
	enum variable i;
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
	else if (r->n_separators > 0 && (r->set == RP_PCRS || i < N_VARIABLES))
		doubt_event(r, m, "is a variable behind the separator");
	else if (i < N_VARIABLES)
		note_variable(r, m, i, v.data);
	return true;
}

static bool take_authority(struct reading *r, const struct measured *m)
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

static bool take_spdm(struct reading *r, const struct measured *m)
{
	struct ev_uefi_variable v;

	parse_variable(r, m, &v);
	return true;
}

/* MR 1 is PCR 1 as well: configuration and tables, which no log holds. */
static bool take_other(struct reading *r, const struct measured *m)
{
	if (r->set == RP_PCRS && !m->bound)
		doubt_event(r, m, "has a digest that nothing explains");
	if (r->set == RP_PCRS && r->foreign == 0)
		r->foreign = m->e->number;
	return true;
}

static const struct handler {
	uint32_t type;
	bool (*take)(struct reading *r, const struct measured *m);
} handlers[] = {
	{ EV_TCG_SEPARATOR, take_separator },
	{ EV_TYPE_EFI_ACTION, take_action },
	{ EV_TYPE_VARIABLE_CONFIG, take_variable },
	{ EV_TYPE_AUTHORITY, take_authority },
	{ EV_TYPE_SPDM_POLICY, take_spdm },
	{ EV_TYPE_SPDM_AUTHORITY, take_spdm },
};

static bool take_by_type(struct reading *r, const struct measured *m)
{
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (handlers[i].type == m->e->type)
			return handlers[i].take(r, m);
	return take_other(r, m);
}

/* --- the register --- */

static enum known known_of(const struct reading *r, struct ev_span digest)
{
	unsigned int i = 0;

	while (i < N_KNOWN &&
	       !ev_span_eq(digest, ev_span_of(r->known[i], digest.n)))
		i++;
	return (enum known)i;
}

/* BootOrder of MR 1 may be 1 and 0, which are the bytes of an error. */
static bool is_separator(const struct reading *r, const struct measured *m)
{
	return m->known == KNOWN_ZEROS || m->known == KNOWN_ONES ||
	       (m->known == KNOWN_ERROR && r->set == RP_PCRS);
}

static void doubt_hidden(struct reading *r, const struct measured *m)
{
	if (is_separator(r, m) && m->e->type != EV_TCG_SEPARATOR)
		doubt_event(r, m, "is a separator under another type");
	else if (m->known >= KNOWN_OFF && m->known <= KNOWN_EMPTY &&
		 m->e->type != EV_TYPE_VARIABLE_CONFIG)
		doubt_event(r, m,
			    "is the variable SecureBoot under another "
			    "type");
}

static bool take(struct reading *r, const struct ev_tcg_log *log,
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

/* Of the register of boot applications: PCR 4, or MR 2. */
static void count_image(struct reading *r, const struct ev_tcg_event *e)
{
	static const uint32_t applications[] = { [RP_PCRS] = 4, [RP_MRS] = 2 };

	r->n_images += e->type == EV_TYPE_APPLICATION &&
		       e->index == applications[r->set];
}

/* --- the answer --- */

static void doubt_enabled(struct reading *r)
{
	static const enum variable needed[] = { PK, KEK, DB };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (r->seen[needed[i]] == 0)
			doubt(r, "SecureBoot is 1 without a variable %s",
			      variables[needed[i]].name);
		else if (r->value[needed[i]].n == 0)
			doubt(r, "SecureBoot is 1 with an empty %s",
			      variables[needed[i]].name);
	}
	if (r->debug > 0)
		doubt(r, "event %" PRIu64 " is of UEFI's debug mode", r->debug);
	if (r->foreign > 0)
		doubt(r, "event %" PRIu64 " is of a type that PCR 7 has not",
		      r->foreign);
	if (r->n_images > 0 && r->out->n_authorities == 0)
		doubt(r, "images were started, and none by an authority");
}

static void doubt_register(struct reading *r)
{
	if (r->n_separators == 0)
		doubt(r, "no separator ends what firmware measured");
	if (r->seen[SECURE_BOOT] == 0)
		doubt(r, "no variable SecureBoot before the separator");
	else if (r->value[SECURE_BOOT].n > 1 ||
		 (r->value[SECURE_BOOT].n == 1 &&
		  r->value[SECURE_BOOT].p[0] > 1))
		doubt(r, "the variable SecureBoot is neither 0 nor 1");
}

static void conclude(struct reading *r)
{
	const struct ev_span value = r->value[SECURE_BOOT];
	struct rp_secure_boot *out = r->out;
	bool on = value.n == 1 && value.p[0] == 1;

	doubt_register(r);
	if (on)
		doubt_enabled(r);
	if (out->why[0] != '\0')
		return;
	out->state = on ? RP_SECURE_BOOT_ENABLED : RP_SECURE_BOOT_DISABLED;
	snprintf(out->why, sizeof(out->why), "%s",
		 on	       ? "SecureBoot is 1, with PK, KEK and db"
		 : value.n > 0 ? "SecureBoot is 0"
			       : "SecureBoot is there and empty");
}

bool rp_secure_boot_read(struct ev_crypto *crypto, struct ev_tcg_log *log,
			 enum rp_register_set set, size_t bank,
			 struct rp_secure_boot *out)
{
	struct reading r = { .crypto = crypto,
			     .set = set,
			     .bank = bank,
			     .agile = log->agile,
			     .out = out };
	struct ev_tcg_event e;

	*out = (struct rp_secure_boot){ .state = RP_SECURE_BOOT_UNKNOWN };
	if (!ev_tpm_digest_alg(log->bank[bank].alg, &r.alg) ||
	    !ev_digest_has(crypto, r.alg)) {
		doubt(&r, "no algorithm for this bank");
		return true;
	}
	for (size_t i = 0; i < N_KNOWN; i++)
		if (!ev_digest(crypto, r.alg,
			       ev_span_of(known_data[i].bytes, known_data[i].n),
			       r.known[i]))
			return false;
	while (ev_tcg_log_next(log, &e)) {
		count_image(&r, &e);
		if (e.type != EV_TCG_NO_ACTION &&
		    e.index == rp_secure_boot_register(set) &&
		    !take(&r, log, &e))
			return false;
	}
	conclude(&r);
	return true;
}

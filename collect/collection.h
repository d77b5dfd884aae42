/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of collect: its options, where the machine's parts are, the
 * session that binds the items, what was gathered, and what each source came
 * to.  Sources (src_*.c) see this and nothing else.
 */
#ifndef CO_COLLECTION_H
#define CO_COLLECTION_H

#include "collect/gathering.h"
#include "collect/http.h"
#include "collect/journal.h"
#include "collect/machine.h"
#include "collect/root.h"
#include "collect/sources.h"
#include "collect/tpm.h"
#include "evidence/session.h"

#define CO_COLLATERAL_FROM_MAX 8

/* As the command line gave them; text is borrowed. */
struct co_options {
	const char *root;	  /* --root, or NULL */
	const char *user;	  /* --user, or NULL */
	struct ev_span challenge; /* --nonce */
	const char *maa, *bearer_file, *ita, *ita_key_file;
	const char *collateral_from[CO_COLLATERAL_FROM_MAX];
	size_t n_collateral_from;
	bool no_collateral, hindsight, read_only, with_instance, minimal;
	bool salted, sandwich;
	const char *ca_file;
	const char *tcti;
	unsigned int tpm_number;
	bool has_ak;
	uint32_t ak;		   /* --ak HANDLE */
	struct ev_span owner_auth; /* --owner-auth-file, read */
	const char *tpm2_tools, *qgs;
	unsigned int timeout_s;	   /* 0: each source's own */
	const char *poc;	   /* --poc HOST[:PORT], or NULL */
	unsigned int poc_tries;	   /* --poc-tries N; 0: as many as usual */
	const char *poc_registry;  /* --poc-registry URL, or NULL */
	const char *source, *skip; /* comma-separated names, or NULL */
};

/* A binding of the manifest: which nonce went into which item. */
struct co_bound {
	const char *use; /* static: "hcl", "tpm-quote", ... */
	unsigned int round;
	size_t item; /* index in the gathering */
	bool is_try; /* one of several nonces of the item: */
	uint32_t index;
	size_t *after; /* owned: the items that T covers, in order */
	size_t n_after;
};

struct co_collection {
	struct co_options options;
	struct ev_crypto *crypto;
	struct co_root root;
	struct co_tpm tpm;
	struct co_machine machine;
	struct co_journal journal;
	struct co_http *http;	 /* NULL until the first question */
	uint32_t silent_origins; /* of collateral, a bit each: no answer */
	struct co_gathering items;
	struct co_bound *bound; /* owned */
	size_t n_bound, bound_room;
	struct co_step *steps; /* owned, in table order */
	size_t n_steps;
	size_t n_missing; /* required ones that did not come to CO_OK */
	int64_t started, ended;
	/* The session: made by the source host, empty with read_only. */
	bool has_session;
	struct ev_buffer session;
	uint8_t session_root[EV_SESSION_ROOT_SIZE];
	size_t session_item;
	const struct co_source *source; /* that is being asked */
	char detail[CO_DETAIL_TEXT];	/* what it says of its items */
};

/*
 * Opens the root, and becomes --user.  False is trouble or a usage error
 * (status is then 5 or 3 of the exit statuses); why is one line.  Close in
 * any case.
 */
bool co_collection_open(struct co_collection *c,
			const struct co_options *options, int *status,
			char why[CO_WHY_TEXT]);
/* Finds the machine's parts; false is trouble.  An absent TPM is none. */
bool co_collection_look(struct co_collection *c, char why[CO_WHY_TEXT]);
void co_collection_close(struct co_collection *c);

/* Asks every source of the table that is wanted here, in order.  False where
 * a signal stopped it or memory ran out. */
bool co_collection_run(struct co_collection *c);

/* Whether this run will ask the source, and if not, why not (a reason of the
 * manifest's steps). */
enum co_wanted co_collection_wanted(const struct co_collection *c,
				    const struct co_source *source,
				    const char **reason);

/* Milliseconds that one attempt of the source may take. */
unsigned int co_limit_ms(const struct co_collection *c);

/* One more attempt of the source begins, and with it the time of its reads
 * below the root; the first has begun when the source is asked. */
void co_begin_try(struct co_collection *c);

/*
 * Hands over one item of the source that is being asked; it is logged and
 * gets its path.  False is trouble (memory) or a piece that no archive takes;
 * why says which.
 */
bool co_collected(struct co_collection *c, const struct co_item *item,
		  size_t *index, char why[CO_WHY_TEXT]);

/* Items of some kinds, and with --salted all, have a salt beside them, so
 * that their digest in the quote's nonce gives nothing away when they are
 * withheld later (ecart-archive(5), redactions). */
bool co_is_salt(const struct co_collection *c, size_t item);
struct ev_span co_salt_of(const struct co_collection *c, size_t item);

/* An item from an HTTP reply: the body as `kind` and, as an item of its own,
 * the headers.  hint and detail may be NULL. */
bool co_collected_reply(struct co_collection *c, const char *kind,
			const char *hint, const char *detail, const char *url,
			const struct co_http_reply *reply, size_t *index,
			char why[CO_WHY_TEXT]);

/* Notes that the nonce of `use` is in this item; T, where the use is
 * "tpm-quote", is all items before it. */
bool co_bind(struct co_collection *c, const char *use, unsigned int round,
	     size_t item, size_t n_after);

/* That of try number index of a record of round trips. */
bool co_bind_try(struct co_collection *c, size_t item, uint32_t index);

/* The client, loaded when first asked for; NULL has written why. */
struct co_http *co_collection_http(struct co_collection *c,
				   char why[CO_WHY_TEXT]);

/* What a person is told beside the source's name: "quote v4, TDX". */
void co_detail(struct co_collection *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes a line to why and gives the outcome, for the ends of sources. */
enum co_outcome co_absent(char why[CO_WHY_TEXT], const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum co_outcome co_failed(char why[CO_WHY_TEXT], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether a comma-separated list of sources, or NULL, holds the name. */
bool co_named(const char *list, const char *name);

#endif

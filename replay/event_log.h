/* SPDX-License-Identifier: Apache-2.0 */
/* A log of a case: read once, and what it extends into registers. */
#ifndef RP_EVENT_LOG_H
#define RP_EVENT_LOG_H

#include "evidence/ccel_table.h"
#include "evidence/cel_tlv.h"
#include "evidence/ima_log.h"
#include "evidence/systemd_log.h"
#include "replay/case.h"
#include "replay/events.h"
#include "replay/registers.h"

enum rp_log_form {
	RP_LOG_TCG,	/* firmware's, of PCRs */
	RP_LOG_CCEL,	/* firmware's, of measurement registers */
	RP_LOG_SYSTEMD, /* the three that follow firmware's: */
	RP_LOG_CEL,
	RP_LOG_IMA,
	RP_N_LOG_FORMS,
};

/* An entry that is not what it says. */
struct rp_bad_entry {
	uint64_t n; /* how many; the rest is the first one's */
	uint64_t number, offset, size;
	const char *why; /* static */
};

/* IMA's entry "boot_aggregate", which the kernel makes first; n 0: none. */
struct rp_aggregate {
	uint64_t n;	       /* how many: one more after each kexec */
	uint64_t offset, size; /* of the first one's entry */
	struct ev_span algo, digest;
};

struct rp_log {
	enum rp_log_form form;
	struct rp_parsed parsed; /* of its beginning */
	uint64_t n_entries;
	uint64_t end; /* offset at which it ends */
	bool cut;     /* at an entry that cannot be read */
	/* Every quote has another log of the form; see log_choice.h. */
	bool left_out;
	struct ev_error refusal;
	struct rp_remarks remarks;
	/* Firmware's: read to its end, and the registers after it. */
	struct ev_tcg_log tcg;
	struct rp_registers registers;
	struct rp_events events;
	/* The others': their entries of each register, by set. */
	uint64_t n_in[2][RP_REGISTERS_MAX];
	struct rp_bad_entry bad;
	/* By register, a bit a bank (enum ev_digest_alg): its entries were
	 * once extended behind firmware's. */
	uint8_t followed[RP_REGISTERS_MAX];
	/* IMA's: read to its end. */
	struct ev_ima_log ima;
	uint64_t n_violations;
	struct ev_span template_name; /* of the first entry */
	struct rp_aggregate aggregate;
};

/* "crypto-agile": what facts.events calls the log. */
const char *rp_log_format_word(const struct rp_log *log);

bool rp_is_log(const struct ev_kind *kind);
/* Of PCRs or of measurement registers, in the container of tcg_log.h. */
bool rp_log_is_firmware(const struct rp_log *log);

/* Of case.c: the item's subject, none where there are EV_LOGS_MAX already.
 * EV_TROUBLE or EV_OK. */
enum ev_code rp_log_parse(struct rp_case *c, const struct rp_item *item);

/*
 * Whether the digests of an entry are of what it says: every one of systemd's
 * of its text, those of a canonical record whose algorithm is ours of its
 * content, the hash that IMA stored of its data; with none it is false.
 * False is trouble, with nothing in *good.
 */
bool rp_systemd_digests_are(struct ev_crypto *crypto,
			    const struct ev_systemd_record *r, bool *good);
bool rp_cel_digests_are(struct ev_crypto *crypto, const struct ev_cel_record *r,
			bool *good);
bool rp_ima_hash_is(struct ev_crypto *crypto, const struct ev_ima_entry *e,
		    enum ev_digest_alg alg, bool *good);

/* Of case.c: the ACPI table that says where firmware's log is. */
struct rp_ccel_table {
	struct rp_parsed parsed;
	struct ev_ccel_table table;
};
enum ev_code rp_ccel_table_parse(struct rp_case *c, const struct rp_item *item);

/* Opens a log of firmware that was read, from its beginning. */
void rp_log_open_firmware(const struct rp_log *log, struct ev_tcg_log *out);

/* Opens a log of IMA that was read, from its beginning. */
void rp_log_open_ima(const struct rp_log *log, struct ev_ima_log *out);

#endif

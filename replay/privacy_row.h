/* SPDX-License-Identifier: Apache-2.0 */
/* One row of the table of privacy.c, and who finds what rows speak of. */
#ifndef RP_PRIVACY_ROW_H
#define RP_PRIVACY_ROW_H

#include "evidence/base/error.h"
#include "replay/trace.h"

/* The longest way and the NULL behind it. */
#define RP_PRIVACY_PATH_MAX 8

/* Fields of a certificate that is no CA's. */
enum rp_cert_field {
	RP_CERT_SERIAL,
	RP_CERT_SUBJECT,
	RP_CERT_HOST, /* 1.3.6.1.4.1.311.21.20: who asked for it */
	RP_CERT_CHIP, /* hwID of AMD's VCEK */
	RP_CERT_PPID, /* the next three: of Intel's extension */
	RP_CERT_FMSPC,
	RP_CERT_INSTANCE, /* platform instance id */
	RP_N_CERT_FIELDS,
};

/* What the data of a boot's events hold. */
enum rp_log_part { RP_LOG_DEVICES, RP_LOG_DISKS, RP_LOG_KEYS };

struct rp_privacy_row {
	const char *kind;
	const char *what; /* NULL: nothing of this kind names anybody */
	/* Appends each place of it in an item, whose bytes are what layer
	 * begins with; err where the item cannot be read. */
	void (*find)(const struct rp_privacy_row *row, struct ev_span item,
		     const struct rp_trace *as, struct rp_traces *out,
		     struct ev_error *err);
	const char *withhold;
	/* A way through JSON: names of members, "*" for each element of an
	 * array, "=KID" for each that has this "kid"; or the one name that the
	 * finder speaks of. */
	const char *path[RP_PRIVACY_PATH_MAX];
	enum rp_cert_field field;
	enum rp_log_part part;
};

typedef void rp_privacy_find(const struct rp_privacy_row *row,
			     struct ev_span item, const struct rp_trace *as,
			     struct rp_traces *out, struct ev_error *err);

/* What the path leads to: in the item as it is, in the claims of a paravisor's
 * report, in the signed content of an attested document, in a token's
 * payload.  rp_find_notes says how many texts it leads to, and the first. */
rp_privacy_find rp_find_json, rp_find_notes, rp_find_hcl_json, rp_find_imds,
	rp_find_jwt;

/* The field of each certificate that is no CA's. */
rp_privacy_find rp_find_cert_der, rp_find_cert_pem, rp_find_quote_cert;

rp_privacy_find rp_find_quote_user_data, rp_find_quote_ppid, rp_find_hcl_chip,
	rp_find_snp_chip, rp_find_tpm_signer, rp_find_tpm_key;

/* The value of the header; the item. */
rp_privacy_find rp_find_header, rp_find_whole;

/* How many paths are in an IMA log; the buffers in it of that name; command
 * lines in a boot log; how many events of it hold the part; what Confidential
 * Space measured, by the name of its type; what systemd measured, likewise. */
rp_privacy_find rp_find_ima_ascii, rp_find_ima_binary, rp_find_ima_buffer,
	rp_find_log_command, rp_find_log_part, rp_find_cos, rp_find_systemd;

#endif

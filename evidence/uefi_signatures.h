/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of signatures (UEFI 2.10, 32.4.1, EFI_SIGNATURE_LIST, little-endian):
 * the contents of PK, KEK, db, dbx and of shim's lists, one entry after the
 * other over all lists to the end of the bytes.
 */
#ifndef EV_UEFI_SIGNATURES_H
#define EV_UEFI_SIGNATURES_H

#include "evidence/base/json_write.h"
#include "evidence/base/reader.h"

enum ev_signature_form {
	EV_SIGNATURE_OTHER, /* of a type that is not read here */
	EV_SIGNATURE_CERT,  /* X.509, DER */
	EV_SIGNATURE_SHA256,
};

struct ev_uefi_signature {
	enum ev_signature_form form;
	struct ev_span type;  /* GUID of the list */
	struct ev_span owner; /* GUID; empty where there is none */
	struct ev_span data;
	uint64_t offset; /* of owner, or of data where there is none */
};

/* Where the reading stands. */
struct ev_uefi_signatures {
	struct ev_reader r;
	struct ev_reader entries; /* of the list that is open */
	struct ev_span type;
	uint32_t size; /* of an entry, owner included */
};

struct ev_uefi_signatures ev_uefi_signatures_open(struct ev_span lists,
						  uint64_t base,
						  struct ev_error *err);

/* The next entry; false at the end and where err holds a refusal: a list or
 * an entry that does not fit, or an entry of 16 bytes or less. */
bool ev_uefi_signatures_next(struct ev_uefi_signatures *list,
			     struct ev_uefi_signature *out);

/* What an authority event holds (TCG-PFP, 3.3.4): owner and certificate or
 * digest; older shims leave the owner away. */
struct ev_uefi_signature ev_uefi_signature_of_authority(struct ev_span data,
							uint64_t base);

/* Appends the subject of a certificate, a digest as hex, or "N bytes". */
void ev_uefi_signature_describe(const struct ev_uefi_signature *s,
				struct ev_buffer *out);

/* As an object of the array that is open, or the member of that name. */
void ev_uefi_signature_write(struct ev_writer *w, const char *name,
			     const struct ev_uefi_signature *s);

/* All of them: member "signatures", and "refused". */
void ev_uefi_signatures_write(struct ev_writer *w, struct ev_span lists,
			      uint64_t base);

/* "2 certificates (CN=..., CN=...), 267 digests" */
void ev_uefi_signatures_describe(struct ev_span lists, struct ev_buffer *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a document says of a launch measurement, who says it, and whether it
 * is what was recomputed: one shape for manifests, ID blocks, launch
 * endorsements and identity documents, as reports print it.  A statement that
 * agrees says no more than its signature does: an unsigned one is the image's
 * own word on itself.
 */
#ifndef AU_STATEMENT_H
#define AU_STATEMENT_H

#include "audit/corim/build_identity.h"
#include "audit/corim/corim.h"
#include "audit/corim/cose_signer.h"
#include "audit/corim/id_block.h"
#include "audit/corim/launch_endorsement.h"
#include "evidence/base/json_write.h"

#define AU_STATEMENTS_MAX 16
#define AU_STATEMENT_TEXT 160

enum au_statement_kind {
	AU_SAYS_CORIM,
	AU_SAYS_ID_BLOCK,
	AU_SAYS_ENDORSEMENT, /* Google's */
	AU_SAYS_IDENTITY,    /* igvmfilegen's */
};

enum au_agreement { AU_NOT_COMPARED, AU_AGREES, AU_CONTRADICTS };
/* "not-compared", "agrees", "contradicts" */
const char *au_agreement_name(enum au_agreement agreement);

struct au_statement {
	enum au_statement_kind kind;
	char name[AU_STATEMENT_TEXT]; /* the document's own of itself, or "" */
	const char *platform;	      /* "tdx"; NULL: of no launch */
	uint8_t value[48];
	size_t size;	 /* bytes of value; 0: it claims no one value */
	uint64_t offset; /* of the value in the item */
	bool has_svn;
	uint64_t svn;
	enum au_agreement agreement;
	char reason[AU_STATEMENT_TEXT]; /* what was compared, or why not */
	/* AU_UNSIGNED where there is no signature, or none is verified here;
	 * its reason says which. */
	struct au_signature signature;
	/* The document is none: nothing else is set but kind and reason. */
	struct ev_error refused;
};

struct au_statements {
	struct au_statement item[AU_STATEMENTS_MAX];
	size_t n; /* those beyond the limit are not kept */
	/* Platforms of the image that no statement is about: who endorses one
	 * launch says nothing of another. */
	const char *silent[AU_STATEMENTS_MAX];
	size_t n_silent;
};

/* A launch measurement that was recomputed. */
struct au_recomputed {
	const char *platform; /* "tdx" */
	struct ev_span value;
};

/*
 * Each appends what one document says and compares nothing yet.  A document
 * that is refused becomes a statement too; EV_OK, or EV_TROUBLE.
 */

/* A manifest, and the signature beside it (empty: none). */
struct au_signed_document {
	struct ev_span document, signature;
	uint64_t document_offset, signature_offset; /* in their item */
	enum au_cose_use use;
};
enum ev_code au_statement_corim(const struct au_signed_document *doc,
				const struct au_cose_trust *trust,
				struct ev_crypto *crypto,
				struct au_statements *out,
				struct ev_error *err);
enum ev_code au_statement_id_block(struct ev_span bytes, uint64_t offset,
				   struct au_statements *out,
				   struct ev_error *err);
enum ev_code au_statement_identity(struct ev_span text,
				   struct au_statements *out,
				   struct ev_error *err);

/* Compares each with the recomputed measurement of its platform.  Where
 * nothing was recomputed for that platform nothing is compared. */
void au_statements_compare(struct au_statements *list,
			   const struct au_recomputed *recomputed, size_t n);

/* What Google endorses, each measurement given against its list; a statement
 * for each, or one that is not compared. */
enum ev_code au_statement_endorsement(struct ev_span bytes,
				      const struct au_recomputed *recomputed,
				      size_t n, struct au_statements *out,
				      struct ev_error *err);

/*
 * 1 where one contradicts, is refused, or has a signature that does not hold;
 * 0 where each agrees and is signed up to a root that was given; else 2.
 */
int au_statements_status(const struct au_statements *list);

/* An array member of objects (ecart-audit(1), "Statements"). */
void au_statements_write(const struct au_statements *list, const char *name,
			 struct ev_writer *w);
/* Lines of at most 80 columns, each begun with indent (at most 8 blanks);
 * with `full` values are whole, however wide. */
void au_statements_print(const struct au_statements *list, const char *indent,
			 bool full, struct ev_buffer *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A launch measurement in the making, of any platform: operations are added
 * in order, each under a rule; a copy goes its own way from where it was
 * made.  One row a platform: mrtd.c, snp_digest.c, vbs_digest.c.
 */
#ifndef AU_MEASURING_H
#define AU_MEASURING_H

#include "audit/image/rule.h"
#include "evidence/base/digest.h"

struct au_measuring {
	const struct au_launch *launch; /* has a register */
	struct ev_crypto *crypto;
	struct ev_digest_stream *stream; /* TDX: the records so far */
	uint8_t value[AU_VALUE_MAX];	 /* SNP, VBS: the digest so far */
};

/* What a platform does; a function that is false met trouble. */
struct au_method {
	enum au_platform platform;
	bool (*add)(struct au_measuring *m, const struct au_operation *op,
		    const struct au_rule *rule);
	bool (*finish)(struct au_measuring *m, uint8_t *out);
	/* Whether both rules make the same of an operation. */
	bool (*alike)(const struct au_operation *op, const struct au_rule *a,
		      const struct au_rule *b);
};
extern const struct au_method au_mrtd, au_snp_digest, au_vbs_digest;

/* False: trouble, and nothing to free.  The launch must outlive it. */
bool au_measuring_begin(const struct au_launch *launch,
			struct ev_crypto *crypto, struct au_measuring *out);
bool au_measuring_copy(const struct au_measuring *m, struct au_measuring *out);
bool au_measuring_add(struct au_measuring *m, const struct au_operation *op,
		      const struct au_rule *rule);
/* out has the register's size. */
bool au_measuring_finish(struct au_measuring *m, uint8_t *out);
void au_measuring_free(struct au_measuring *m);

bool au_measuring_alike(const struct au_launch *launch,
			const struct au_operation *op, const struct au_rule *a,
			const struct au_rule *b);

#endif

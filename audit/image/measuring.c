/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring: the row of a platform, and what all rows share. */
#include "audit/image/measuring.h"

static const struct au_method *const methods[] = {
	[AU_TDX] = &au_mrtd,
	[AU_SNP] = &au_snp_digest,
	[AU_VBS] = &au_vbs_digest,
};

static const struct au_method *method_of(const struct au_launch *launch)
{
	assert(launch->reg != NULL);
	return methods[launch->reg->platform];
}

bool au_measuring_begin(const struct au_launch *launch,
			struct ev_crypto *crypto, struct au_measuring *out)
{
	*out = (struct au_measuring){ .launch = launch, .crypto = crypto };
	if (method_of(launch)->platform == AU_TDX)
		out->stream = ev_digest_begin(crypto, EV_SHA384);
	return method_of(launch)->platform != AU_TDX || out->stream != NULL;
}

bool au_measuring_copy(const struct au_measuring *m, struct au_measuring *out)
{
	*out = *m;
	out->stream = m->stream != NULL ? ev_digest_copy(m->stream) : NULL;
	return m->stream == NULL || out->stream != NULL;
}

bool au_measuring_add(struct au_measuring *m, const struct au_operation *op,
		      const struct au_rule *rule)
{
	return method_of(m->launch)->add(m, op, rule);
}

bool au_measuring_finish(struct au_measuring *m, uint8_t *out)
{
	return method_of(m->launch)->finish(m, out);
}

void au_measuring_free(struct au_measuring *m)
{
	ev_digest_free(m->stream);
	*m = (struct au_measuring){ 0 };
}

bool au_measuring_alike(const struct au_launch *launch,
			const struct au_operation *op, const struct au_rule *a,
			const struct au_rule *b)
{
	return method_of(launch)->alike(op, a, b);
}

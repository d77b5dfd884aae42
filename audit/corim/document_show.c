/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests and launch endorsements, shown whole. */
#include "audit/corim/document_show.h"

#include "evidence/base/hex.h"
#include "evidence/base/time.h"

#include <stdio.h>

#define TEXT_MAX 60 /* of a text from the document, in a line of 80 */

/* Bytes as hex, cut with dots where there is no room for all. */
static const char *hex_of(struct ev_span bytes, bool full, char out[161])
{
	size_t n = full ? 80 : 12;
	struct ev_span part = ev_span_sub(bytes, 0, bytes.n < n ? bytes.n : n);

	ev_hex_encode(part, out);
	if (bytes.n > n)
		snprintf(out + 2 * n - 3, 4, "...");
	return out;
}

static size_t kept(size_t n, size_t max)
{
	return n < max ? n : max;
}

static void write_bytes_or_text(struct ev_writer *w, const char *name,
				bool is_bytes, struct ev_span v)
{
	if (is_bytes)
		ev_write_hex(w, name, v);
	else
		ev_write_foreign(w, name, v);
}

static void write_digest(const struct au_corim_digest *d, struct ev_writer *w)
{
	const char *name = au_corim_alg_name(d->alg);

	ev_write_object(w, NULL);
	ev_write_str(w, "triple", d->endorsed ? "endorsed" : "reference");
	if (d->vendor.n > 0)
		ev_write_foreign(w, "vendor", d->vendor);
	if (d->model.n > 0)
		ev_write_foreign(w, "model", d->model);
	if (d->mkey.n > 0)
		ev_write_foreign(w, "mkey", d->mkey);
	/* Whatever 64 bits hold: a number of JSON holds less. */
	if (d->alg >= -65536 && d->alg <= 65535)
		ev_write_int(w, "alg", d->alg);
	if (name != NULL)
		ev_write_str(w, "algName", name);
	ev_write_hex(w, "value", d->value);
	ev_write_int(w, "offset", (int64_t)d->offset);
	ev_write_end(w);
}

void au_corim_write(const struct au_corim *c, struct ev_writer *w)
{
	ev_write_object(w, "corim");
	write_bytes_or_text(w, "id", c->id_is_uuid, c->id);
	if (c->profile.n > 0)
		write_bytes_or_text(
			w, c->profile_is_oid ? "profileOid" : "profile",
			c->profile_is_oid, c->profile);
	ev_write_bool(w, "launchMeasurement", c->is_launch_measurement);
	if (c->is_launch_measurement)
		ev_write_foreign(w, "tagId", c->launch.tag_id);
	ev_write_array(w, "tags");
	for (size_t i = 0; i < kept(c->n_tags, AU_CORIM_TAGS_MAX); i++) {
		const struct au_corim_tag *t = &c->tag[i];

		ev_write_object(w, NULL);
		ev_write_u64(w, "tag", t->number);
		if (au_corim_tag_name(t->number) != NULL)
			ev_write_str(w, "name", au_corim_tag_name(t->number));
		ev_write_int(w, "offset", (int64_t)t->offset);
		ev_write_int(w, "size", (int64_t)t->size);
		ev_write_end(w);
	}
	ev_write_end(w);
	ev_write_array(w, "digests");
	for (size_t i = 0; i < kept(c->n_digests, AU_CORIM_DIGESTS_MAX); i++)
		write_digest(&c->digest[i], w);
	ev_write_end(w);
	ev_write_int(w, "nTags", (int64_t)c->n_tags);
	ev_write_int(w, "nDigests", (int64_t)c->n_digests);
	ev_write_end(w);
}

static void put_text(struct ev_buffer *out, const char *label, bool is_bytes,
		     struct ev_span v, bool full)
{
	char text[TEXT_MAX], hex[161];

	ev_show(v, text, sizeof(text));
	ev_buffer_printf(out, "  %-9s %s\n", label,
			 is_bytes ? hex_of(v, full || v.n <= 16, hex) : text);
}

static void print_digest(const struct au_corim_digest *d, bool full,
			 struct ev_buffer *out)
{
	char hex[161], of[60], vendor[16], model[16], mkey[16], number[24];
	const char *name = au_corim_alg_name(d->alg);

	ev_show(d->vendor, vendor, sizeof(vendor));
	ev_show(d->model, model, sizeof(model));
	ev_show(d->mkey, mkey, sizeof(mkey));
	snprintf(of, sizeof(of), "%s%s%s%s%s%s", vendor,
		 d->vendor.n > 0 ? " " : "", model, d->model.n > 0 ? " " : "",
		 mkey, d->mkey.n > 0 ? " " : "");
	snprintf(number, sizeof(number), "alg %lld", (long long)d->alg);
	ev_buffer_printf(out, "  %-9s %.27s%.12s %s\n",
			 d->endorsed ? "endorsed" : "reference", of,
			 name != NULL ? name : number,
			 hex_of(d->value, full, hex));
}

void au_corim_print(const struct au_corim *c, bool full, struct ev_buffer *out)
{
	ev_buffer_add_str(out, "Manifest\n");
	put_text(out, "id", c->id_is_uuid, c->id, full);
	if (c->profile.n > 0)
		put_text(out, "profile", c->profile_is_oid, c->profile, full);
	for (size_t i = 0; i < kept(c->n_tags, AU_CORIM_TAGS_MAX); i++) {
		const char *name = au_corim_tag_name(c->tag[i].number);

		ev_buffer_printf(out, "  tag       %llu%s%s, %zu bytes\n",
				 (unsigned long long)c->tag[i].number,
				 name != NULL ? " " : "",
				 name != NULL ? name : "", c->tag[i].size);
	}
	for (size_t i = 0; i < kept(c->n_digests, AU_CORIM_DIGESTS_MAX); i++)
		print_digest(&c->digest[i], full, out);
	if (c->n_digests > AU_CORIM_DIGESTS_MAX)
		ev_buffer_printf(out, "  and       %zu digests more\n",
				 c->n_digests - AU_CORIM_DIGESTS_MAX);
}

static void write_snp(const struct au_launch_endorsement *e,
		      struct ev_writer *w)
{
	ev_write_object(w, "snp");
	ev_write_u64(w, "svn", e->snp_svn);
	ev_write_u64(w, "policy", e->snp_policy);
	if (e->snp_family.n > 0)
		ev_write_hex(w, "family", e->snp_family);
	if (e->snp_image.n > 0)
		ev_write_hex(w, "image", e->snp_image);
	ev_write_array(w, "measurements");
	for (size_t i = 0; i < e->n_snp; i++) {
		ev_write_object(w, NULL);
		ev_write_u64(w, "vmsas", e->snp[i].vmsas);
		ev_write_hex(w, "value", e->snp[i].measurement);
		ev_write_int(w, "offset", (int64_t)e->snp[i].offset);
		ev_write_end(w);
	}
	ev_write_end(w);
	ev_write_end(w);
}

static void write_tdx(const struct au_launch_endorsement *e,
		      struct ev_writer *w)
{
	ev_write_object(w, "tdx");
	ev_write_u64(w, "svn", e->tdx_svn);
	ev_write_array(w, "measurements");
	for (size_t i = 0; i < e->n_tdx; i++) {
		const struct au_endorsed_tdx *t = &e->tdx[i];

		ev_write_object(w, NULL);
		if (t->has_ram)
			ev_write_u64(w, "ramGib", t->ram_gib);
		ev_write_bool(w, "earlyAccept", t->early_accept);
		ev_write_hex(w, "value", t->mrtd);
		ev_write_int(w, "offset", (int64_t)t->offset);
		ev_write_end(w);
	}
	ev_write_end(w);
	ev_write_end(w);
}

static bool is_a_time(const struct au_launch_endorsement *e)
{
	return e->has_time && e->time <= (uint64_t)EV_TIME_MAX;
}

void au_launch_endorsement_write(const struct au_launch_endorsement *e,
				 struct ev_writer *w)
{
	ev_write_object(w, "launchEndorsement");
	if (is_a_time(e))
		ev_write_time(w, "time", (int64_t)e->time);
	ev_write_u64(w, "clSpec", e->cl_spec);
	ev_write_hex(w, "commit", e->commit);
	ev_write_hex(w, "firmwareSha384", e->digest);
	ev_write_int(w, "signatureSize", (int64_t)e->signature.n);
	ev_write_int(w, "certificateSize", (int64_t)e->cert.n);
	if (e->has_snp)
		write_snp(e, w);
	if (e->has_tdx)
		write_tdx(e, w);
	ev_write_int(w, "unknownFields", (int64_t)e->n_unknown);
	ev_write_end(w);
}

static void print_tdx(const struct au_endorsed_tdx *t, bool full,
		      struct ev_buffer *out)
{
	char hex[161], ram[40] = "any memory";

	if (t->has_ram)
		snprintf(ram, sizeof(ram), "%llu GiB",
			 (unsigned long long)t->ram_gib);
	ev_buffer_printf(out, "  tdx       %-12s %-6s %s\n", ram,
			 t->early_accept ? "early" : "",
			 hex_of(t->mrtd, full, hex));
}

void au_launch_endorsement_print(const struct au_launch_endorsement *e,
				 bool full, struct ev_buffer *out)
{
	char hex[161], when[EV_TIME_TEXT] = "none";

	if (is_a_time(e))
		ev_time_format((int64_t)e->time, when);
	ev_buffer_printf(out, "Launch endorsement\n  time      %s\n", when);
	ev_buffer_printf(out, "  change    %llu\n",
			 (unsigned long long)e->cl_spec);
	ev_buffer_printf(out, "  firmware  SHA-384 %s\n",
			 hex_of(e->digest, full, hex));
	for (size_t i = 0; i < e->n_tdx; i++)
		print_tdx(&e->tdx[i], full, out);
	for (size_t i = 0; i < e->n_snp; i++)
		ev_buffer_printf(out, "  snp       %-12llu VMSAs  %s\n",
				 (unsigned long long)e->snp[i].vmsas,
				 hex_of(e->snp[i].measurement, full, hex));
}

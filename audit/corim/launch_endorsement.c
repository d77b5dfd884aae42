/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of Google's launch endorsements. */
#include "audit/corim/launch_endorsement.h"

#include "audit/corim/protobuf.h"

static const char object[] = "launch endorsement";
static const char golden[] = "golden measurement";

/* A message being read: which of its fields stood there. */
struct message {
	struct ev_reader r;
	uint64_t seen; /* bit n: field n */
	struct au_launch_endorsement *e;
};

/* How a field of a message is taken; false is a refusal. */
struct rule {
	uint32_t number;
	enum au_wire wire;
	bool repeated;
	const char *name;
	bool (*take)(struct message *m, const struct au_protobuf_field *f);
};

static const struct rule *rule_of(const struct rule *rules, size_t n,
				  uint32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (rules[i].number == number)
			return &rules[i];
	return NULL;
}

static bool take_field(struct message *m, const struct rule *rule,
		       const struct au_protobuf_field *f)
{
	uint64_t bit = UINT64_C(1) << rule->number;

	if (!au_protobuf_is(&m->r, f, rule->wire, rule->name))
		return false;
	if (!rule->repeated && (m->seen & bit) != 0) {
		ev_fail(m->r.err, EV_DUPLICATE, m->r.object, rule->name,
			f->offset, "once", "twice");
		return false;
	}
	m->seen |= bit;
	return rule->take(m, f) && ev_reader_ok(&m->r);
}

static bool read_message(struct message *m, const struct rule *rules, size_t n)
{
	struct au_protobuf_field f;

	while (au_protobuf_next(&m->r, &f)) {
		const struct rule *rule = rule_of(rules, n, f.number);

		if (rule == NULL)
			m->e->n_unknown++;
		else if (!take_field(m, rule, &f))
			return false;
	}
	return ev_reader_ok(&m->r);
}

static struct message enter(struct message *outer,
			    const struct au_protobuf_field *f, const char *name)
{
	return (struct message){ .r = ev_reader_init(f->bytes, f->offset, name,
						     outer->r.err),
				 .e = outer->e };
}

#define READ(m, rules) read_message(m, rules, sizeof(rules) / sizeof(*(rules)))

/* Bytes of exactly n, or a refusal. */
static bool take_sized(struct message *m, const struct au_protobuf_field *f,
		       size_t n, const char *name, struct ev_span *out)
{
	if (f->bytes.n != n) {
		ev_fail_u64(m->r.err, EV_VALUE, m->r.object, name, f->offset, n,
			    f->bytes.n);
		return false;
	}
	*out = f->bytes;
	return true;
}

static bool take_seconds(struct message *m, const struct au_protobuf_field *f)
{
	m->e->has_time = true;
	m->e->time = f->value;
	return true;
}

static bool take_timestamp(struct message *m, const struct au_protobuf_field *f)
{
	static const struct rule rules[] = {
		{ 1, AU_WIRE_VARINT, false, "seconds", take_seconds },
	};
	struct message inner = enter(m, f, "timestamp");

	return READ(&inner, rules);
}

static bool take_cl_spec(struct message *m, const struct au_protobuf_field *f)
{
	m->e->cl_spec = f->value;
	return true;
}

static bool take_commit(struct message *m, const struct au_protobuf_field *f)
{
	m->e->commit = f->bytes;
	return true;
}

static bool take_cert(struct message *m, const struct au_protobuf_field *f)
{
	m->e->cert = f->bytes;
	return true;
}

static bool take_digest(struct message *m, const struct au_protobuf_field *f)
{
	return take_sized(m, f, AU_ENDORSED_SIZE, "digest", &m->e->digest);
}

static bool take_bundle(struct message *m, const struct au_protobuf_field *f)
{
	m->e->ca_bundle = f->bytes;
	return true;
}

/* An entry of a list that has room. */
static bool has_room(struct message *m, size_t n,
		     const struct au_protobuf_field *f)
{
	if (n == AU_ENDORSED_MAX)
		ev_fail_u64(m->r.err, EV_LIMIT, m->r.object, "measurements",
			    f->offset, AU_ENDORSED_MAX, n + 1);
	return n < AU_ENDORSED_MAX;
}

static bool take_vmsas(struct message *m, const struct au_protobuf_field *f)
{
	m->e->snp[m->e->n_snp].vmsas = f->value;
	return true;
}

static bool take_snp_value(struct message *m, const struct au_protobuf_field *f)
{
	struct au_endorsed_snp *entry = &m->e->snp[m->e->n_snp];

	entry->offset = f->offset;
	return take_sized(m, f, AU_ENDORSED_SIZE, "measurement",
			  &entry->measurement);
}

/* An entry of a map is a message of key and value. */
static bool take_snp_entry(struct message *m, const struct au_protobuf_field *f)
{
	static const struct rule rules[] = {
		{ 1, AU_WIRE_VARINT, false, "vmsas", take_vmsas },
		{ 2, AU_WIRE_BYTES, false, "measurement", take_snp_value },
	};
	struct message inner = enter(m, f, "sev_snp.measurements");

	if (!has_room(m, m->e->n_snp, f) || !READ(&inner, rules))
		return false;
	if (m->e->snp[m->e->n_snp].measurement.n == 0)
		ev_fail(m->r.err, EV_MISSING, inner.r.object, "measurement",
			f->offset, "a measurement", "none");
	m->e->n_snp++;
	return ev_reader_ok(&m->r);
}

static bool take_snp_svn(struct message *m, const struct au_protobuf_field *f)
{
	m->e->snp_svn = f->value;
	return true;
}

static bool take_family(struct message *m, const struct au_protobuf_field *f)
{
	return take_sized(m, f, 16, "family_id", &m->e->snp_family);
}

static bool take_image(struct message *m, const struct au_protobuf_field *f)
{
	return take_sized(m, f, 16, "image_id", &m->e->snp_image);
}

static bool take_policy(struct message *m, const struct au_protobuf_field *f)
{
	m->e->snp_policy = f->value;
	return true;
}

static bool take_snp(struct message *m, const struct au_protobuf_field *f)
{
	static const struct rule rules[] = {
		{ 1, AU_WIRE_VARINT, false, "svn", take_snp_svn },
		{ 2, AU_WIRE_BYTES, true, "measurements", take_snp_entry },
		{ 3, AU_WIRE_BYTES, false, "family_id", take_family },
		{ 4, AU_WIRE_BYTES, false, "image_id", take_image },
		{ 5, AU_WIRE_VARINT, false, "policy", take_policy },
	};
	struct message inner = enter(m, f, "sev_snp");

	m->e->has_snp = true;
	return READ(&inner, rules);
}

static bool take_ram(struct message *m, const struct au_protobuf_field *f)
{
	m->e->tdx[m->e->n_tdx].has_ram = true;
	m->e->tdx[m->e->n_tdx].ram_gib = f->value;
	return true;
}

static bool take_early(struct message *m, const struct au_protobuf_field *f)
{
	m->e->tdx[m->e->n_tdx].early_accept = f->value != 0;
	return true;
}

static bool take_mrtd(struct message *m, const struct au_protobuf_field *f)
{
	struct au_endorsed_tdx *entry = &m->e->tdx[m->e->n_tdx];

	entry->offset = f->offset;
	return take_sized(m, f, AU_ENDORSED_SIZE, "mrtd", &entry->mrtd);
}

static bool take_tdx_entry(struct message *m, const struct au_protobuf_field *f)
{
	static const struct rule rules[] = {
		{ 1, AU_WIRE_VARINT, false, "ram_gib", take_ram },
		{ 2, AU_WIRE_VARINT, false, "early_accept", take_early },
		{ 3, AU_WIRE_BYTES, false, "mrtd", take_mrtd },
	};
	struct message inner = enter(m, f, "tdx.measurements");

	if (!has_room(m, m->e->n_tdx, f) || !READ(&inner, rules))
		return false;
	if (m->e->tdx[m->e->n_tdx].mrtd.n == 0)
		ev_fail(m->r.err, EV_MISSING, inner.r.object, "mrtd", f->offset,
			"a measurement", "none");
	m->e->n_tdx++;
	return ev_reader_ok(&m->r);
}

static bool take_tdx_svn(struct message *m, const struct au_protobuf_field *f)
{
	m->e->tdx_svn = f->value;
	return true;
}

static bool take_tdx(struct message *m, const struct au_protobuf_field *f)
{
	static const struct rule rules[] = {
		{ 1, AU_WIRE_VARINT, false, "svn", take_tdx_svn },
		{ 2, AU_WIRE_BYTES, true, "measurements", take_tdx_entry },
	};
	struct message inner = enter(m, f, "tdx");

	m->e->has_tdx = true;
	return READ(&inner, rules);
}

static bool take_golden(struct message *m, const struct au_protobuf_field *f)
{
	static const struct rule rules[] = {
		{ 1, AU_WIRE_BYTES, false, "timestamp", take_timestamp },
		{ 2, AU_WIRE_VARINT, false, "cl_spec", take_cl_spec },
		{ 3, AU_WIRE_BYTES, false, "commit", take_commit },
		{ 4, AU_WIRE_BYTES, false, "cert", take_cert },
		{ 5, AU_WIRE_BYTES, false, "digest", take_digest },
		{ 6, AU_WIRE_BYTES, false, "ca_bundle", take_bundle },
		{ 7, AU_WIRE_BYTES, false, "sev_snp", take_snp },
		{ 8, AU_WIRE_BYTES, false, "tdx", take_tdx },
	};
	struct message inner = enter(m, f, golden);

	m->e->golden = f->bytes;
	if (!READ(&inner, rules))
		return false;
	if (m->e->digest.n == 0)
		ev_fail(m->r.err, EV_MISSING, golden, "digest", f->offset,
			"a digest of the firmware", "none");
	return ev_reader_ok(&m->r);
}

static bool take_signature(struct message *m, const struct au_protobuf_field *f)
{
	m->e->signature = f->bytes;
	return true;
}

enum ev_code au_launch_endorsement_parse(struct ev_span bytes, uint64_t base,
					 struct au_launch_endorsement *out,
					 struct ev_error *err)
{
	static const struct rule rules[] = {
		{ 1, AU_WIRE_BYTES, false, golden, take_golden },
		{ 2, AU_WIRE_BYTES, false, "signature", take_signature },
	};
	struct message m = { .r = ev_reader_init(bytes, base, object, err),
			     .e = out };

	memset(out, 0, sizeof(*out));
	if (!READ(&m, rules))
		return err->code;
	if (out->golden.n == 0 || out->signature.n == 0)
		return ev_fail(err, EV_MISSING, object,
			       out->golden.n == 0 ? golden : "signature", base,
			       "fields 1 and 2", "one of them or none");
	return EV_OK;
}

int au_endorsed_tdx_find(const struct au_launch_endorsement *e,
			 struct ev_span mrtd, int from)
{
	for (size_t i = (size_t)from; i < e->n_tdx; i++)
		if (ev_span_eq(e->tdx[i].mrtd, mrtd))
			return (int)i;
	return -1;
}

int au_endorsed_snp_find(const struct au_launch_endorsement *e,
			 struct ev_span measurement, int from)
{
	for (size_t i = (size_t)from; i < e->n_snp; i++)
		if (ev_span_eq(e->snp[i].measurement, measurement))
			return (int)i;
	return -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* systemd's log of its measurements, one record at a time. */
#include "evidence/systemd_log.h"

static const char object[] = "systemd-log.record";

#define RS   0x1e /* RFC 7464, 2.2: no JSON text has this byte inside */
#define PCRS 24

/* --- members --- */

static struct ev_span text_of(const json_t *v)
{
	if (!json_is_string(v))
		return (struct ev_span){ NULL, 0 };
	return ev_span_of(json_string_value(v), json_string_length(v));
}

static bool find_alg(struct ev_span name, enum ev_digest_alg *out)
{
	static const enum ev_digest_alg algs[] = { EV_SHA1, EV_SHA256,
						   EV_SHA384, EV_SHA512 };

	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
		if (!ev_span_eq(name, ev_span_str(ev_digest_name(algs[i]))))
			continue;
		*out = algs[i];
		return true;
	}
	return false;
}

/* One of an algorithm that is not ours is passed over. */
static void read_digest(const json_t *v, struct ev_systemd_record *out)
{
	struct ev_error *err = &out->refusal;
	struct ev_systemd_digest d;
	struct ev_span name;

	if (ev_json_get_str(v, object, "hashAlg", &name, err) != EV_OK ||
	    !find_alg(name, &d.alg))
		return;
	if (ev_json_get_hex(v, object, "digest", d.value, ev_digest_size(d.alg),
			    err) != EV_OK)
		return;
	for (size_t i = 0; i < out->n_digests; i++)
		if (out->digest[i].alg == d.alg)
			ev_fail_text(err, EV_DUPLICATE, object, "hashAlg", 0,
				     "each algorithm once", name);
	if (err->code == EV_OK)
		out->digest[out->n_digests++] = d;
}

static void read_digests(const json_t *v, struct ev_systemd_record *out)
{
	json_t *array;

	if (ev_json_get_array(v, object, "digests", EV_SYSTEMD_DIGESTS_MAX,
			      &array, &out->refusal) != EV_OK)
		return;
	for (size_t i = 0; i < json_array_size(array); i++)
		if (out->refusal.code == EV_OK)
			read_digest(json_array_get(array, i), out);
}

static void read_members(const json_t *v, struct ev_systemd_record *out)
{
	const json_t *content = json_object_get(v, "content");
	uint64_t pcr = 0;

	out->has_pcr = json_object_get(v, "pcr") != NULL;
	if (out->has_pcr && ev_json_get_u64(v, object, "pcr", PCRS - 1, &pcr,
					    &out->refusal) != EV_OK)
		return;
	out->pcr = (uint32_t)pcr;
	read_digests(v, out);
	out->content_type = text_of(json_object_get(v, "content_type"));
	out->event_type = text_of(json_object_get(content, "eventType"));
	out->string = text_of(json_object_get(content, "string"));
}

/* --- records --- */

static struct ev_span rest_of(const struct ev_systemd_log *log)
{
	return ev_span_sub(log->item, (size_t)log->at,
			   log->item.n - (size_t)log->at);
}

/* The text of a record: to the next 0x1E, or to the end. */
static struct ev_span take_text(struct ev_systemd_log *log)
{
	struct ev_span rest = rest_of(log), text;
	const uint8_t *end;

	text = ev_span_sub(rest, 1, rest.n - 1);
	end = text.n > 0 ? memchr(text.p, RS, text.n) : NULL;
	if (end != NULL)
		text.n = (size_t)(end - text.p);
	log->at += 1 + text.n;
	return text;
}

bool ev_systemd_log_next(struct ev_systemd_log *log,
			 struct ev_systemd_record *out)
{
	struct ev_span text;

	json_decref(log->record);
	log->record = NULL;
	if (log->ended || log->at == log->item.n) {
		log->ended = true;
		return false;
	}
	*out = (struct ev_systemd_record){ .offset = log->at };
	text = take_text(log);
	if (ev_json_parse(text, EV_SYSTEMD_RECORD_MAX, object, &log->record,
			  &out->refusal) == EV_OK)
		read_members(log->record, out);
	if (out->refusal.code == EV_TROUBLE) {
		log->ended = log->trouble = true;
		return false;
	}
	if (out->refusal.code != EV_OK) {
		out->refusal.offset += out->offset + 1;
		out->has_pcr = false;
		out->n_digests = 0;
	}
	out->number = ++log->n_records;
	out->size = log->at - out->offset;
	return true;
}

void ev_systemd_log_free(struct ev_systemd_log *log)
{
	json_decref(log->record);
	*log = (struct ev_systemd_log){ .ended = true };
}

enum ev_code ev_systemd_log_open(struct ev_span item,
				 struct ev_systemd_log *out,
				 struct ev_error *err)
{
	*out = (struct ev_systemd_log){ .item = item };
	if (item.n == 0)
		return ev_fail_u64(err, EV_TRUNCATED, object, "text", 0, 1, 0);
	if (item.p[0] != RS)
		return ev_fail_u64(err, EV_SYNTAX, object, "text", 0, RS,
				   item.p[0]);
	return EV_OK;
}

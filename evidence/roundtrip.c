/* SPDX-License-Identifier: Apache-2.0 */
/* The record of round trips, read strictly. */
#include "evidence/roundtrip.h"

#include "evidence/base/base64.h"

#include <stdlib.h>

static const char object[] = "roundtrip";

/* Fifty tries with their certificates are some 400 KiB. */
static const size_t RECORD_MAX = (size_t)64 << 20;

static enum ev_code get_text(const struct ev_node *obj, const char *name,
			     const char **out, struct ev_error *err)
{
	struct ev_span text;

	if (ev_node_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	*out = ev_node_text(ev_node_member(obj, name));
	return EV_OK;
}

/* Digits without a leading zero, that fit. */
static bool is_decimal(struct ev_span text, uint64_t *out)
{
	uint64_t v = 0;

	if (text.n == 0 || (text.p[0] == '0' && text.n > 1))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned int digit = (unsigned int)text.p[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, digit, &v))
			return false;
	}
	*out = v;
	return true;
}

/* A count of 64 bits, which the subset writes as text. */
static enum ev_code get_count(const struct ev_node *obj, const char *name,
			      uint64_t *out, struct ev_error *err)
{
	struct ev_span text;

	if (ev_node_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	if (!is_decimal(text, out))
		return ev_fail_text(err, EV_SYNTAX, object, name, 0,
				    "a decimal number of 64 bits", text);
	return EV_OK;
}

static enum ev_code get_reading(const struct ev_node *obj, const char *name,
				struct ev_reading *out, struct ev_error *err)
{
	const struct ev_node *v;

	if (ev_node_get_object(obj, object, name, &v, err) != EV_OK ||
	    get_count(v, "ns", &out->ns, err) != EV_OK)
		return err->code;
	return get_count(v, "counter", &out->counter, err);
}

static enum ev_code get_times(const struct ev_node *v, struct ev_try *one,
			      struct ev_error *err)
{
	if (get_reading(v, "start", &one->start, err) != EV_OK ||
	    get_reading(v, "end", &one->end, err) != EV_OK)
		return err->code;
	if (one->end.ns < one->start.ns ||
	    one->end.counter < one->start.counter)
		return ev_fail(err, EV_VALUE, object, "end", 0,
			       "a time that is not before the start",
			       "an earlier one");
	if (one->end.ns - one->start.ns > EV_ROUNDTRIP_NS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "end", 0,
				   EV_ROUNDTRIP_NS_MAX,
				   one->end.ns - one->start.ns);
	return EV_OK;
}

/* Decodes to *room, which is moved on. */
static enum ev_code get_flight(const struct ev_node *v, uint8_t **room,
			       struct ev_try *one, struct ev_error *err)
{
	struct ev_span message[EV_TLS_MESSAGES_MAX];
	const struct ev_node *list, *m;
	size_t n;

	if (ev_node_get_array(v, object, "messages", EV_TLS_MESSAGES_MAX, &list,
			      err) != EV_OK)
		return err->code;
	m = ev_node_inside(list);
	for (uint32_t i = 0; i < list->n; i++, m = ev_node_next(m)) {
		if (m->type != EV_NODE_STRING ||
		    !ev_base64_decode(EV_BASE64_STD, m->text, *room, &n))
			return ev_fail(err, EV_SYNTAX, object, "messages",
				       m->at, "base64", "another value");
		if (i == 0) {
			one->hello_at = m->at;
			one->hello_size = m->size;
		}
		message[i] = ev_span_of(*room, n);
		*room += n;
	}
	return ev_tls_flight_parse(message, list->n, &one->flight, err);
}

static enum ev_code parse_try(const struct ev_node *v, uint64_t index,
			      uint8_t **room, struct ev_try *one,
			      struct ev_error *err)
{
	uint64_t number;

	if (ev_node_get_u64(v, object, "index", UINT32_MAX, &number, err) !=
	    EV_OK)
		return err->code;
	if (number != index)
		return ev_fail_u64(err, EV_VALUE, object, "index", v->at, index,
				   number);
	if (ev_node_member(v, "failed") != NULL)
		return get_text(v, "failed", &one->failed, err);
	if (get_text(v, "peer", &one->peer, err) != EV_OK ||
	    get_times(v, one, err) != EV_OK ||
	    ev_node_get_u64(v, object, "tcpRttUs", UINT32_MAX, &one->tcp_rtt_us,
			    err) != EV_OK)
		return err->code;
	return get_flight(v, room, one, err);
}

static enum ev_code parse_tries(const struct ev_node *root,
				struct ev_roundtrip *r, struct ev_error *err)
{
	const struct ev_node *list, *v;
	uint8_t *room = r->storage;

	if (ev_node_get_array(root, object, "tries", EV_ROUNDTRIP_TRIES_MAX,
			      &list, err) != EV_OK)
		return err->code;
	r->tries = calloc(list->n + 1, sizeof(*r->tries));
	if (r->tries == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	r->n_tries = list->n;
	v = ev_node_inside(list);
	for (uint32_t i = 0; i < list->n; i++, v = ev_node_next(v)) {
		if (parse_try(v, i, &room, &r->tries[i], err) != EV_OK)
			return err->code;
		r->n_failed += r->tries[i].failed != NULL;
	}
	return EV_OK;
}

/* 0 is no port that anything can be asked at. */
static enum ev_code get_port(const struct ev_node *root, uint64_t *out,
			     struct ev_error *err)
{
	if (ev_node_get_u64(root, object, "port", UINT16_MAX, out, err) ==
		    EV_OK &&
	    *out == 0)
		return ev_fail(err, EV_VALUE, object, "port",
			       ev_node_member(root, "port")->at, "1 to 65535",
			       "0");
	return err->code;
}

static enum ev_code parse(const struct ev_node *root, struct ev_roundtrip *r,
			  struct ev_error *err)
{
	const struct ev_node *clock;
	struct ev_span format;

	if (ev_node_get_str(root, object, "format", &format, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(format, EV_SPAN_LITERAL(EV_ROUNDTRIP_FORMAT)))
		return ev_fail_text(err, EV_VALUE, object, "format", 0,
				    EV_ROUNDTRIP_FORMAT, format);
	if (get_text(root, "host", &r->host, err) != EV_OK ||
	    get_port(root, &r->port, err) != EV_OK ||
	    ev_node_get_object(root, object, "clock", &clock, err) != EV_OK ||
	    get_text(clock, "source", &r->clocksource, err) != EV_OK ||
	    get_text(clock, "counter", &r->counter, err) != EV_OK ||
	    get_count(clock, "counterHz", &r->counter_hz, err) != EV_OK)
		return err->code;
	return parse_tries(root, r, err);
}

enum ev_code ev_roundtrip_parse(struct ev_span item, struct ev_roundtrip *out,
				struct ev_error *err)
{
	struct ev_roundtrip r = { .n_tries = 0 };

	if (ev_nodes_parse(item, RECORD_MAX, object, &r.nodes, err) != EV_OK)
		return err->code;
	/* All messages together are shorter than their base64. */
	r.storage = malloc(item.n);
	if (r.storage == NULL)
		ev_fail_trouble(err, object, "out of memory");
	else
		parse(r.nodes.root, &r, err);
	if (err->code != EV_OK) {
		ev_roundtrip_free(&r);
		return err->code;
	}
	*out = r;
	return EV_OK;
}

void ev_roundtrip_free(struct ev_roundtrip *roundtrip)
{
	ev_nodes_free(&roundtrip->nodes);
	free(roundtrip->storage);
	free(roundtrip->tries);
	*roundtrip = (struct ev_roundtrip){ .n_tries = 0 };
}

uint64_t ev_try_ns(const struct ev_try *one)
{
	return one->failed != NULL ? UINT64_MAX : one->end.ns - one->start.ns;
}

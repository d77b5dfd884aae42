/* SPDX-License-Identifier: Apache-2.0 */
/* Names in a certificate, and the host that was asked. */
#include "evidence/host_name.h"

#include "evidence/extension.h"

static const char object[] = "host-name";

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool same(struct ev_span a, struct ev_span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return a.n > 0;
}

/* From the first dot on; empty where there is none. */
static struct ev_span behind_label(struct ev_span name)
{
	const uint8_t *dot = name.n > 0 ? memchr(name.p, '.', name.n) : NULL;
	size_t at = dot != NULL ? (size_t)(dot - name.p) : name.n;

	return ev_span_sub(name, at, name.n - at);
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_label(struct ev_span label)
{
	if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
	    label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++) {
		uint8_t c = lower(label.p[i]);

		if (!is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-')
			return false;
	}
	return true;
}

/* "10", "0x7f": what resolvers take for an address or the end of one. */
static bool is_number(struct ev_span label)
{
	bool hex =
		label.n >= 2 && label.p[0] == '0' && lower(label.p[1]) == 'x';

	for (size_t i = hex ? 2 : 0; i < label.n; i++) {
		uint8_t c = lower(label.p[i]);

		if (!is_digit(c) && !(hex && c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

bool ev_host_is_name(struct ev_span host)
{
	struct ev_span left = host;

	if (host.n > 253)
		return false;
	for (;;) {
		struct ev_span rest = behind_label(left);
		struct ev_span label = ev_span_sub(left, 0, left.n - rest.n);

		if (!is_label(label))
			return false;
		if (rest.n == 0)
			return !is_number(label);
		left = ev_span_sub(rest, 1, rest.n - 1);
	}
}

struct ev_span ev_host_behind_star(struct ev_span name)
{
	bool star = name.n > 2 && name.p[0] == '*' && name.p[1] == '.';

	return star ? ev_span_sub(name, 2, name.n - 2) : name;
}

bool ev_host_name_matches(struct ev_span name, struct ev_span host)
{
	struct ev_span rest = ev_host_behind_star(name);
	struct ev_span behind = behind_label(host);

	if (!ev_host_is_name(rest) || !ev_host_is_name(host))
		return false;
	if (rest.n == name.n)
		return same(name, host);
	/* "*.com" is for nobody. */
	return behind_label(rest).n > 0 && behind.n > 0 &&
	       same(rest, ev_span_sub(behind, 1, behind.n - 1));
}

static bool lists_host(struct ev_reader names, struct ev_span host)
{
	struct ev_reader list =
		ev_der_enter(&names, EV_DER_SEQUENCE, "subjectAltName");
	bool found = false;

	while (ev_reader_ok(&list) && list.left.n > 0) {
		if (ev_der_peek(&list) == EV_DER_CONTEXT(2))
			found |= ev_host_name_matches(
				ev_der_read(&list, EV_DER_CONTEXT(2),
					    "dNSName"),
				host);
		else
			ev_der_read_any(&list, "name");
	}
	return found && ev_reader_ok(&list);
}

/* Past what stands before the extensions (RFC 5280, 4.1). */
static struct ev_reader enter_extensions(struct ev_span der,
					 struct ev_error *err)
{
	static const char *const fields[] = {
		"serial number", "signature", "issuer",
		"validity",	 "subject",   "public key",
	};
	struct ev_reader item = ev_reader_init(der, 0, object, err);
	struct ev_reader cert = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_reader tbs =
		ev_der_enter(&cert, EV_DER_SEQUENCE, "tbsCertificate");

	if (ev_der_peek(&tbs) == EV_DER_CONTEXT_CONSTRUCTED(0))
		ev_der_read_any(&tbs, "version");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		ev_der_read_any(&tbs, fields[i]);
	while (ev_der_peek(&tbs) == EV_DER_CONTEXT(1) ||
	       ev_der_peek(&tbs) == EV_DER_CONTEXT(2))
		ev_der_read_any(&tbs, "unique identifier");
	return ev_der_enter(&tbs, EV_DER_CONTEXT_CONSTRUCTED(3), "extensions");
}

bool ev_x509_names_host(const struct ev_x509 *cert, struct ev_span host)
{
	static const uint8_t alt_name[] = { 0x55, 0x1d, 0x11 };
	struct ev_error err = { 0 };
	struct ev_reader outer = enter_extensions(cert->der, &err);
	struct ev_extensions list = ev_extensions_enter(&outer);
	struct ev_extension e;

	while (ev_extension_next(&list, &e))
		if (ev_span_eq(e.oid, EV_SPAN(alt_name)))
			return lists_host(ev_extension_value(&list, &e), host);
	return false;
}

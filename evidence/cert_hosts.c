/* SPDX-License-Identifier: Apache-2.0 */
/* Names of hosts in a certificate, and the domain that they are of. */
#include "evidence/cert_hosts.h"

#include "evidence/base/der.h"
#include "evidence/extension.h"
#include "evidence/host_name.h"

static const char object[] = "certificate";

static void add(struct ev_cert_hosts *hosts, struct ev_span name,
		struct ev_reader *r)
{
	if (!ev_reader_ok(r))
		return;
	if (hosts->n == EV_CERT_HOSTS_MAX)
		ev_fail_u64(r->err, EV_LIMIT, object, "names",
			    ev_reader_offset(r), EV_CERT_HOSTS_MAX,
			    hosts->n + 1);
	else
		hosts->name[hosts->n++] = name;
}

/* Characters of one octet, which a host's name has: of BMPString, and of others
 * that nobody names hosts by, the octets are no such characters. */
static bool is_plain(uint8_t tag)
{
	return tag == EV_DER_UTF8_STRING || tag == EV_DER_PRINTABLE_STRING ||
	       tag == 0x16; /* IA5String */
}

/* RelativeDistinguishedName: attributes, of which one may be commonName. */
static void read_relative_name(struct ev_reader *in,
			       struct ev_cert_hosts *hosts)
{
	static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };
	struct ev_reader set = ev_der_enter(in, EV_DER_SET, "subject");

	while (ev_reader_ok(&set) && set.left.n > 0) {
		struct ev_reader pair =
			ev_der_enter(&set, EV_DER_SEQUENCE, "subject");
		struct ev_span type = ev_der_read_oid(&pair, "subject");
		uint8_t tag = ev_der_peek(&pair);
		struct ev_span value = ev_der_read(&pair, tag, "subject");

		if (ev_span_eq(type, EV_SPAN(common_name)) && is_plain(tag))
			add(hosts, value, &pair);
	}
}

static void read_subject(struct ev_reader *tbs, struct ev_cert_hosts *hosts)
{
	struct ev_reader name = ev_der_enter(tbs, EV_DER_SEQUENCE, "subject");

	while (ev_reader_ok(&name) && name.left.n > 0)
		read_relative_name(&name, hosts);
	hosts->n_common = hosts->n;
}

/* GeneralNames; those that are no dNSName are passed over. */
static void read_alternatives(struct ev_reader value,
			      struct ev_cert_hosts *hosts)
{
	static const uint8_t dns_name = EV_DER_CONTEXT(2);
	struct ev_reader names =
		ev_der_enter(&value, EV_DER_SEQUENCE, "subjectAltName");

	while (ev_reader_ok(&names) && names.left.n > 0) {
		if (ev_der_peek(&names) == dns_name)
			add(hosts,
			    ev_der_read(&names, dns_name, "subjectAltName"),
			    &names);
		else
			ev_der_read_any(&names, "subjectAltName");
	}
	ev_reader_finish(&value);
}

static void read_extensions(struct ev_reader *tbs, struct ev_cert_hosts *hosts)
{
	static const uint8_t alternatives[] = { 0x55, 0x1d, 0x11 };
	struct ev_extensions list;
	struct ev_extension e;
	struct ev_reader outer;

	while (ev_der_peek(tbs) == EV_DER_CONTEXT(1) ||
	       ev_der_peek(tbs) == EV_DER_CONTEXT(2))
		ev_der_read_any(tbs, "unique identifier");
	if (ev_der_peek(tbs) != EV_DER_CONTEXT_CONSTRUCTED(3))
		return;
	outer = ev_der_enter(tbs, EV_DER_CONTEXT_CONSTRUCTED(3), "extensions");
	list = ev_extensions_enter(&outer);
	while (ev_extension_next(&list, &e))
		if (ev_span_eq(e.oid, EV_SPAN(alternatives))) {
			hosts->first = hosts->n_common;
			read_alternatives(ev_extension_value(&list, &e), hosts);
		}
}

enum ev_code ev_cert_hosts_read(struct ev_span der, struct ev_cert_hosts *out,
				struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(der, 0, object, err);
	struct ev_reader cert = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_reader tbs =
		ev_der_enter(&cert, EV_DER_SEQUENCE, "tbsCertificate");
	struct ev_cert_hosts hosts = { .n = 0 };

	if (ev_der_peek(&tbs) == EV_DER_CONTEXT_CONSTRUCTED(0))
		ev_der_read_any(&tbs, "version");
	ev_der_read(&tbs, EV_DER_INTEGER, "serial number");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "signature");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "issuer");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "validity");
	read_subject(&tbs, &hosts);
	ev_der_read(&tbs, EV_DER_SEQUENCE, "public key");
	read_extensions(&tbs, &hosts);
	if (err->code != EV_OK)
		return err->code;
	*out = hosts;
	return EV_OK;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

bool ev_host_is_of(struct ev_span host, const char *domain)
{
	size_t n = strlen(domain);

	if (host.n < n || (host.n > n && host.p[host.n - n - 1] != '.'))
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(host.p[host.n - n + i]) != lower((uint8_t)domain[i]))
			return false;
	return ev_host_is_name(ev_host_behind_star(host));
}

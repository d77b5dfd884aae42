/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a certificate names, if it is one. */
#include "evidence/cert_subject.h"

#include "evidence/base/der.h"

bool ev_cert_subject(struct ev_span der, char out[EV_NAME_TEXT])
{
	struct ev_error none = { 0 };
	struct ev_reader item = ev_reader_init(der, 0, "certificate", &none);
	struct ev_reader r = ev_der_enter(&item, EV_DER_SEQUENCE, "");
	struct ev_reader tbs = ev_der_enter(&r, EV_DER_SEQUENCE, "");
	struct ev_span subject;

	out[0] = '\0';
	if (ev_der_peek(&tbs) == EV_DER_CONTEXT_CONSTRUCTED(0))
		ev_der_read_any(&tbs, "version");
	ev_der_read(&tbs, EV_DER_INTEGER, "serialNumber");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "signature");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "issuer");
	ev_der_read(&tbs, EV_DER_SEQUENCE, "validity");
	subject = ev_der_read_any(&tbs, "subject");
	return ev_reader_ok(&tbs) && ev_name_format(subject, out) &&
	       out[0] != '\0';
}

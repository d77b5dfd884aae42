/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA signatures between their raw and their DER spelling. */
#include "evidence/base/ecdsa.h"

#include "evidence/base/der.h"

static size_t put_integer(const uint8_t *p, size_t width, uint8_t *out)
{
	size_t skip = 0, pad;

	while (skip + 1 < width && p[skip] == 0)
		skip++;
	pad = p[skip] >= 0x80 ? 1 : 0;
	out[0] = EV_DER_INTEGER;
	out[1] = (uint8_t)(width - skip + pad);
	out[2] = 0;
	memcpy(out + 2 + pad, p + skip, width - skip);
	return 2 + pad + width - skip;
}

size_t ev_ecdsa_der_from_raw(const uint8_t *raw, size_t width,
			     uint8_t out[EV_ECDSA_DER_MAX])
{
	uint8_t value[EV_ECDSA_DER_MAX - 3];
	size_t n, head = 2;

	assert(width > 0 && width <= 66);
	n = put_integer(raw, width, value);
	n += put_integer(raw + width, width, value + n);
	out[0] = EV_DER_SEQUENCE;
	if (n >= 0x80) /* X.690 8.1.3.5: the long form, as it must be */
		out[head++ - 1] = 0x81;
	out[head - 1] = (uint8_t)n;
	memcpy(out + head, value, n);
	return head + n;
}

static bool get_integer(struct ev_reader *r, size_t width, uint8_t *out)
{
	struct ev_span v = ev_der_read_serial(r, "integer");

	if (!ev_reader_ok(r) || v.n > width)
		return false;
	memset(out, 0, width - v.n);
	if (v.n > 0)
		memcpy(out + width - v.n, v.p, v.n);
	return true;
}

bool ev_ecdsa_raw_from_der(struct ev_span der, size_t width, uint8_t *raw)
{
	struct ev_error err = { EV_OK };
	struct ev_reader outer = ev_reader_init(der, 0, "signature", &err);
	struct ev_reader r = ev_der_enter(&outer, EV_DER_SEQUENCE, "value");

	return get_integer(&r, width, raw) &&
	       get_integer(&r, width, raw + width) &&
	       ev_reader_finish(&r) == EV_OK &&
	       ev_reader_finish(&outer) == EV_OK;
}

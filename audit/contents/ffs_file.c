/* SPDX-License-Identifier: Apache-2.0 */
/* One file of a firmware volume: header, sums, state. */
#include "audit/contents/ffs_file.h"

#include "evidence/base/reader.h"
#include "evidence/uefi_guid.h"

static const char object[] = "ffs file";

enum {
	LARGE_FILE = 0x01,    /* attribute: u64 size behind the header */
	DATA_CHECKSUM = 0x40, /* attribute */
	NO_CHECKSUM = 0xaa,
	DATA_VALID = 0x07, /* header begun, header valid, data valid */
};

static uint8_t sum8(struct ev_span in)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < in.n; i++)
		sum += in.p[i];
	return (uint8_t)sum;
}

static enum ev_code check_file(const struct au_ffs_file *f, uint64_t at,
			       uint8_t data_sum, uint8_t state,
			       struct au_ffs_form form, struct ev_error *err)
{
	uint8_t valid = form.erased_ones ? (uint8_t)~DATA_VALID : DATA_VALID;
	size_t n = f->whole.n - f->body.n;
	/* State and data checksum count as zero. */
	uint8_t sum =
		(uint8_t)(sum8(ev_span_sub(f->whole, 0, n)) - state - data_sum);
	uint8_t want = NO_CHECKSUM;

	if (sum != 0)
		return ev_fail_u64(err, EV_VALUE, object, "header checksum",
				   at + 16, 0, sum);
	if (state != valid)
		return ev_fail_u64(err, EV_VALUE, object, "state", at + 23,
				   valid, state);
	if ((f->attributes & DATA_CHECKSUM) != 0)
		want = (uint8_t)(0x100 - sum8(f->body));
	if (data_sum != want)
		return ev_fail_u64(err, EV_VALUE, object, "data checksum",
				   at + 17, want, data_sum);
	return EV_OK;
}

enum ev_code au_ffs_file_read(struct ev_span volume, uint64_t at,
			      struct au_ffs_form form, struct au_ffs_file *out,
			      struct ev_error *err)
{
	struct ev_span left =
		ev_span_sub(volume, (size_t)at, volume.n - (size_t)at);
	struct ev_reader r = ev_reader_init(left, at, object, err);
	struct au_ffs_file f;
	uint8_t data_sum, state;
	uint64_t size, head;

	f.guid = ev_read_span(&r, EV_GUID_SIZE, "guid");
	ev_read_u8(&r, "header checksum");
	data_sum = ev_read_u8(&r, "data checksum");
	f.type = ev_read_u8(&r, "type");
	f.attributes = ev_read_u8(&r, "attributes");
	size = ev_read_u16le(&r, "size");
	size |= (uint64_t)ev_read_u8(&r, "size") << 16;
	state = ev_read_u8(&r, "state");
	if ((f.attributes & LARGE_FILE) != 0 && form.large)
		size = ev_read_u64le(&r, "extended size");
	if (!ev_reader_ok(&r))
		return err->code;
	head = ev_reader_offset(&r) - at;
	if (size < head)
		return ev_fail_u64(err, EV_VALUE, object, "size", at + 20, head,
				   size);
	if (size > left.n)
		return ev_fail_u64(err, EV_TRUNCATED, object, "size", at + 20,
				   left.n, size);
	f.whole = ev_span_sub(left, 0, (size_t)size);
	f.body = ev_span_sub(left, (size_t)head, (size_t)(size - head));
	*out = f;
	return check_file(&f, at, data_sum, state, form, err);
}

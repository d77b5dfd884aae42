/* SPDX-License-Identifier: Apache-2.0 */
/* The HCL report and when it is made anew. */
#include "tests/guest/vtpm_report.h"

#include "tests/guest/vtpm_fault.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static const uint64_t PERIOD_MS = 2000;

enum {
	/* HCL report: hardware report at 32, claims at 1236, their size in
	 * the four bytes before (little-endian). */
	TD_REPORT = 32,
	CLAIMS_SIZE = 1232,
	CLAIMS = 1236,
	/* TDREPORT: REPORTDATA, and the MAC over all that precedes it. */
	REPORT_DATA = TD_REPORT + 128,
	MAC = TD_REPORT + 224,
	USER_DATA = 64,
};

bool vt_report_owner_auth_set(struct vt_link *link)
{
	struct vt_frame command, response;
	uint32_t value;

	vt_open(&command, VT_TAG_PLAIN, VT_GET_CAPABILITY);
	vt_put(&command, 4, 6);	    /* TPM_CAP_TPM_PROPERTIES */
	vt_put(&command, 4, 0x200); /* TPM_PT_PERMANENT */
	vt_put(&command, 4, 1);
	vt_close(&command);
	if (!vt_link_ask(link, &command, &response))
		return false;
	vt_get_bytes(&response, 1 + 4 + 4 + 4);
	value = vt_get(&response, 4);
	return (value & 1) != 0;
}

/* The size of the guest's index, 0 where it is not defined. */
static size_t user_data_size(struct vt_link *link)
{
	struct vt_frame command, response;

	vt_open(&command, VT_TAG_PLAIN, VT_NV_READ_PUBLIC);
	vt_put(&command, 4, VT_USER_DATA);
	vt_close(&command);
	if (!vt_link_ask(link, &command, &response) || vt_code(&response) != 0)
		return 0;
	vt_get_bytes(&response, 2 + 4 + 2 + 4);
	vt_get_bytes(&response, vt_get(&response, 2)); /* authPolicy */
	return vt_get(&response, 2);
}

/* What the guest wrote; zeros where it wrote nothing, or less. */
static void user_data(const struct vt_state *state, struct vt_link *link,
		      uint8_t out[USER_DATA])
{
	struct vt_frame command, response;
	uint8_t auth[64];
	const uint8_t *got;
	size_t n = user_data_size(link), n_auth = 0;

	memset(out, 0, USER_DATA);
	if (n == 0)
		return;
	n = n < USER_DATA ? n : USER_DATA;
	if (!vt_state_read(state, "owner-auth", auth, sizeof(auth), &n_auth))
		n_auth = 0;
	vt_open(&command, VT_TAG_SESSIONS, VT_NV_READ);
	vt_put(&command, 4, VT_OWNER);
	vt_put(&command, 4, VT_USER_DATA);
	vt_put(&command, 4, 4 + 2 + 1 + 2 + n_auth);
	vt_put(&command, 4, VT_PASSWORD);
	vt_put(&command, 2, 0); /* nonce */
	vt_put(&command, 1, 1); /* continueSession */
	vt_put_sized(&command, auth, n_auth);
	vt_put(&command, 2, n);
	vt_put(&command, 2, 0);
	vt_close(&command);
	if (!vt_link_ask(link, &command, &response) || vt_code(&response) != 0)
		return;
	vt_get(&response, 4); /* size of the parameters */
	n = vt_get(&response, 2);
	got = vt_get_bytes(&response, n);
	if (got != NULL && n <= USER_DATA)
		memcpy(out, got, n);
}

static size_t claims_size(const struct vt_report *report)
{
	const uint8_t *p = report->bytes + CLAIMS_SIZE;
	size_t n = (size_t)p[0] | (size_t)p[1] << 8;

	return n <= sizeof(report->bytes) - CLAIMS ? n : 0;
}

/* Where the hex of the user data stands in the claims; NULL if nowhere. */
static uint8_t *shown_user_data(struct vt_report *report)
{
	static const char key[] = "\"user-data\":\"";
	size_t n = claims_size(report);
	uint8_t *at = memmem(report->bytes + CLAIMS, n, key, sizeof(key) - 1);

	if (at == NULL)
		return NULL;
	at += sizeof(key) - 1;
	if ((size_t)(report->bytes + CLAIMS + n - at) < (size_t)2 * USER_DATA)
		return NULL;
	return at;
}

static bool make(const struct vt_state *state, struct vt_link *link,
		 struct vt_report *out)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t data[USER_DATA], key[64], *shown;
	size_t i, n_key, n;

	if (!vt_state_read(state, "report.template", out->bytes,
			   sizeof(out->bytes), &out->n) ||
	    !vt_state_read(state, "report.key", key, sizeof(key), &n_key) ||
	    out->n < CLAIMS)
		return false;
	shown = shown_user_data(out);
	if (shown == NULL)
		return false;
	if (!vt_state_read(state, "faults/user-data", data, sizeof(data), &n))
		user_data(state, link, data);
	for (i = 0; i < USER_DATA; i++) {
		shown[2 * i] = (uint8_t)digits[data[i] >> 4];
		shown[2 * i + 1] = (uint8_t)digits[data[i] & 15];
	}
	memset(out->bytes + REPORT_DATA, 0, 64);
	return EVP_Digest(out->bytes + CLAIMS, claims_size(out),
			  out->bytes + REPORT_DATA, NULL, EVP_sha256(),
			  NULL) == 1 &&
	       HMAC(EVP_sha256(), key, (int)n_key, out->bytes + TD_REPORT,
		    MAC - TD_REPORT, out->bytes + MAC, NULL) != NULL;
}

/* The last report, and how old it is. */
static bool last(const struct vt_state *state, struct vt_report *out,
		 uint64_t *age)
{
	uint8_t bytes[8 + VT_REPORT_MAX];
	uint64_t made = 0, now = vt_state_now();
	size_t i, n;

	if (!vt_state_read(state, "report.last", bytes, sizeof(bytes), &n) ||
	    n < 8)
		return false;
	for (i = 0; i < 8; i++)
		made = made << 8 | bytes[i];
	*age = now > made ? now - made : 0;
	out->n = n - 8;
	memcpy(out->bytes, bytes + 8, out->n);
	return true;
}

static bool remember(const struct vt_state *state,
		     const struct vt_report *report)
{
	struct vt_frame record = { .n = 0 };

	vt_put(&record, 8, vt_state_now());
	vt_put_bytes(&record, report->bytes, report->n);
	return !record.bad &&
	       vt_state_write(state, "report.last", record.bytes, record.n);
}

static bool get(const struct vt_state *state, struct vt_link *link,
		bool from_start, struct vt_report *out)
{
	uint64_t age = 0;
	uint32_t value;
	bool there;

	if (vt_state_read(state, "faults/report", out->bytes,
			  sizeof(out->bytes), &out->n))
		return true;
	there = last(state, out, &age);
	if (there && (!from_start || age <= PERIOD_MS ||
		      vt_fault_take(state, "stale", 10, &value)))
		return true;
	return make(state, link, out) && remember(state, out);
}

bool vt_report_get(const struct vt_state *state, struct vt_link *link,
		   bool from_start, struct vt_report *out)
{
	bool good;

	vt_state_lock(state);
	good = get(state, link, from_start, out);
	vt_state_unlock(state);
	return good;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The index of the HCL report. */
#include "tests/guest/vtpm_nv.h"

#include "tests/guest/vtpm_report.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

/* authWrite, ownerRead, authRead, noDA, written, platformCreate */
static const uint32_t ATTRIBUTES = 0x62060004;
static const uint32_t SHA256 = 0x000b;
static const size_t BUFFER_MAX = 1024; /* TPM2_PT_NV_BUFFER_MAX */

enum {
	RC_AUTH_CONTEXT = 0x145,
	RC_NV_RANGE = 0x146,
	RC_NV_AUTHORIZATION = 0x149,
	RC_SIZE_1 = 0x1d5,
	RC_ATTRIBUTES_1 = 0x982,
	RC_BAD_AUTH_1 = 0x9a2,
	RC_FAILURE = 0x101,
	CONTINUE = 1,
};

struct read_command {
	uint32_t auth_handle, session;
	const uint8_t *nonce, *hmac;
	size_t n_nonce, n_hmac;
	uint8_t attributes;
	uint32_t size, offset;
};

/* TPMS_NV_PUBLIC. */
static void public_area(struct vt_frame *out, size_t size)
{
	out->n = 0;
	out->bad = false;
	vt_put(out, 4, VT_HCL_REPORT);
	vt_put(out, 2, SHA256);
	vt_put(out, 4, ATTRIBUTES);
	vt_put(out, 2, 0); /* authPolicy */
	vt_put(out, 2, size);
}

static void name(size_t size, uint8_t out[34])
{
	struct vt_frame area;

	public_area(&area, size);
	out[0] = 0;
	out[1] = (uint8_t)SHA256;
	EVP_Digest(area.bytes, area.n, out + 2, NULL, EVP_sha256(), NULL);
}

static void answer_public(struct vt_nv *nv, const struct vt_frame *command,
			  struct vt_frame *response)
{
	struct vt_report report;
	struct vt_frame area;
	uint8_t name_bytes[34];

	if (vt_tag(command) != VT_TAG_PLAIN) {
		vt_refuse(response, RC_AUTH_CONTEXT);
		return;
	}
	/* A round trip first: then no other tool is being served, and the
	 * lock of the state cannot be held by one that waits for swtpm. */
	vt_report_owner_auth_set(nv->link);
	if (!vt_report_get(nv->state, nv->link, false, &report)) {
		vt_refuse(response, RC_FAILURE);
		return;
	}
	public_area(&area, report.n);
	name(report.n, name_bytes);
	vt_open(response, VT_TAG_PLAIN, 0);
	vt_put_sized(response, area.bytes, area.n);
	vt_put_sized(response, name_bytes, sizeof(name_bytes));
	vt_close(response);
}

static bool parse(struct vt_frame *command, struct read_command *out)
{
	size_t rest;

	command->at = VT_HEADER;
	out->auth_handle = vt_get(command, 4);
	vt_get(command, 4); /* the index */
	rest = vt_get(command, 4);
	rest += command->at;
	out->session = vt_get(command, 4);
	out->n_nonce = vt_get(command, 2);
	out->nonce = vt_get_bytes(command, out->n_nonce);
	out->attributes = (uint8_t)vt_get(command, 1);
	out->n_hmac = vt_get(command, 2);
	out->hmac = vt_get_bytes(command, out->n_hmac);
	if (command->bad || command->at != rest) /* one session alone */
		return false;
	out->size = vt_get(command, 2);
	out->offset = vt_get(command, 2);
	return !command->bad && command->at == command->n;
}

static struct vt_session *find(struct vt_nv *nv, uint32_t handle)
{
	size_t i;

	for (i = 0; i < nv->n_sessions; i++) {
		if (nv->sessions[i].handle == handle)
			return &nv->sessions[i];
	}
	return NULL;
}

/* HMAC over digest || newer nonce || older nonce || attributes (part 1,
 * 19.6.5); the session has no key of its own, so the authorisation value is
 * all of it. */
static void session_hmac(const uint8_t *auth, size_t n_auth,
			 const uint8_t digest[32], struct vt_frame *tail,
			 uint8_t out[32])
{
	struct vt_frame text = { .n = 0 };

	vt_put_bytes(&text, digest, 32);
	vt_put_bytes(&text, tail->bytes, tail->n);
	HMAC(EVP_sha256(), auth, (int)n_auth, text.bytes, text.n, out, NULL);
}

static void parameters_digest(const struct read_command *c, size_t size,
			      uint8_t out[32])
{
	struct vt_frame text = { .n = 0 };
	uint8_t name_bytes[34];

	name(size, name_bytes);
	vt_put(&text, 4, VT_NV_READ);
	vt_put(&text, 4, c->auth_handle); /* the name of a hierarchy */
	vt_put_bytes(&text, name_bytes, sizeof(name_bytes));
	vt_put(&text, 2, c->size);
	vt_put(&text, 2, c->offset);
	EVP_Digest(text.bytes, text.n, out, NULL, EVP_sha256(), NULL);
}

static bool authorised(const struct read_command *c,
		       const struct vt_session *session, const uint8_t *auth,
		       size_t n_auth, size_t size)
{
	struct vt_frame tail = { .n = 0 };
	uint8_t digest[32], want[32];

	if (c->session == VT_PASSWORD)
		return c->n_hmac == n_auth &&
		       memcmp(c->hmac, auth, n_auth) == 0;
	if (session == NULL || c->n_hmac != sizeof(want))
		return false;
	parameters_digest(c, size, digest);
	vt_put_bytes(&tail, c->nonce, c->n_nonce);
	vt_put_bytes(&tail, session->nonce, session->n);
	vt_put(&tail, 1, c->attributes);
	session_hmac(auth, n_auth, digest, &tail, want);
	return memcmp(c->hmac, want, sizeof(want)) == 0;
}

/* The reply's authorisation: a new nonce, the attributes, and the HMAC. */
static void sign_reply(const struct read_command *c, struct vt_session *session,
		       const uint8_t *auth, size_t n_auth, size_t begin,
		       struct vt_frame *response)
{
	struct vt_frame text = { .n = 0 }, tail = { .n = 0 };
	uint8_t digest[32], hmac[32];

	if (session == NULL) { /* by password */
		vt_put(response, 2, 0);
		vt_put(response, 1, c->attributes);
		vt_put(response, 2, 0);
		return;
	}
	vt_put(&text, 4, 0);
	vt_put(&text, 4, VT_NV_READ);
	vt_put_bytes(&text, response->bytes + begin, response->n - begin);
	EVP_Digest(text.bytes, text.n, digest, NULL, EVP_sha256(), NULL);
	RAND_bytes(session->nonce, (int)session->n);
	vt_put_bytes(&tail, session->nonce, session->n);
	vt_put_bytes(&tail, c->nonce, c->n_nonce);
	vt_put(&tail, 1, c->attributes);
	session_hmac(auth, n_auth, digest, &tail, hmac);
	vt_put_sized(response, session->nonce, session->n);
	vt_put(response, 1, c->attributes);
	vt_put_sized(response, hmac, sizeof(hmac));
}

/* 0, or why it is refused. */
static uint32_t objection(const struct read_command *c, size_t size,
			  bool authorisation)
{
	if (c->auth_handle != VT_OWNER && c->auth_handle != VT_HCL_REPORT)
		return RC_NV_AUTHORIZATION;
	if ((c->attributes & ~(unsigned int)CONTINUE) != 0)
		return RC_ATTRIBUTES_1;
	/* The index has a password of its own, which no guest knows. */
	if (c->auth_handle != VT_OWNER || !authorisation)
		return RC_BAD_AUTH_1;
	if (c->size > BUFFER_MAX)
		return RC_SIZE_1;
	return (size_t)c->offset + c->size > size ? RC_NV_RANGE : 0;
}

static void answer_read(struct vt_nv *nv, struct vt_frame *command,
			struct vt_frame *response)
{
	struct vt_report report;
	struct read_command c;
	struct vt_session *session;
	uint8_t auth[64];
	size_t n_auth = 0, begin;
	bool set = vt_report_owner_auth_set(nv->link), known;
	uint32_t code;

	known = vt_state_read(nv->state, "owner-auth", auth, sizeof(auth),
			      &n_auth);
	if (!known)
		n_auth = 0;
	if (vt_tag(command) != VT_TAG_SESSIONS || !parse(command, &c)) {
		vt_refuse(response, RC_AUTH_CONTEXT);
		return;
	}
	if (!vt_report_get(nv->state, nv->link, c.offset == 0, &report)) {
		vt_refuse(response, RC_FAILURE);
		return;
	}
	session = find(nv, c.session);
	code = objection(&c, report.n,
			 set == known && authorised(&c, session, auth, n_auth,
						    report.n));
	if (code != 0) {
		vt_refuse(response, code);
		return;
	}
	vt_open(response, VT_TAG_SESSIONS, 0);
	vt_put(response, 4, 2 + c.size);
	begin = response->n;
	vt_put_sized(response, report.bytes + c.offset, c.size);
	sign_reply(&c, session, auth, n_auth, begin, response);
	vt_close(response);
}

bool vt_nv_answer(struct vt_nv *nv, struct vt_frame *command,
		  struct vt_frame *response)
{
	uint32_t code = vt_code(command);

	if (code == VT_NV_READ_PUBLIC && vt_word(command, 0) == VT_HCL_REPORT) {
		answer_public(nv, command, response);
		return true;
	}
	if (code == VT_NV_READ && vt_word(command, 1) == VT_HCL_REPORT) {
		answer_read(nv, command, response);
		return true;
	}
	return false;
}

/* Sessions with a key of their own are left out: nothing that they authorise
 * here can be checked, so it is refused. */
static void note_session(struct vt_nv *nv, const struct vt_frame *command,
			 struct vt_frame *response)
{
	const uint32_t null_handle = 0x40000007;
	struct vt_session session = { .handle = vt_word(response, 0) };
	const uint8_t *nonce;

	if (vt_word(command, 0) != null_handle ||
	    vt_word(command, 1) != null_handle ||
	    nv->n_sessions == VT_SESSIONS_MAX)
		return;
	response->at = VT_HEADER + 4;
	session.n = vt_get(response, 2);
	nonce = vt_get_bytes(response, session.n);
	if (nonce == NULL || session.n > sizeof(session.nonce))
		return;
	memcpy(session.nonce, nonce, session.n);
	nv->sessions[nv->n_sessions++] = session;
}

/* TPML_HANDLE of a capability: moreData, TPM_CAP_HANDLES, count, handles. */
static void list_index(const struct vt_frame *command,
		       struct vt_frame *response)
{
	uint32_t first = vt_word(command, 1), asked = vt_word(command, 2);
	uint32_t handles[VT_FRAME_MAX / 4], n, i, at = 0;
	uint8_t more;

	response->at = VT_HEADER;
	more = (uint8_t)vt_get(response, 1);
	vt_get(response, 4);
	n = vt_get(response, 4);
	for (i = 0; i < n && !response->bad; i++)
		handles[i] = vt_get(response, 4);
	if (response->bad || first > VT_HCL_REPORT)
		return;
	while (at < n && handles[at] < VT_HCL_REPORT)
		at++;
	if (at == n && more)
		return; /* it stands on a later page */
	memmove(handles + at + 1, handles + at, (n - at) * sizeof(*handles));
	handles[at] = VT_HCL_REPORT;
	n++;
	if (n > asked) {
		n = asked;
		more = 1;
	}
	vt_open(response, VT_TAG_PLAIN, 0);
	vt_put(response, 1, more);
	vt_put(response, 4, 1);
	vt_put(response, 4, n);
	for (i = 0; i < n; i++)
		vt_put(response, 4, handles[i]);
	vt_close(response);
}

void vt_nv_pass(struct vt_nv *nv, const struct vt_frame *command,
		struct vt_frame *response)
{
	uint32_t code = vt_code(command);

	if (vt_code(response) != 0)
		return;
	if (code == VT_START_SESSION)
		note_session(nv, command, response);
	if (code == VT_GET_CAPABILITY && vt_tag(response) == VT_TAG_PLAIN &&
	    vt_word(command, 0) == 1 && vt_word(command, 1) >> 24 == 0x01)
		list_index(command, response);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong with a TPM, and what to do about it. */
#include "collect/tpm_error.h"

#include "evidence/base/hex.h"

#include <errno.h>
#include <stdio.h>

static const char open_failed[] = "Failed to open specified TCTI device file";
static const uint32_t RC_BAD_AUTH = 0x0a2;
#define TRY_AGAIN "run again in a moment"
#define USE_RM                                                                 \
	"use the resource manager, --tcti device:/dev/tpmrm0, and run again"

const struct co_tpm_error co_tpm_errors[] = {
	/* The way to the TPM. */
	{ .text = open_failed,
	  .also = "Permission denied",
	  .names_tcti = true,
	  .meaning = "permission denied for",
	  .remedy = "run as root or join group tss" },
	{ .text = open_failed,
	  .also = "No such file or directory",
	  .names_tcti = true,
	  .meaning = "there is no TPM at",
	  .remedy =
		  "give the machine a vTPM, load its driver, or name it with --tcti" },
	{ .text = open_failed,
	  .also = "Device or resource busy",
	  .names_tcti = true,
	  .meaning = "another program holds",
	  .remedy = USE_RM },
	{ .text = open_failed,
	  .names_tcti = true,
	  .meaning = "cannot open",
	  .remedy = "name the TPM's device with --tcti" },
	{ .text = "Failed to connect to ",
	  .names_tcti = true,
	  .meaning = "nobody answers at",
	  .remedy = "start what should answer there, or correct --tcti" },
	{ .text = "Could not load tcti, got:",
	  .names_tcti = true,
	  .meaning = "there is no module that loads",
	  .remedy =
		  "install the package libtss2-tcti-NAME0, or correct --tcti" },
	/* The tools themselves. */
	{ .text = "PCR values failed to match quote's digest",
	  .meaning = "PCRs changed while they were quoted",
	  .remedy = TRY_AGAIN },
	{ .text = "unrecognized option",
	  .meaning = "this version of tpm2-tools lacks an option",
	  .remedy = "install tpm2-tools 5.2 or later" },
	{ .text = "invalid option",
	  .meaning = "this version of tpm2-tools lacks an option",
	  .remedy = "install tpm2-tools 5.2 or later" },
	{ .text = "missing capability string",
	  .meaning = "the tool was asked in a wrong way",
	  .remedy = "this is a bug of ecart; please report it" },
	{ .text = "Could not parse pcr selection",
	  .meaning = "the tool does not know this bank of PCRs",
	  .remedy = "choose another bank" },
	{ .text = "but object only supports signature hash alg",
	  .meaning = "the key signs with another hash",
	  .remedy =
		  "sign with a key whose scheme is ecdsa-sha256 (P-256) or ecdsa-sha384 (P-384)" },
	{ .text = "No space left on device",
	  .meaning = "no room for its output",
	  .remedy = "free some, or set TMPDIR to another directory" },
	/* Response codes, in the order of their numbers. */
	{ .code = 0x082,
	  .meaning = "the attributes of the key or index forbid this",
	  .remedy = "name another key with --ak HANDLE" },
	{ .code = 0x083,
	  .meaning = "the TPM has no such hash or bank of PCRs",
	  .remedy = "choose another bank" },
	{ .code = 0x08b,
	  .tools = "tpm2_nv",
	  .meaning = "the TPM has no such index",
	  .remedy =
		  "not an Azure confidential VM? tpm2_getcap handles-nv-index lists what is there" },
	{ .code = 0x08b,
	  .meaning = "the TPM has no key at this handle",
	  .remedy =
		  "tpm2_getcap handles-persistent lists what is there; --ak HANDLE names another" },
	{ .code = 0x08e,
	  .tools = "tpm2_sign",
	  .meaning =
		  "the key has a password, and the try counts towards the TPM's lockout",
	  .remedy = "sign with a key that has none" },
	{ .code = 0x08e,
	  .meaning =
		  "a password was wrong, and counts towards the TPM's lockout",
	  .remedy = "do not try again before you know the password" },
	{ .code = 0x092,
	  .meaning = "the key has another scheme",
	  .remedy = "name another key with --ak HANDLE" },
	{ .code = 0x095,
	  .meaning = "the TPM takes nothing of this size",
	  .remedy = "tpm2_getcap properties-fixed shows its limits" },
	{ .code = 0x09c,
	  .tools = "tpm2_sign",
	  .meaning = "this key does not sign",
	  .remedy = "name a signing key with --key tpm:HANDLE" },
	{ .code = 0x09c,
	  .meaning = "this key is not for that",
	  .remedy = "name a signing key with --ak HANDLE" },
	{ .code = 0x09d,
	  .tools = "tpm2_sign",
	  .meaning = "a policy protects this key",
	  .remedy = "sign with a key that its empty password opens" },
	{ .code = 0x09d,
	  .meaning = "a policy protects this key or index",
	  .remedy = "name another key with --ak HANDLE" },
	{ .code = 0x0a2,
	  .tools = "tpm2_nv",
	  .meaning = "the TPM refuses the owner's password",
	  .remedy = "give the right one with --owner-auth-file FILE" },
	{ .code = 0x0a2,
	  .tools = "tpm2_sign",
	  .meaning = "the key has a password",
	  .remedy = "sign with a key that has none" },
	{ .code = 0x0a2,
	  .meaning = "the TPM refuses the password",
	  .remedy = "use a key without one, --ak HANDLE" },
	{ .code = 0x100,
	  .meaning = "nothing has started the TPM",
	  .remedy = "start it with tpm2_startup -c" },
	{ .code = 0x101,
	  .meaning = "the TPM has failed and takes no commands",
	  .remedy = "restart the machine" },
	{ .code = 0x120,
	  .meaning = "this command is disabled",
	  .remedy = "the firmware's settings of the TPM allow or forbid it" },
	{ .code = 0x12f,
	  .tools = "tpm2_quote",
	  .meaning = "this key does not sign",
	  .remedy = "name a signing key with --ak HANDLE" },
	{ .code = 0x12f,
	  .meaning = "the key or index cannot be used in this way",
	  .remedy = "who made it must allow it" },
	{ .code = 0x143,
	  .meaning = "the TPM does not know this command",
	  .remedy = "use a TPM 2.0 that does" },
	{ .code = 0x146,
	  .meaning = "the index ends before that",
	  .remedy = "tpm2_nvreadpublic shows its size" },
	{ .code = 0x148,
	  .meaning = "the index is locked",
	  .remedy = "a restart of the machine unlocks it" },
	{ .code = 0x149,
	  .meaning = "the index is not open to the owner",
	  .remedy = "who defined it must give it ownerread, ownerwrite" },
	{ .code = 0x14a,
	  .passes = true,
	  .meaning = "the index is defined but not written yet",
	  .remedy = "its host writes it; wait a minute and run again" },
	{ .code = 0x14b,
	  .meaning = "the TPM has no room for one more index",
	  .remedy = "remove one that is not needed with tpm2_nvundefine" },
	{ .code = 0x14c,
	  .meaning = "another program has just defined the index",
	  .remedy = TRY_AGAIN },
	{ .code = 0x902,
	  .passes = true,
	  .meaning = "the TPM has no room for one more object",
	  .remedy = USE_RM },
	{ .code = 0x903,
	  .passes = true,
	  .meaning = "the TPM has no room for one more session",
	  .remedy = USE_RM },
	{ .code = 0x908,
	  .passes = true,
	  .meaning = "the TPM is busy",
	  .remedy = TRY_AGAIN },
	{ .code = 0x90a,
	  .passes = true,
	  .meaning = "the TPM is testing itself",
	  .remedy = TRY_AGAIN },
	{ .code = 0x920,
	  .passes = true,
	  .meaning = "the TPM limits how often it is written",
	  .remedy = TRY_AGAIN },
	{ .code = 0x921,
	  .meaning = "the TPM is locked against guessing passwords",
	  .remedy =
		  "wait until that is over; tpm2_getcap properties-variable says when" },
	{ .code = 0x922,
	  .passes = true,
	  .meaning = "the TPM is busy",
	  .remedy = TRY_AGAIN },
	{ .code = 0x923,
	  .passes = true,
	  .meaning = "the TPM cannot write now",
	  .remedy = TRY_AGAIN },
	/* Layers of tpm2-tss: SYS (8), TCTI (10). */
	{ .code = 0x80011,
	  .names_tcti = true,
	  .meaning = "there is something else than a TPM at",
	  .remedy = "correct --tcti" },
	{ .code = 0x80012,
	  .names_tcti = true,
	  .meaning = "there is something else than a TPM at",
	  .remedy = "correct --tcti" },
	{ .code = 0xa0008,
	  .names_tcti = true,
	  .meaning = "no connection to",
	  .remedy = "start what should answer there, or correct --tcti" },
	{ .code = 0xa000a,
	  .names_tcti = true,
	  .meaning = "the connection broke to",
	  .remedy = "see to what serves the TPM there, and run again" },
	{ .meaning = NULL },
};

uint32_t co_tpm_error_base(uint32_t code)
{
	static const uint32_t in_kernel = 11, in_user_space = 12;
	uint32_t layer = code >> 16;

	if (layer != 0 && layer != in_kernel && layer != in_user_space)
		return code;
	code &= 0xfff;
	/* Format one: bit 6 and bits 8 to 11 say which handle, session or
	 * parameter; the error is in bits 0 to 5. */
	return (code & 0x80) != 0 ? code & 0xbf : code;
}

/* --- stderr --- */

static bool contains(struct ev_span text, const char *part)
{
	return text.n > 0 && memmem(text.p, text.n, part, strlen(part)) != NULL;
}

/* The number between "0x" and ")" behind the first `before`; 0: none. */
static uint32_t number_behind(struct ev_span err, const char *before)
{
	size_t n = strlen(before), i;
	const uint8_t *at = err.n == 0 ? NULL : memmem(err.p, err.n, before, n);
	uint32_t code = 0;

	if (at == NULL)
		return 0;
	n += (size_t)(at - err.p);
	for (i = n; i < err.n && i < n + 8; i++) {
		int digit = ev_hex_digit(err.p[i]);

		if (digit < 0)
			break;
		code = code << 4 | (uint32_t)digit;
	}
	return i > n && i < err.n && err.p[i] == ')' ? code : 0;
}

uint32_t co_tpm_response_code(struct ev_span err)
{
	uint32_t code = number_behind(err, "ErrorCode (0x");

	/* The tools' own lines, "ERROR: Esys_NV_Read(0x14A) - ...", are all
	 * that there is where TSS2_LOG keeps the library silent. */
	return code != 0 ? code : number_behind(err, "(0x");
}

bool co_tpm_is_bad_auth(struct ev_span err)
{
	return co_tpm_error_base(co_tpm_response_code(err)) == RC_BAD_AUTH;
}

static bool fits(const struct co_tpm_error *row, const char *tool,
		 struct ev_span err, uint32_t base)
{
	if (row->tools != NULL &&
	    strncmp(tool, row->tools, strlen(row->tools)) != 0)
		return false;
	if (row->code != 0)
		return row->code == base;
	return contains(err, row->text) &&
	       (row->also == NULL || contains(err, row->also));
}

const struct co_tpm_error *co_tpm_error_find(const char *tool,
					     struct ev_span err)
{
	uint32_t base = co_tpm_error_base(co_tpm_response_code(err));

	for (const struct co_tpm_error *row = co_tpm_errors;
	     row->meaning != NULL; row++)
		if (fits(row, tool, err, base))
			return row;
	return NULL;
}

/* --- a line for a person --- */

/* The first line that begins with ERROR, else the first. */
static struct ev_span telling_line(struct ev_span err)
{
	struct ev_span first = { NULL, 0 };

	while (err.n > 0) {
		const uint8_t *end = memchr(err.p, '\n', err.n);
		size_t n = end == NULL ? err.n : (size_t)(end - err.p);
		struct ev_span line = ev_span_sub(err, 0, n);

		if (n >= 5 && memcmp(line.p, "ERROR", 5) == 0)
			return line;
		if (first.n == 0)
			first = line;
		n += end != NULL;
		err = ev_span_sub(err, n, err.n - n);
	}
	return first;
}

static void explain_row(const struct co_tpm *tpm, const char *tool,
			const struct co_tpm_error *row, uint32_t code,
			char why[512])
{
	char tcti[sizeof(tpm->tcti)] = "", number[24] = "";

	if (row->names_tcti)
		ev_show(ev_span_str(tpm->tcti), tcti, 200);
	if (row->code != 0)
		snprintf(number, sizeof(number), ", code 0x%x", code);
	snprintf(why, 512, "%s: %s%s%s%s (%s)", tool, row->meaning,
		 row->names_tcti ? " " : "", tcti, number, row->remedy);
}

static void explain_start(const struct co_tpm *tpm, const char *tool,
			  const struct co_exec_result *result, char why[512])
{
	const char *where = tpm->options.tools;
	char shown[200], what[100];

	ev_show(ev_span_str(where != NULL ? where : "/usr/bin"), shown,
		sizeof(shown));
	co_exec_describe(result, what, sizeof(what));
	if (result->status == ENOENT)
		snprintf(what, sizeof(what), "not found");
	snprintf(
		why, 512,
		"%s: %s, in %s (install the package tpm2-tools, or name its directory with --tpm2-tools)",
		tool, what, shown);
}

/* Nothing that the table knows: the tool's own words. */
static void explain_words(const char *tool, const struct co_exec_result *result,
			  uint32_t code, char why[512])
{
	char what[100], words[240], remedy[64];

	co_exec_describe(result, what, sizeof(what));
	ev_show(telling_line(ev_buffer_span(&result->err)), words,
		sizeof(words));
	snprintf(remedy, sizeof(remedy), "run it by hand to see more");
	if (code != 0)
		snprintf(remedy, sizeof(remedy),
			 "tpm2_rc_decode 0x%x says more", code);
	snprintf(why, 512, "%s: %s%s%s (%s)", tool, what,
		 words[0] != 0 ? ": " : "", words, remedy);
}

void co_tpm_explain(const struct co_tpm *tpm, const char *tool,
		    const struct co_exec_result *result, char why[512])
{
	struct ev_span err = ev_buffer_span(&result->err);
	uint32_t code = co_tpm_response_code(err);
	const struct co_tpm_error *row = co_tpm_error_find(tool, err);
	char what[100];

	co_exec_describe(result, what, sizeof(what));
	switch (result->end) {
	case CO_EXEC_TOO_LONG:
		snprintf(
			why, 512,
			"%s: %s (the TPM does not answer, or another program holds it; run again, or allow more with --timeout)",
			tool, what);
		break;
	case CO_EXEC_STOPPED:
		snprintf(why, 512, "%s: %s (run again)", tool, what);
		break;
	case CO_EXEC_NOT_BEGUN:
		explain_start(tpm, tool, result, why);
		break;
	case CO_EXEC_EXITED:
	case CO_EXEC_SIGNALLED:
		if (row != NULL)
			explain_row(tpm, tool, row, code, why);
		else
			explain_words(tool, result, code, why);
		break;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TPM, through tpm2-tools: each command is a child process in an empty
 * directory, with the TCTI always given, and is believed for the bytes that
 * it left, never for its exit status.
 */
#ifndef CO_TPM_H
#define CO_TPM_H

#include "collect/exec.h"
#include "collect/workdir.h"
#include "evidence/tpm.h"

/* The first ones of each list are kept; TPMs hold a few dozen. */
#define CO_TPM_HANDLES_MAX 256

/* Of an Azure vTPM. */
#define CO_NV_HCL_REPORT UINT32_C(0x01400001)
#define CO_NV_USER_DATA	 UINT32_C(0x01400002)
#define CO_NV_AK_CERT	 UINT32_C(0x01c101d0)
#define CO_AZURE_AK	 UINT32_C(0x81000003)

struct co_tpm_options {
	const char *tcti;	   /* NULL: device:/dev/tpmrmN */
	unsigned int number;	   /* N */
	const char *tools;	   /* directory of the tools, NULL: /usr/bin */
	struct ev_span owner_auth; /* empty: the empty password */
	unsigned int limit_ms; /* of each command at most; 0: its own alone */
};

/* What the capabilities said; filled by co_tpm_open. */
struct co_tpm {
	struct co_tpm_options options;
	struct co_workdir workdir;
	char tcti[256];
	bool there;	     /* it answered */
	bool no_room;	     /* files of the work directory met a full disk: */
			     /* trouble, which why of that command tells */
	char why[512];	     /* where not: one line that ends with a way out */
	bool overwritten;    /* by others, what co_tpm_nv_write wrote last */
	char refused[512];   /* why the owner's password was not taken; the */
			     /* owner is not asked a second time */
	char version[64];    /* of tpm2-tools: "5.4" */
	bool old_pcr_format; /* tpm2_quote has no -F */
	struct ev_buffer caps[5]; /* texts of tpm2_getcap, as printed */
	char caps_why[512];	  /* why one is missing that nothing rests on */
	uint32_t nv[CO_TPM_HANDLES_MAX], persistent[CO_TPM_HANDLES_MAX];
	size_t n_nv, n_persistent;
	uint32_t banks[4]; /* bit n: PCR n is in the bank; in the order of */
			   /* sha1, sha256, sha384, sha512 */
};

/* Makes the work directory and asks for the capabilities; false is trouble
 * of ours (no work directory, no room): an absent TPM is there == false. */
bool co_tpm_open(const struct co_tpm_options *options, struct co_tpm *out);
void co_tpm_close(struct co_tpm *tpm);

/* Whether the TCTI is the machine's own device; another may be served by
 * anybody, which an archive says. */
bool co_tpm_is_device(const struct co_tpm *tpm);

/* What caps[i] is the text of: "properties-fixed". */
const char *co_tpm_capability(size_t i);

bool co_tpm_has_nv(const struct co_tpm *tpm, uint32_t index);
bool co_tpm_has_key(const struct co_tpm *tpm, uint32_t handle);

/* TPM_RH_OWNER.  The tools take any handle for the name of a file first,
 * which is why nothing else lies in the work directory. */
#define CO_TPM_OWNER "0x40000001"

/* An argument of the tools: the owner's password, as options have it, lies in
 * the work directory while a command runs that has this among its own. */
#define CO_TPM_OWNER_AUTH "file:./ownerauth"

/*
 * Runs TOOL with these arguments (without argv[0]) in the emptied work
 * directory, where `in`, if not empty, lies as file "in"; again, for a short
 * while, where the TPM says that it is busy or full.  True where it exited
 * with 0; why, where not, is one line of tpm_error.h.  After the owner's
 * password was refused once, whatever wants the owner fails at once.
 */
bool co_tpm_run(struct co_tpm *tpm, const char *tool, const char *const *args,
		struct ev_span in, unsigned int limit_ms,
		struct co_exec_result *result, char why[512]);

/* The response code that the tools' stderr names, 0 where none. */
uint32_t co_tpm_response_code(struct ev_span err);

/* What a failed run means for a person: one line without a newline that ends
 * with what to do. */
void co_tpm_explain(const struct co_tpm *tpm, const char *tool,
		    const struct co_exec_result *result, char why[512]);

/* Commands; each is true where the bytes say so, and why is one line where
 * not.  out is appended to. */
bool co_tpm_nv_read(struct co_tpm *tpm, uint32_t index, struct ev_buffer *out,
		    char why[512]);
/* Defines the index (owner, of the size of bytes, which are not empty) where
 * it is not there yet; refuses one of another size; reads it back. */
bool co_tpm_nv_write(struct co_tpm *tpm, uint32_t index, struct ev_span bytes,
		     char why[512]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing NV indices of the TPM, by authority of its owner. */
#include "collect/tpm.h"

#include "collect/tpm_caps.h"

#include <stdio.h>

static const unsigned int NV_LIMIT_MS = 10000;
static const uint32_t RC_NV_DEFINED = 0x14c;
static const size_t NV_SIZE_MAX = UINT16_MAX; /* TPMS_NV_PUBLIC.dataSize */
#define ARGS_MAX 16

static const struct ev_span nothing = { NULL, 0 };

struct nv_args {
	char index[12];
	const char *list[ARGS_MAX];
	size_t n;
};

static void add_arg(struct nv_args *a, const char *arg)
{
	assert(a->n + 1 < ARGS_MAX);
	a->list[a->n++] = arg;
	a->list[a->n] = NULL;
}

/* Index and owner, and the owner's password where one was given: none is
 * ever guessed. */
static void begin_args(const struct co_tpm *tpm, struct nv_args *a,
		       uint32_t index)
{
	*a = (struct nv_args){ .n = 0 };
	snprintf(a->index, sizeof(a->index), "0x%08x", index);
	add_arg(a, a->index);
	add_arg(a, "-C");
	add_arg(a, CO_TPM_OWNER);
	if (tpm->options.owner_auth.n == 0)
		return;
	add_arg(a, "-P");
	add_arg(a, CO_TPM_OWNER_AUTH);
}

static bool run_nv(struct co_tpm *tpm, const char *tool,
		   const struct nv_args *a, struct ev_span in, char why[512])
{
	struct co_exec_result r;
	bool good = co_tpm_run(tpm, tool, a->list, in, NV_LIMIT_MS, &r, why);

	co_exec_free(&r);
	return good;
}

/* Asked only of an index that is listed: tpm2_nvreadpublic 5.4 dies of
 * SIGSEGV where there is none (until 5.6). */
static bool read_size(struct co_tpm *tpm, uint32_t index, size_t *size,
		      char why[512])
{
	char text[12];
	const char *const args[] = { text, NULL };
	struct co_exec_result r;
	bool good;

	snprintf(text, sizeof(text), "0x%08x", index);
	if (!co_tpm_has_nv(tpm, index)) {
		snprintf(
			why, 512,
			"tpm2_nvread: the TPM has no index %s (not an Azure confidential VM? tpm2_getcap handles-nv-index lists what is there)",
			text);
		return false;
	}
	good = co_tpm_run(tpm, "tpm2_nvreadpublic", args, nothing, NV_LIMIT_MS,
			  &r, why);
	if (good && !co_tpm_caps_nv_size(ev_buffer_span(&r.out), index, size)) {
		good = false;
		snprintf(
			why, 512,
			"tpm2_nvreadpublic: does not say the size of %s (see what tpm2_nvreadpublic %s prints)",
			text, text);
	}
	co_exec_free(&r);
	return good;
}

bool co_tpm_nv_read(struct co_tpm *tpm, uint32_t index, struct ev_buffer *out,
		    char why[512])
{
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	struct nv_args a;
	size_t size = 0;

	if (!read_size(tpm, index, &size, why))
		return false;
	begin_args(tpm, &a, index);
	add_arg(&a, "-o");
	add_arg(&a, "./nv");
	if (!run_nv(tpm, "tpm2_nvread", &a, nothing, why))
		return false;
	/* It says 0 where the disk was full. */
	co_workdir_take(&tpm->workdir, "nv", NV_SIZE_MAX, &bytes);
	if (!ev_buffer_ok(&bytes) || bytes.n != size) {
		snprintf(
			why, 512,
			"tpm2_nvread: %zu of %zu bytes of %s came (free some space, or set TMPDIR to another directory)",
			bytes.n, size, a.index);
		return false;
	}
	ev_buffer_add(out, ev_buffer_span(&bytes));
	if (ev_buffer_ok(out))
		return true;
	snprintf(why, 512, "tpm2_nvread: out of memory (free some)");
	return false;
}

/* *ours: nobody else did it since the TPM was asked what it has. */
static bool define(struct co_tpm *tpm, uint32_t index, size_t size, bool *ours,
		   char why[512])
{
	struct co_exec_result r;
	struct nv_args a;
	char text[8];
	bool good;

	snprintf(text, sizeof(text), "%zu", size);
	begin_args(tpm, &a, index);
	add_arg(&a, "-s");
	add_arg(&a, text);
	add_arg(&a, "-a");
	add_arg(&a, "ownerread|ownerwrite");
	*ours = co_tpm_run(tpm, "tpm2_nvdefine", a.list, nothing, NV_LIMIT_MS,
			   &r, why);
	good = *ours ||
	       co_tpm_response_code(ev_buffer_span(&r.err)) == RC_NV_DEFINED;
	co_exec_free(&r);
	if (good && tpm->n_nv < CO_TPM_HANDLES_MAX)
		tpm->nv[tpm->n_nv++] = index;
	return good;
}

/* A shorter text in a longer index would be followed by what was there. */
static bool have_index(struct co_tpm *tpm, uint32_t index, size_t size,
		       char why[512])
{
	size_t there = 0;
	bool ours = false;

	if (!co_tpm_has_nv(tpm, index) &&
	    (!define(tpm, index, size, &ours, why) || ours))
		return ours;
	if (!read_size(tpm, index, &there, why))
		return false;
	if (there == size)
		return true;
	snprintf(
		why, 512,
		"tpm2_nvwrite: index 0x%08x holds %zu bytes, not %zu (if nothing needs it, remove it with tpm2_nvundefine)",
		index, there, size);
	return false;
}

bool co_tpm_nv_write(struct co_tpm *tpm, uint32_t index, struct ev_span bytes,
		     char why[512])
{
	ev_auto_buffer struct ev_buffer back = { 0 };
	struct nv_args a;

	assert(bytes.n > 0 && bytes.n <= NV_SIZE_MAX);
	tpm->overwritten = false;
	if (!have_index(tpm, index, bytes.n, why))
		return false;
	begin_args(tpm, &a, index);
	add_arg(&a, "-i");
	add_arg(&a, "./in");
	if (!run_nv(tpm, "tpm2_nvwrite", &a, bytes, why) ||
	    !co_tpm_nv_read(tpm, index, &back, why))
		return false;
	if (ev_span_eq(ev_buffer_span(&back), bytes))
		return true;
	tpm->overwritten = true;
	snprintf(
		why, 512,
		"tpm2_nvwrite: index %s does not hold what was written (another program writes it; end that and run again)",
		a.index);
	return false;
}

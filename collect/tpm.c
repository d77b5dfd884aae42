/* SPDX-License-Identifier: Apache-2.0 */
/* The TPM through tpm2-tools. */
#include "collect/tpm.h"

#include "collect/stop.h"
#include "collect/tpm_caps.h"
#include "collect/tpm_error.h"
#include "evidence/base/hex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned int CAPS_LIMIT_MS = 5000;
static const unsigned int CAPS_TRIES = 2;
/* What passes by itself mostly does so at once. */
static const unsigned int PASSING_TRIES = 3;
static const unsigned int PASSING_MS = 200;
#define N_CAPS	 5
#define ARGS_MAX 32

#define AUTH_NAME (&CO_TPM_OWNER_AUTH[sizeof("file:./") - 1])
#define AUTH_MAX  64 /* TPM2B_AUTH: the size of the largest digest */

enum { CAP_PCRS = 2, CAP_PERSISTENT = 3, CAP_NV = 4 };
static const char *const cap_names[N_CAPS] = { "properties-fixed",
					       "properties-variable", "pcrs",
					       "handles-persistent",
					       "handles-nv-index" };

static const struct ev_span nothing = { NULL, 0 };

const char *co_tpm_capability(size_t i)
{
	return cap_names[i];
}

/* --- running --- */

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

/* DIR/tpm2_quote, else, where that is what is there, "DIR/tpm2 quote".  Where
 * neither is, the first, and co_exec will say so. */
static void find_tool(const struct co_tpm *tpm, const char *tool,
		      char program[PATH_MAX], bool *one_for_all)
{
	static const char all[] = "tpm2_";
	const char *given = tpm->options.tools;
	char dir[PATH_MAX], other[PATH_MAX];
	int n;

	*one_for_all = false;
	if (realpath(given != NULL ? given : "/usr/bin", dir) == NULL)
		dir[0] = 0;
	n = snprintf(other, sizeof(other), "%s/tpm2", dir);
	if (n < 0 || (size_t)n >= sizeof(other))
		other[0] = 0;
	n = snprintf(program, PATH_MAX, "%s/%s", dir, tool);
	if (n >= 0 && n < PATH_MAX && is_program(program))
		return;
	if (strncmp(tool, all, sizeof(all) - 1) == 0 && is_program(other)) {
		memcpy(program, other, sizeof(other));
		*one_for_all = true;
	}
}

static void execute(const struct co_tpm *tpm, const char *tool,
		    const char *const *args, unsigned int limit_ms,
		    struct co_exec_result *result)
{
	char program[PATH_MAX], tcti[sizeof(tpm->tcti) + 20];
	const char *argv[ARGS_MAX + 3];
	const char *const env[] = { "PATH=/usr/bin:/bin", "LC_ALL=C",
				    "HOME=/nonexistent", tcti, NULL };
	unsigned int most = tpm->options.limit_ms;
	bool one_for_all;
	size_t n = 0;

	if (most != 0 && most < limit_ms)
		limit_ms = most;
	find_tool(tpm, tool, program, &one_for_all);
	snprintf(tcti, sizeof(tcti), "TPM2TOOLS_TCTI=%s", tpm->tcti);
	argv[n++] = program;
	if (one_for_all)
		argv[n++] = tool + strlen("tpm2_");
	for (size_t i = 0; args[i] != NULL; i++) {
		assert(i < ARGS_MAX);
		argv[n++] = args[i];
	}
	argv[n] = NULL;
	co_exec(&(struct co_exec_request){ .program = program,
					   .argv = argv,
					   .env = env,
					   .directory = tpm->workdir.path,
					   .limit_ms = limit_ms },
		result);
}

/* As "hex:", which is the one form of a password that no byte of it can turn
 * into another form. */
static bool put_owner_auth(const struct co_tpm *tpm)
{
	char text[4 + 2 * AUTH_MAX + 1] = "hex:";
	struct ev_span auth = tpm->options.owner_auth;
	bool good;

	assert(auth.n <= AUTH_MAX); /* co_tpm_open has looked */
	ev_hex_encode(auth, text + 4);
	good = co_workdir_put(&tpm->workdir, AUTH_NAME, ev_span_str(text));
	explicit_bzero(text, sizeof(text));
	return good;
}

static bool has_arg(const char *const *args, const char *arg)
{
	for (; *args != NULL; args++)
		if (strcmp(*args, arg) == 0)
			return true;
	return false;
}

static bool prepare(const struct co_tpm *tpm, struct ev_span in,
		    bool with_owner_auth)
{
	co_workdir_clear(&tpm->workdir);
	if (in.n > 0 && !co_workdir_put(&tpm->workdir, "in", in))
		return false;
	return !with_owner_auth || put_owner_auth(tpm);
}

static bool full(struct co_tpm *tpm, const char *tool, char why[512])
{
	tpm->no_room = errno == ENOSPC || errno == EDQUOT || errno == EFBIG ||
		       errno == EIO;
	snprintf(
		why, 512,
		"%s: cannot leave files in %.200s: %s (free some space, or set TMPDIR to another directory)",
		tool, tpm->workdir.path, strerror(errno));
	return false;
}

static bool run_once(struct co_tpm *tpm, const char *tool,
		     const char *const *args, struct ev_span in,
		     unsigned int limit_ms, struct co_exec_result *result,
		     char why[512])
{
	bool with_owner_auth = has_arg(args, CO_TPM_OWNER_AUTH);
	bool of_owner = has_arg(args, CO_TPM_OWNER);

	*result = (struct co_exec_result){ .end = CO_EXEC_NOT_BEGUN };
	if (of_owner && tpm->refused[0] != 0) {
		snprintf(why, 512, "%s", tpm->refused);
		return false;
	}
	if (!prepare(tpm, in, with_owner_auth)) {
		result->status = errno;
		return full(tpm, tool, why);
	}
	execute(tpm, tool, args, limit_ms, result);
	if (with_owner_auth)
		unlinkat(tpm->workdir.dir, AUTH_NAME, 0);
	if (!ev_buffer_ok(&result->out) || !ev_buffer_ok(&result->err)) {
		snprintf(why, 512, "%s: out of memory (free some)", tool);
		return false;
	}
	/* The tools say 0 where a full disk took their output. */
	if (!co_workdir_has_room(&tpm->workdir))
		return full(tpm, tool, why);
	if (result->end == CO_EXEC_EXITED && result->status == 0)
		return true;
	co_tpm_explain(tpm, tool, result, why);
	if (of_owner && co_tpm_is_bad_auth(ev_buffer_span(&result->err)))
		snprintf(tpm->refused, sizeof(tpm->refused), "%s", why);
	return false;
}

static bool passes(const char *tool, const struct co_exec_result *result)
{
	const struct co_tpm_error *row =
		co_tpm_error_find(tool, ev_buffer_span(&result->err));

	return result->end == CO_EXEC_EXITED && row != NULL && row->passes;
}

bool co_tpm_run(struct co_tpm *tpm, const char *tool, const char *const *args,
		struct ev_span in, unsigned int limit_ms,
		struct co_exec_result *result, char why[512])
{
	for (unsigned int i = 1;; i++) {
		if (run_once(tpm, tool, args, in, limit_ms, result, why))
			return true;
		if (i == PASSING_TRIES || tpm->no_room ||
		    !passes(tool, result) ||
		    !co_stop_sleep_ms(PASSING_MS << (i - 1)))
			return false;
		co_exec_free(result);
	}
}

/* --- what the TPM has --- */

static bool is_listed(const uint32_t *list, size_t n, uint32_t handle)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == handle)
			return true;
	return false;
}

bool co_tpm_has_nv(const struct co_tpm *tpm, uint32_t index)
{
	return is_listed(tpm->nv, tpm->n_nv, index);
}

bool co_tpm_has_key(const struct co_tpm *tpm, uint32_t handle)
{
	return is_listed(tpm->persistent, tpm->n_persistent, handle);
}

static size_t read_handles(const struct ev_buffer *text,
			   uint32_t out[CO_TPM_HANDLES_MAX])
{
	size_t n = co_tpm_caps_handles(ev_buffer_span(text), out,
				       CO_TPM_HANDLES_MAX);

	return n < CO_TPM_HANDLES_MAX ? n : CO_TPM_HANDLES_MAX;
}

/* tpm2_quote and tpm2_pcrread have -F since then. */
static bool is_before_5_2(const char *version)
{
	char *end = NULL;
	unsigned long major = strtoul(version, &end, 10), minor;

	if (end == version || *end != '.')
		return false;
	minor = strtoul(end + 1, NULL, 10);
	return major < 5 || (major == 5 && minor < 2);
}

static bool read_version(struct co_tpm *tpm)
{
	static const char *const args[] = { "-v", NULL };
	struct co_exec_result r;
	bool good = co_tpm_run(tpm, "tpm2_getcap", args, nothing, CAPS_LIMIT_MS,
			       &r, tpm->why);

	if (good)
		co_tpm_caps_version(ev_buffer_span(&r.out), tpm->version,
				    sizeof(tpm->version));
	tpm->old_pcr_format = is_before_5_2(tpm->version);
	co_exec_free(&r);
	return good;
}

/* *ended: the tool came to its end, so that another may do better. */
static bool read_cap(struct co_tpm *tpm, size_t cap, bool *ended)
{
	const char *const args[] = { cap_names[cap], NULL };
	struct co_exec_result r = { 0 };
	bool good = false;

	for (unsigned int i = 0; i < CAPS_TRIES && !good; i++) {
		co_exec_free(&r);
		good = co_tpm_run(tpm, "tpm2_getcap", args, nothing,
				  CAPS_LIMIT_MS, &r, tpm->why);
		*ended = r.end == CO_EXEC_EXITED;
		if (r.end == CO_EXEC_STOPPED || r.end == CO_EXEC_NOT_BEGUN ||
		    tpm->no_room)
			break;
	}
	if (good && r.out_cut) {
		good = false;
		snprintf(
			tpm->why, sizeof(tpm->why),
			"tpm2_getcap: %s is longer than any TPM's (see to what serves it)",
			cap_names[cap]);
	}
	if (good) {
		tpm->caps[cap] = r.out; /* ours from here on */
		r.out = (struct ev_buffer){ 0 };
	}
	co_exec_free(&r);
	return good;
}

bool co_tpm_is_device(const struct co_tpm *tpm)
{
	static const char device[] = "device:/dev/tpm";

	return strncmp(tpm->tcti, device, sizeof(device) - 1) == 0;
}

/* The lists of handles may be empty. */
static bool understand(struct co_tpm *tpm)
{
	tpm->n_persistent =
		read_handles(&tpm->caps[CAP_PERSISTENT], tpm->persistent);
	tpm->n_nv = read_handles(&tpm->caps[CAP_NV], tpm->nv);
	if (co_tpm_caps_banks(ev_buffer_span(&tpm->caps[CAP_PCRS]), tpm->banks))
		return true;
	snprintf(
		tpm->why, sizeof(tpm->why),
		"tpm2_getcap: says nothing of PCRs (see what tpm2_getcap pcrs prints)");
	return false;
}

static bool read_caps(struct co_tpm *tpm)
{
	if (!read_version(tpm))
		return false;
	for (size_t i = 0; i < N_CAPS; i++) {
		bool ended = false;

		if (read_cap(tpm, i, &ended))
			continue;
		/* Properties are for people. */
		if (i >= CAP_PCRS || !ended || tpm->no_room)
			return false;
		memcpy(tpm->caps_why, tpm->why, sizeof(tpm->caps_why));
	}
	return understand(tpm);
}

/* Never without a TCTI: the tools would try a port of this machine, which
 * anybody can serve. */
static bool understand_options(struct co_tpm *tpm)
{
	const struct co_tpm_options *o = &tpm->options;
	int n;

	if (o->owner_auth.n > AUTH_MAX) {
		snprintf(
			tpm->why, sizeof(tpm->why),
			"--owner-auth-file: %zu bytes (a TPM's password has at most %d)",
			o->owner_auth.n, AUTH_MAX);
		return false;
	}
	if (o->tcti != NULL)
		n = snprintf(tpm->tcti, sizeof(tpm->tcti), "%s", o->tcti);
	else
		n = snprintf(tpm->tcti, sizeof(tpm->tcti),
			     "device:/dev/tpmrm%u", o->number);
	if (n > 0 && (size_t)n < sizeof(tpm->tcti))
		return true;
	snprintf(tpm->why, sizeof(tpm->why),
		 "--tcti: %s (for example device:/dev/tpmrm0)",
		 n == 0 ? "empty" : "too long");
	return false;
}

bool co_tpm_open(const struct co_tpm_options *options, struct co_tpm *out)
{
	*out = (struct co_tpm){ .options = *options };
	if (!co_workdir_make(&out->workdir, out->why, sizeof(out->why)))
		return false;
	out->there = understand_options(out) && read_caps(out);
	return !out->no_room;
}

void co_tpm_close(struct co_tpm *tpm)
{
	for (size_t i = 0; i < N_CAPS; i++)
		ev_buffer_free(&tpm->caps[i]);
	co_workdir_remove(&tpm->workdir);
	tpm->there = false;
	tpm->n_nv = tpm->n_persistent = 0;
}

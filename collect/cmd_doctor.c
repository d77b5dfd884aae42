/* SPDX-License-Identifier: Apache-2.0 */
/* ecart doctor: what this machine offers, source by source, and why not. */
#include "collect/cmd_collect_options.h"
#include "collect/curl.h"
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

/* What can be said of a source without asking it. */
enum state { OK, ABSENT, NO_PERMISSION, NOT_ASKED, NETWORK };

static const char *const state_words[] = {
	[OK] = "ok",
	[ABSENT] = "absent",
	[NO_PERMISSION] = "no permission",
	[NOT_ASKED] = "not asked",
	[NETWORK] = "network",
};

static enum state state_of_path(const struct co_collection *c, const char *path)
{
	int fd = co_root_openat(&c->root, path, O_RDONLY | O_NONBLOCK);

	if (fd >= 0) {
		close(fd);
		return OK;
	}
	return errno == EACCES || errno == EPERM ? NO_PERMISSION : ABSENT;
}

/* The TPM's own words: a device that may not be opened is there. */
static bool tpm_is_denied(const struct co_collection *c)
{
	return strstr(c->tpm.why, "permission denied") != NULL;
}

static bool needs_tpm(const struct co_source *s)
{
	return strcmp(s->needs, "group tss") == 0;
}

static enum state state_of(const struct co_collection *c,
			   const struct co_source *s, enum co_wanted wanted)
{
	if (needs_tpm(s) && !c->tpm.there && tpm_is_denied(c))
		return NO_PERMISSION;
	if (wanted == CO_NOT_HERE)
		return ABSENT;
	if (wanted == CO_NOT_ASKED)
		return NOT_ASKED;
	if (s->path != NULL)
		return state_of_path(c, s->path);
	if (s->nv != 0)
		return co_tpm_has_nv(&c->tpm, s->nv) ? OK : ABSENT;
	return s->network ? NETWORK : OK;
}

/* What a person can do about it, "" where nothing is to be done. */
static const char *way_out(const struct co_source *s, enum state state,
			   enum co_wanted wanted)
{
	if (state == NO_PERMISSION)
		return needs_tpm(s) ? "run as root or join group tss"
				    : "run as root";
	if (state == ABSENT && wanted != CO_NOT_HERE)
		return "ecart-collect(1) says what offers it";
	return "";
}

static void line(const struct co_source *s, enum state state,
		 enum co_wanted wanted, struct ev_buffer *out,
		 struct ev_writer *w)
{
	const char *way = way_out(s, state, wanted);

	if (w == NULL) {
		ev_buffer_printf(out, "%-16s %-13s %s%s%s%s\n", s->name,
				 state_words[state], s->reads,
				 way[0] != 0 ? " (" : "", way,
				 way[0] != 0 ? ")" : "");
		return;
	}
	ev_write_object(w, NULL);
	ev_write_str(w, "source", s->name);
	ev_write_str(w, "state", state_words[state]);
	ev_write_str(w, "where", s->reads);
	ev_write_str(w, "needs", s->needs);
	ev_write_bool(w, "required", wanted == CO_REQUIRED);
	if (way[0] != 0)
		ev_write_str(w, "remedy", way);
	ev_write_end(w);
}

/* True where a required source of this machine is not to be had. */
static bool list_sources(const struct co_collection *c, struct ev_buffer *out,
			 struct ev_writer *w)
{
	bool missing = false;

	for (const struct co_source *s = co_sources; s->name != NULL; s++) {
		const char *reason;
		enum co_wanted wanted = co_collection_wanted(c, s, &reason);
		enum state state = state_of(c, s, wanted);

		missing |= wanted == CO_REQUIRED &&
			   (state == ABSENT || state == NO_PERMISSION);
		line(s, state, wanted, out, w);
	}
	return missing;
}

static bool in_group_tss(void)
{
	const struct group *tss = getgrnam("tss");
	gid_t groups[64];
	int n = getgroups(64, groups);

	if (geteuid() == 0)
		return true;
	for (int i = 0; tss != NULL && i < n; i++) {
		if (groups[i] == tss->gr_gid)
			return true;
	}
	return false;
}

static bool clock_is_kept(void)
{
	struct timex t = { 0 };
	int state = adjtimex(&t);

	return state >= 0 && state != TIME_ERROR &&
	       (t.status & STA_UNSYNC) == 0;
}

static void list_facts(const struct co_collection *c, struct ev_buffer *out)
{
	struct utsname u;
	char why[CO_WHY_TEXT];
	const struct co_curl *curl = co_curl_load(why, sizeof(why));

	ev_buffer_printf(out, "machine   %s\n",
			 co_machine_word(c->machine.kind));
	if (c->machine.unread[0] != 0)
		ev_buffer_printf(out, "          %s\n", c->machine.unread);
	if (uname(&u) == 0)
		ev_buffer_printf(out, "kernel    %s %s\n", u.sysname,
				 u.release);
	if (c->tpm.there)
		ev_buffer_printf(out, "TPM       %s, tpm2-tools %s\n",
				 c->tpm.tcti, c->tpm.version);
	else
		ev_buffer_printf(out, "TPM       %s\n", c->tpm.why);
	ev_buffer_printf(out, "libraries %s, %s%s\n",
			 OpenSSL_version(OPENSSL_VERSION),
			 curl != NULL ? "libcurl " : "",
			 curl != NULL ? curl->version : why);
	ev_buffer_printf(out, "clock     %s\n",
			 clock_is_kept() ? "synchronised"
					 : "not synchronised: the claimed time "
					   "may be wrong");
	ev_buffer_printf(out, "user      %s, %sin group tss\n\n",
			 geteuid() == 0 ? "root" : "not root",
			 in_group_tss() ? "" : "not ");
}

static int print_text(const struct co_collection *c)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	bool missing;

	list_facts(c, &out);
	missing = list_sources(c, &out, NULL);
	if (!ev_buffer_ok(&out))
		return cli_trouble("out of memory");
	if (!cli_print(ev_buffer_span(&out)))
		return CLI_TROUBLE;
	return missing || c->machine.kind == CO_MACHINE_NONE ? CLI_INCOMPLETE
							     : CLI_PASS;
}

static int print_json(const struct co_collection *c)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	char *text, why[CO_WHY_TEXT];
	const struct co_curl *curl = co_curl_load(why, sizeof(why));
	struct utsname u;
	bool missing, ok;
	size_t n;

	if (w == NULL)
		return cli_trouble("out of memory");
	ev_write_object(w, NULL);
	ev_write_str(w, "machine", co_machine_word(c->machine.kind));
	ev_write_bool(w, "tpm", c->tpm.there);
	if (!c->tpm.there)
		ev_write_shown(w, "tpmReason", c->tpm.why);
	else
		ev_write_foreign(w, "tpm2Tools", ev_span_str(c->tpm.version));
	if (uname(&u) == 0)
		ev_write_foreign(w, "kernel", ev_span_str(u.release));
	ev_write_str(w, "openssl", OpenSSL_version(OPENSSL_VERSION_STRING));
	if (curl != NULL)
		ev_write_str(w, "libcurl", curl->version);
	ev_write_bool(w, "clockSynchronised", clock_is_kept());
	ev_write_bool(w, "groupTss", in_group_tss());
	ev_write_array(w, "sources");
	missing = list_sources(c, NULL, w);
	ev_write_end(w);
	ev_write_end(w);
	text = ev_writer_finish(w, &n);
	if (text == NULL)
		return cli_trouble("out of memory");
	text[n] = '\n';
	ok = cli_print(ev_span_of(text, n + 1));
	free(text);
	if (!ok)
		return CLI_TROUBLE;
	return missing || c->machine.kind == CO_MACHINE_NONE ? CLI_INCOMPLETE
							     : CLI_PASS;
}

static int doctor(const struct cmd_collect *given)
{
	struct co_collection c = { .root = { .dir = -1 } };
	char why[CO_WHY_TEXT];
	int status;

	if (!co_collection_open(&c, &given->options, &status, why) ||
	    !co_collection_look(&c, why))
		status = status == CLI_USAGE ? cli_usage(&cmd_doctor, "%s", why)
					     : cli_trouble("%s", why);
	else
		status = given->json ? print_json(&c) : print_text(&c);
	co_collection_close(&c);
	return status;
}

static int run(int argc, char **argv)
{
	struct cmd_collect given = { 0 };
	int status = cmd_collect_parse(&cmd_doctor, argc, argv, &given);

	if (status == CLI_PASS)
		status = given.help ? cli_help(&cmd_doctor) : doctor(&given);
	cmd_collect_free(&given);
	return status;
}

const struct cli_command cmd_doctor = {
	.name = "doctor",
	.group = "Making archives",
	.summary = "what this machine offers, and why not",
	.help = "usage: ecart doctor [--root DIR] [--json]\n"
		"\n"
		"Says, source by source, what a collection would find on this "
		"machine, where it\n"
		"looks, and what is missing: a device, a permission, a newer "
		"kernel. Nothing is\n"
		"written and no address is asked. The options of `ecart "
		"collect` that say where\n"
		"things are (--tcti, --tpm, --tpm2-tools) hold here too.\n"
		"\n"
		"Exit status: 0 where all that such a machine should offer is "
		"there, else 2.\n"
		"\n"
		"example: ecart doctor\n",
	.run = run,
};

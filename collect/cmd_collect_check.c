/* SPDX-License-Identifier: Apache-2.0 */
/* A collection's command line, before anything is asked. */
#include "collect/cmd_collect_check.h"

#include "cli_archive.h"
#include "collect/collateral.h"
#include "collect/http.h"
#include "collect/http_url.h"
#include "collect/qgs.h"
#include "evidence/archive.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/pem.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t FILE_MAX = (uint64_t)16 << 20;

static const char *text_at(const struct cmd_collect *given, size_t offset)
{
	const char *text;

	memcpy(&text, (const char *)given + offset, sizeof(text));
	return text;
}

static bool flag_at(const struct cmd_collect *given, size_t offset)
{
	bool flag;

	memcpy(&flag, (const char *)given + offset, sizeof(flag));
	return flag;
}

#define AT(member) offsetof(struct cmd_collect, member)

/* --- options that go together, or do not --- */

static int check_needs(const struct cli_command *cmd,
		       const struct cmd_collect *given)
{
	static const struct {
		const char *option, *needed;
		size_t at, needed_at;
	} needs[] = {
		{ "--bearer-file", "--maa", AT(options.bearer_file),
		  AT(options.maa) },
		{ "--ita-key-file", "--ita", AT(options.ita_key_file),
		  AT(options.ita) },
		{ "--ita", "--ita-key-file", AT(options.ita),
		  AT(options.ita_key_file) },
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if (text_at(given, needs[i].at) != NULL &&
		    text_at(given, needs[i].needed_at) == NULL)
			return cli_usage(cmd, "%s: there is no %s",
					 needs[i].option, needs[i].needed);
	}
	return CLI_PASS;
}

static int check_contradictions(const struct cli_command *cmd,
				const struct cmd_collect *given)
{
	static const struct {
		size_t flag, text, other; /* other: a flag; or a text */
		const char *what;
	} table[] = {
		{ AT(options.read_only), AT(nonce), 0,
		  "--nonce: --read-only binds nothing to a nonce" },
		{ AT(options.read_only), AT(options.ita), 0,
		  "--ita: --read-only makes no report for its nonce" },
		{ AT(options.minimal), 0, AT(options.with_instance),
		  "--with-instance: --minimal leaves that out" },
		{ AT(options.no_collateral), 0, AT(options.hindsight),
		  "--hindsight: --no-collateral asks for none" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		bool other = table[i].other != 0
				     ? flag_at(given, table[i].other)
				     : text_at(given, table[i].text) != NULL;

		if (flag_at(given, table[i].flag) && other)
			return cli_usage(cmd, "%s", table[i].what);
	}
	if (given->quiet && given->json)
		return cli_usage(cmd, "--json: --quiet says nothing");
	if (given->nonce != NULL && co_named(given->options.skip, "host"))
		return cli_usage(cmd, "--nonce: without the source host "
				      "nothing is bound to a nonce");
	return CLI_PASS;
}

/* --- addresses --- */

static int check_address(const struct cli_command *cmd, const char *option,
			 const char *text, bool plain)
{
	char shown[200];
	struct co_http_url url;
	const char *wrong = text == NULL ? NULL : co_http_url_parse(text, &url);

	if (wrong == NULL && text != NULL && !url.tls && !plain)
		wrong = "it is asked with https alone";
	if (wrong == NULL)
		return CLI_PASS;
	/* The rest of it may hold a secret. */
	co_http_origin(text, shown, sizeof(shown));
	return cli_usage(cmd, "%s %s: %s", option, shown, wrong);
}

static int check_addresses(const struct cli_command *cmd,
			   const struct cmd_collect *given)
{
	const struct co_options *o = &given->options;
	int status = check_address(cmd, "--tsa", given->tsa, true);

	if (status == CLI_PASS)
		status = check_address(cmd, "--maa", o->maa, false);
	if (status == CLI_PASS)
		status = check_address(cmd, "--ita", o->ita, false);
	for (size_t i = 0; i < o->n_collateral_from && status == CLI_PASS; i++)
		status = check_address(
			cmd, "--pccs",
			co_collateral_pccs(o->collateral_from[i]), false);
	if (status == CLI_PASS && o->qgs != NULL && !co_qgs_is_address(o->qgs))
		status = cli_usage(
			cmd, "--qgs %s: want vsock:PORT or unix:PATH", o->qgs);
	return status;
}

/* --- files --- */

static int check_certificates(const char *path, struct ev_span bytes)
{
	struct ev_pem_list list = { 0 };
	struct ev_error err = { 0 };
	char why[512];
	int status = CLI_PASS;

	if (ev_pem_list_parse(bytes, 0, "CERTIFICATE", &list, &err) != EV_OK) {
		ev_error_format(&err, why, sizeof(why));
		status = cli_unreadable("--cacert %s: %s", path, why);
	}
	ev_pem_list_free(&list);
	return status;
}

static int check_archive(const char *path, struct ev_span bytes)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_archive archive = { 0 };
	struct ev_error err = { 0 };
	char why[512];
	int status = CLI_PASS;

	if (crypto == NULL)
		return cli_trouble("libcrypto does not start");
	if (cli_archive_open(crypto, bytes, EV_ARCHIVE_MAX, &archive, &err) !=
	    EV_OK) {
		ev_error_format(&err, why, sizeof(why));
		status = cli_unreadable("--collateral-from %s: %s", path, why);
	}
	ev_archive_free(&archive);
	return status;
}

typedef int check_content(const char *path, struct ev_span bytes);

static int check_file(const char *option, const char *path, uint64_t max,
		      check_content *content)
{
	struct cli_file file;
	int status;

	if (path == NULL)
		return CLI_PASS;
	if (access(path, R_OK) != 0)
		return cli_unreadable("%s %s: %s", option, path,
				      strerror(errno));
	status = cli_file_read_plain(path, max, &file);
	if (status == CLI_PASS)
		status = content(path, file.bytes);
	cli_file_free(&file);
	return status;
}

/* Not read: it may be a pipe, which gives its bytes once. */
static int check_secret(const char *option, const char *path)
{
	struct stat st;

	if (path == NULL)
		return CLI_PASS;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else if (access(path, R_OK) == 0)
		return CLI_PASS;
	return cli_unreadable("%s %s: %s", option, path, strerror(errno));
}

static int check_files(const struct cmd_collect *given)
{
	const struct co_options *o = &given->options;
	int status = check_file("--cacert", o->ca_file, FILE_MAX,
				check_certificates);

	if (status == CLI_PASS)
		status = check_secret("--bearer-file", o->bearer_file);
	if (status == CLI_PASS)
		status = check_secret("--ita-key-file", o->ita_key_file);
	for (size_t i = 0; i < o->n_collateral_from && status == CLI_PASS;
	     i++) {
		if (co_collateral_is_archive(o->collateral_from[i]))
			status = check_file("--collateral-from (pcs, thim, "
					    "pccs=URL or an archive)",
					    o->collateral_from[i],
					    EV_ARCHIVE_MAX, check_archive);
	}
	return status;
}

int cmd_collect_check(const struct cli_command *cmd,
		      const struct cmd_collect *given)
{
	int status = check_needs(cmd, given);

	if (status == CLI_PASS)
		status = check_contradictions(cmd, given);
	if (status == CLI_PASS)
		status = check_addresses(cmd, given);
	return status == CLI_PASS ? check_files(given) : status;
}

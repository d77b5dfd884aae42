/* SPDX-License-Identifier: Apache-2.0 */
/* Options of collect: a table of names and where each goes. */
#include "collect/cmd_collect_options.h"

#include "collect/poc_host.h"
#include "evidence/base/hex.h"
#include "evidence/roundtrip.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A TPM takes passwords of at most one digest. */
static const uint64_t OWNER_AUTH_MAX = 64;
static const unsigned int TIMEOUT_MAX = 3600;

#define TEXT(name, member)                                                     \
	{                                                                      \
		name, offsetof(struct cmd_collect, member), true               \
	}
#define FLAG(name, member)                                                     \
	{                                                                      \
		name, offsetof(struct cmd_collect, member), false              \
	}

static const struct {
	const char *name;
	size_t offset; /* of a const char * or a bool */
	bool text;
} table[] = {
	TEXT("output", output),
	TEXT("source", options.source),
	TEXT("skip", options.skip),
	TEXT("root", options.root),
	TEXT("user", options.user),
	TEXT("nonce", nonce),
	TEXT("key", key),
	TEXT("tsa", tsa),
	TEXT("maa", options.maa),
	TEXT("bearer-file", options.bearer_file),
	TEXT("ita", options.ita),
	TEXT("ita-key-file", options.ita_key_file),
	TEXT("pccs", pccs),
	FLAG("no-collateral", options.no_collateral),
	FLAG("hindsight", options.hindsight),
	TEXT("cacert", options.ca_file),
	TEXT("tcti", options.tcti),
	TEXT("tpm", tpm),
	TEXT("ak", ak),
	TEXT("owner-auth-file", owner_auth_file),
	TEXT("tpm2-tools", options.tpm2_tools),
	TEXT("qgs", options.qgs),
	FLAG("read-only", options.read_only),
	FLAG("sandwich", options.sandwich),
	FLAG("with-instance", options.with_instance),
	FLAG("minimal", options.minimal),
	FLAG("salted", options.salted),
	TEXT("poc", options.poc),
	TEXT("poc-registry", options.poc_registry),
	TEXT("poc-tries", poc_tries),
	TEXT("timeout", timeout),
	TEXT("label", label),
	TEXT("series", series),
	TEXT("previous", previous),
	FLAG("strict", strict),
	FLAG("force", force),
	FLAG("dry-run", dry_run),
	FLAG("quiet", quiet),
	FLAG("json", json),
	FLAG("help", help),
};
static const size_t n_table = sizeof(table) / sizeof(table[0]);

/* Values of long options: rows of the table from 256 on. */
enum { OPT_ROW = 256, OPT_COLLATERAL_FROM = 1024 };

static void take(struct cmd_collect *c, size_t row)
{
	char *place = (char *)c + table[row].offset;
	const char *text = optarg;
	bool yes = true;

	if (table[row].text)
		memcpy(place, &text, sizeof(text));
	else
		memcpy(place, &yes, sizeof(yes));
}

static int add_collateral_from(const struct cli_command *cmd,
			       struct co_options *o, const char *from)
{
	if (o->n_collateral_from == CO_COLLATERAL_FROM_MAX)
		return cli_usage(cmd, "--collateral-from: at most %d",
				 CO_COLLATERAL_FROM_MAX);
	o->collateral_from[o->n_collateral_from++] = from;
	return CLI_PASS;
}

static int read_all(const struct cli_command *cmd, int argc, char **argv,
		    struct cmd_collect *c)
{
	struct option longs[sizeof(table) / sizeof(table[0]) + 3] = { 0 };
	int opt, status;

	for (size_t i = 0; i < n_table; i++)
		longs[i] = (struct option){ table[i].name,
					    table[i].text ? required_argument
							  : no_argument,
					    NULL, OPT_ROW + (int)i };
	longs[n_table] = (struct option){ "collateral-from", required_argument,
					  NULL, OPT_COLLATERAL_FROM };
	longs[n_table + 1] =
		(struct option){ "reuse-collateral", required_argument, NULL,
				 OPT_COLLATERAL_FROM };
	optind = 1;
	while ((opt = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (opt == 'o') {
			c->output = optarg;
		} else if (opt == 'h') {
			c->help = true;
		} else if (opt == OPT_COLLATERAL_FROM) {
			status = add_collateral_from(cmd, &c->options, optarg);
			if (status != CLI_PASS)
				return status;
		} else if (opt >= OPT_ROW) {
			take(c, (size_t)(opt - OPT_ROW));
		} else {
			/* getopt_long has said which. */
			return cli_usage(cmd, "an option is wrong");
		}
	}
	if (optind < argc)
		return cli_usage(cmd, "unexpected argument %s", argv[optind]);
	return CLI_PASS;
}

static int take_nonce(const struct cli_command *cmd, struct cmd_collect *c)
{
	size_t n = c->nonce == NULL ? 0 : strlen(c->nonce) / 2;

	if (c->nonce == NULL)
		return CLI_PASS;
	if (n == 0 || n > EV_SESSION_CHALLENGE_MAX ||
	    !ev_hex_decode(ev_span_str(c->nonce), c->challenge, n))
		return cli_usage(cmd,
				 "--nonce: want 1 to %d bytes as hex digits",
				 EV_SESSION_CHALLENGE_MAX);
	c->options.challenge = ev_span_of(c->challenge, n);
	return CLI_PASS;
}

/* A decimal number or one with 0x before it. */
static bool parse_number(const char *text, unsigned long max,
			 unsigned long *out)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*out = strtoul(text, &end, 0);
	return errno == 0 && *end == 0 && *out <= max;
}

static int take_numbers(const struct cli_command *cmd, struct cmd_collect *c)
{
	unsigned long n;

	if (c->ak != NULL) {
		if (!parse_number(c->ak, UINT32_MAX, &n) || n >> 24 != 0x81)
			return cli_usage(cmd,
					 "--ak %s: want a persistent "
					 "handle such as 0x81000003",
					 c->ak);
		c->options.has_ak = true;
		c->options.ak = (uint32_t)n;
	}
	if (c->tpm != NULL) {
		if (!parse_number(c->tpm, 255, &n))
			return cli_usage(cmd,
					 "--tpm %s: want the number of "
					 "the device, 0 of /dev/tpmrm0",
					 c->tpm);
		c->options.tpm_number = (unsigned int)n;
	}
	if (c->poc_tries != NULL) {
		if (!parse_number(c->poc_tries, EV_ROUNDTRIP_TRIES_MAX, &n) ||
		    n == 0)
			return cli_usage(cmd,
					 "--poc-tries %s: want 1 to %zu "
					 "handshakes",
					 c->poc_tries, EV_ROUNDTRIP_TRIES_MAX);
		c->options.poc_tries = (unsigned int)n;
	}
	if (c->timeout != NULL) {
		if (!parse_number(c->timeout, TIMEOUT_MAX, &n) || n == 0)
			return cli_usage(cmd,
					 "--timeout %s: want 1 to %u "
					 "seconds",
					 c->timeout, TIMEOUT_MAX);
		c->options.timeout_s = (unsigned int)n;
	}
	return CLI_PASS;
}

/* A name that is no source would silently ask nothing. */
static int check_names(const struct cli_command *cmd, const char *option,
		       const char *list)
{
	char name[64];

	while (list != NULL && *list != 0) {
		size_t n = strcspn(list, ",");

		snprintf(name, sizeof(name), "%.*s", (int)n, list);
		if (co_source_find(name) == NULL)
			return cli_usage(cmd,
					 "%s: no source is called \"%s\" "
					 "(`ecart sources` lists them)",
					 option, name);
		list += n + (list[n] == ',');
	}
	return CLI_PASS;
}

/* The end of a line, which editors leave, is not of the password. */
static int take_owner_auth(struct cmd_collect *c)
{
	int status = cli_file_read(c->owner_auth_file, OWNER_AUTH_MAX + 2,
				   &c->owner_auth);
	struct ev_span auth = c->owner_auth.bytes;

	if (auth.n > 0 && auth.p[auth.n - 1] == '\n')
		auth.n--;
	if (auth.n > 0 && auth.p[auth.n - 1] == '\r')
		auth.n--;
	c->options.owner_auth = auth;
	if (status == CLI_PASS && auth.n > OWNER_AUTH_MAX)
		return cli_unreadable("%s: more than %llu bytes, which no "
				      "TPM takes as a password",
				      c->owner_auth_file,
				      (unsigned long long)OWNER_AUTH_MAX);
	return status;
}

static int check_poc(const struct cli_command *cmd, const struct co_options *o)
{
	struct co_poc_host host;

	if (o->poc == NULL || co_poc_host_parse(o->poc, &host))
		return CLI_PASS;
	return cli_usage(cmd,
			 "--poc %s: want HOST or HOST:PORT, a name and no "
			 "address (only names are certified)",
			 o->poc);
}

static int take_rest(const struct cli_command *cmd, struct cmd_collect *c)
{
	int status = check_names(cmd, "--source", c->options.source);

	if (status == CLI_PASS)
		status = check_names(cmd, "--skip", c->options.skip);
	if (status == CLI_PASS)
		status = check_poc(cmd, &c->options);
	if (status != CLI_PASS)
		return status;
	if (c->pccs != NULL) {
		if (asprintf(&c->pccs_source, "pccs=%s", c->pccs) < 0) {
			c->pccs_source = NULL;
			return cli_trouble("out of memory");
		}
		status = add_collateral_from(cmd, &c->options, c->pccs_source);
		if (status != CLI_PASS)
			return status;
	}
	return c->owner_auth_file == NULL ? CLI_PASS : take_owner_auth(c);
}

int cmd_collect_parse(const struct cli_command *cmd, int argc, char **argv,
		      struct cmd_collect *out)
{
	int status = read_all(cmd, argc, argv, out);

	if (status == CLI_PASS && !out->help)
		status = take_nonce(cmd, out);
	if (status == CLI_PASS && !out->help)
		status = take_numbers(cmd, out);
	if (status == CLI_PASS && !out->help)
		status = take_rest(cmd, out);
	return status;
}

void cmd_collect_free(struct cmd_collect *options)
{
	cli_file_free(&options->owner_auth);
	free(options->pccs_source);
	*options = (struct cmd_collect){ 0 };
}

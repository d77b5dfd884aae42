/* SPDX-License-Identifier: Apache-2.0 */
/* What ecart audit reference add was asked for. */
#include "audit/cmd_audit_reference_options.h"

#include "audit/cmd_audit.h"

#include <getopt.h>
#include <time.h>

/* Those whose argument is kept as it stands come first, as in places[]. */
enum {
	OPT_PRODUCT = 256,
	OPT_VERSION,
	OPT_RECIPE,
	OPT_ARTIFACT,
	OPT_MRTD,
	OPT_IDENTITY,
	OPT_STATE,
	OPT_REASON,
	OPT_ADVISORY,
	OPT_USER,
	OPT_BUILD,
	OPT_KEY,
	OPT_TCTI,
	OPT_TPM2_TOOLS,
	OPT_SOURCE,
	OPT_PARAMETER,
	OPT_SINCE,
	OPT_TIME,
	OPT_INIT,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "product", required_argument, NULL, OPT_PRODUCT },
	{ "version", required_argument, NULL, OPT_VERSION },
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "recipe", required_argument, NULL, OPT_RECIPE },
	{ "artifact", required_argument, NULL, OPT_ARTIFACT },
	{ "mrtd", required_argument, NULL, OPT_MRTD },
	{ "identity", required_argument, NULL, OPT_IDENTITY },
	{ "parameter", required_argument, NULL, OPT_PARAMETER },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "reason", required_argument, NULL, OPT_REASON },
	{ "advisory", required_argument, NULL, OPT_ADVISORY },
	{ "user", required_argument, NULL, OPT_USER },
	{ "time", required_argument, NULL, OPT_TIME },
	{ "build", required_argument, NULL, OPT_BUILD },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "tcti", required_argument, NULL, OPT_TCTI },
	{ "tpm2-tools", required_argument, NULL, OPT_TPM2_TOOLS },
	{ "init", no_argument, NULL, OPT_INIT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

#define PLACE(opt, member)                                                     \
	[(opt)-OPT_PRODUCT] = offsetof(struct reference_options, member)
static const size_t places[] = {
	PLACE(OPT_PRODUCT, add.product),
	PLACE(OPT_VERSION, add.version),
	PLACE(OPT_RECIPE, recipe),
	PLACE(OPT_ARTIFACT, artifact),
	PLACE(OPT_MRTD, add.value),
	PLACE(OPT_IDENTITY, identity),
	PLACE(OPT_STATE, add.state),
	PLACE(OPT_REASON, add.reason),
	PLACE(OPT_ADVISORY, add.advisory),
	PLACE(OPT_USER, user),
	PLACE(OPT_BUILD, build),
	PLACE(OPT_KEY, key.name),
	PLACE(OPT_TCTI, key.tcti),
	PLACE(OPT_TPM2_TOOLS, key.tpm2_tools),
};

static int take_source(struct reference_options *o)
{
	char *at;

	free(o->source);
	o->source = strdup(optarg);
	if (o->source == NULL)
		return cli_trouble("out of memory");
	at = strrchr(o->source, '@');
	if (at == NULL || at == o->source)
		return cli_usage(&au_command_reference_add,
				 "--source %s: want URL@COMMIT", optarg);
	*at = '\0';
	o->add.source = o->source;
	o->add.source_commit = at + 1;
	return CLI_PASS;
}

static int take_time(struct reference_options *o, int opt)
{
	bool since = opt == OPT_SINCE;

	*(since ? &o->has_since : &o->has_time) = true;
	if (cli_parse_time(optarg, since ? &o->add.since : &o->time))
		return CLI_PASS;
	return cli_usage(&au_command_reference_add,
			 "%s: want 2026-06-08T12:42:41Z or @SECONDS", optarg);
}

/* One statement of one builder, and a commit has one signature: of two nobody
 * should think that both were taken. */
static int take_text(const char **place, int opt)
{
	if (*place != NULL && (opt == OPT_BUILD || opt == OPT_KEY))
		return cli_usage(&au_command_reference_add,
				 "--build and --key are taken once");
	*place = optarg;
	return CLI_PASS;
}

static int take(struct reference_options *o, int opt)
{
	size_t i = (size_t)(opt - OPT_PRODUCT);

	if (opt >= OPT_PRODUCT && i < sizeof(places) / sizeof(*places))
		return take_text((const char **)(void *)((char *)o + places[i]),
				 opt);
	switch (opt) {
	case OPT_SOURCE:
		return take_source(o);
	case OPT_SINCE:
	case OPT_TIME:
		return take_time(o, opt);
	case OPT_PARAMETER:
		if (o->add.n_parameters == AU_PARAMETERS_MAX)
			return cli_usage(&au_command_reference_add,
					 "at most %zu times --parameter",
					 AU_PARAMETERS_MAX);
		o->parameter[o->add.n_parameters++] = optarg;
		return CLI_PASS;
	case OPT_INIT:
		o->init = true;
		return CLI_PASS;
	case OPT_HELP:
		o->help = true;
		return CLI_PASS;
	default:
		return cli_usage(&au_command_reference_add, "see the options");
	}
}

/* The value of --identity, as if it had been given by hand. */
static int take_identity(struct reference_options *o)
{
	if (o->identity == NULL)
		return CLI_PASS;
	if (o->add.value != NULL)
		return cli_usage(&au_command_reference_add,
				 "--mrtd or --identity, not both");
	return au_cmd_read_identity(o->identity, &o->add, o->value);
}

int reference_options_parse(int argc, char **argv, struct reference_options *o)
{
	int opt, exit = CLI_PASS;

	*o = (struct reference_options){ .user = "ecart <ecart@localhost>" };
	o->add.parameter = o->parameter;
	while (exit == CLI_PASS && !o->help &&
	       (opt = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		exit = take(o, opt);
	if (exit != CLI_PASS || o->help)
		return exit;
	if (optind + 1 != argc || o->add.product == NULL ||
	    o->add.version == NULL)
		return cli_usage(&au_command_reference_add,
				 "REPO, --product and --version are wanted");
	if (o->build != NULL && o->key.name == NULL)
		return cli_usage(&au_command_reference_add,
				 "--build wants --key KEY.pem: who says so?");
	o->repository = argv[optind];
	if (!o->has_time)
		o->time = (int64_t)time(NULL);
	if (!o->has_since)
		o->add.since = o->time;
	return take_identity(o);
}

void reference_options_free(struct reference_options *o)
{
	free(o->source);
	o->source = NULL;
}

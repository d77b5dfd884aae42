/* SPDX-License-Identifier: Apache-2.0 */
/* ecart stamp: a time-stamp over the manifest of an archive that exists. */
#include "collect/cmd_addition.h"
#include "collect/cmd_whole.h"
#include "collect/stamp.h"
#include "collect/stop.h"
#include "commands.h"
#include "evidence/base/hex.h"
#include "evidence/base/time.h"

#include <getopt.h>
#include <unistd.h>

struct options {
	const char *path, *tsa, *ca_file;
	uint64_t limit;
	bool detached, help;
};

/* Everything that stamping one archive needs; freed together. */
struct stamping {
	const struct options *o;
	struct ev_crypto *crypto;
	int lock; /* the archive, or -1 */
	struct cmd_whole whole;
	struct co_http *http;
	struct ev_buffer response;
	struct ev_timestamp ts;
	char name[32];
};

static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "tsa", required_argument, NULL, 't' },
		{ "cacert", required_argument, NULL, 'c' },
		{ "detached", no_argument, NULL, 'd' },
		{ "limit", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 't')
			o->tsa = optarg;
		else if (c == 'c')
			o->ca_file = optarg;
		else if (c == 'd')
			o->detached = true;
		else if (c == 'h')
			o->help = true;
		else if (c != 'l' || !cli_parse_size(optarg, &o->limit))
			return cli_usage(&cmd_stamp, "see the options");
	}
	if (o->help)
		return CLI_PASS;
	if (optind + 1 != argc)
		return cli_usage(&cmd_stamp, "one FILE is wanted");
	o->path = argv[optind];
	if (strcmp(o->path, "-") == 0)
		return cli_usage(&cmd_stamp, "FILE is written to: not -");
	if (o->tsa == NULL)
		return cli_usage(&cmd_stamp, "--tsa URL is missing");
	return CLI_PASS;
}

static void say(void *user, const char *line)
{
	(void)user;
	cli_note("%s", line);
}

static int ask(struct stamping *s)
{
	struct co_http_options options = { .ca_file = s->o->ca_file,
					   .say = say };
	char why[CO_HTTP_WHY_MAX];

	if (!co_stamp_name(&s->whole.archive, s->name))
		return cli_unreadable("%s: no more sig/ files fit", s->o->path);
	s->http = co_http_new(&options, why, sizeof(why));
	if (s->http == NULL)
		return cli_trouble("%s", why);
	if (co_stamp_ask(s->http, s->crypto, s->o->tsa,
			 s->whole.archive.manifest_bytes, &s->response, &s->ts,
			 why))
		return CLI_PASS;
	return cli_trouble("no time-stamp: %s", why);
}

static int put(struct stamping *s)
{
	struct ev_span token = ev_buffer_span(&s->response);
	char where[CMD_ADDITION_PATH];
	bool exists;
	int code;

	if (!s->o->detached)
		return cmd_addition_inside(s->o->path, &s->whole.archive,
					   s->name, token);
	code = cmd_addition_beside(s->o->path, s->name, token, where, &exists);
	if (exists)
		cli_note("%s is there already; move it away", where);
	return code;
}

static int report(const struct stamping *s)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	char id[65], time[EV_TIME_TEXT];

	ev_hex_encode(EV_SPAN(s->whole.archive.id), id);
	ev_time_format(s->ts.gen_time, time);
	ev_buffer_printf(&out, "archive %s\n", id);
	ev_buffer_printf(&out, "timestamp %s by %s\n", time,
			 s->ts.tsa[0] != 0 ? s->ts.tsa
					   : "an authority without a name");
	ev_buffer_printf(&out, "wrote %s%s%s\n", s->o->path,
			 s->o->detached ? ".sig/" : "",
			 s->o->detached ? s->name + 4 : "");
	ev_buffer_add_str(&out, "whom to trust is for who verifies: ecart "
				"verify --tsa-root\n");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int stamp(struct stamping *s)
{
	int code = CLI_PASS;

	if (!s->o->detached)
		code = cmd_addition_lock(s->o->path, &s->lock);
	/* What is damaged is not worth a stamp. */
	if (code == CLI_PASS)
		code = cmd_whole_read(s->crypto, s->o->path, s->o->limit,
				      "not stamped", &s->whole);
	if (code == CLI_PASS)
		code = ask(s);
	/* What was asked to stop writes nothing, and says so by its end. */
	if (code == CLI_PASS && co_stop_signal() != 0)
		return CLI_TROUBLE;
	if (code == CLI_PASS)
		code = put(s);
	return code == CLI_PASS ? report(s) : code;
}

static int run(int argc, char **argv)
{
	struct options o = { .limit = EV_ARCHIVE_MAX };
	struct stamping s = { .o = &o, .lock = -1 };
	int code = parse_options(argc, argv, &o);

	if (code != CLI_PASS)
		return code;
	if (o.help)
		return cli_help(&cmd_stamp);
	s.crypto = ev_crypto_new();
	if (s.crypto == NULL)
		return cli_trouble("libcrypto does not start");
	if (!co_stop_install())
		return cli_trouble("signals cannot be handled");
	code = stamp(&s);
	ev_timestamp_free(&s.ts);
	ev_buffer_free(&s.response);
	if (s.http != NULL)
		co_http_free(s.http);
	cmd_whole_free(&s.whole);
	if (s.lock >= 0)
		close(s.lock);
	ev_crypto_free(s.crypto);
	co_stop_die();
	return code;
}

const struct cli_command cmd_stamp = {
	.name = "stamp",
	.group = "Making archives",
	.summary = "ask an authority for a time-stamp",
	.help = "usage: ecart stamp FILE --tsa URL [--detached]\n"
		"\n"
		"Asks a time-stamping authority (RFC 3161) for a token over "
		"the archive's\n"
		"manifest and puts it into the archive, whose id and older "
		"signatures stay. This\n"
		"needs the network; the authority sees a digest and nothing "
		"else.\n"
		"\n"
		"  --tsa URL       where it is asked\n"
		"  --cacert F      certificates to trust for https, beside "
		"the system's\n"
		"  --detached      leave the archive alone: the token goes "
		"into FILE.sig/\n"
		"  --limit SIZE    the largest archive that is read\n"
		"\n"
		"example: ecart stamp run-07.ecart --tsa "
		"http://timestamp.example/\n",
	.run = run,
};

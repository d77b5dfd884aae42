/* SPDX-License-Identifier: Apache-2.0 */
/* A loop over the table of sources, and what each came to. */
#include "collect/collection.h"

#include "collect/privilege.h"
#include "collect/stop.h"
#include "evidence/base/cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const unsigned int TROUBLE = 5, USAGE = 3;

/* --- opening and closing --- */

/* Below --root a TPM is there only where ecart-root.json says so; what the
 * command line says comes first. */
static bool open_tpm(struct co_collection *c, char why[CO_WHY_TEXT])
{
	const struct co_options *o = &c->options;
	struct co_tpm_options options = {
		.tcti = o->tcti != NULL ? o->tcti : c->root.tcti,
		.number = o->tpm_number,
		.tools = o->tpm2_tools != NULL ? o->tpm2_tools
					       : c->root.tpm2_tools,
		.owner_auth = o->owner_auth,
		.limit_ms = 1000 * o->timeout_s,
	};

	if (c->root.given && options.tcti == NULL) {
		snprintf(c->tpm.why, sizeof(c->tpm.why),
			 "ecart-root.json names no \"tcti\"");
		return true;
	}
	if (co_tpm_open(&options, &c->tpm))
		return true;
	snprintf(why, CO_WHY_TEXT, "%s", c->tpm.why);
	return false;
}

/* The opener is the one that stays what we were. */
static bool become_user(struct co_collection *c, char why[CO_WHY_TEXT])
{
	if (!co_opener_start(c->root.dir, &c->root.opener)) {
		snprintf(why, CO_WHY_TEXT, "--user %s: %s", c->options.user,
			 strerror(errno));
		return false;
	}
	return co_privilege_drop(c->options.user, why, CO_WHY_TEXT);
}

bool co_collection_open(struct co_collection *c,
			const struct co_options *options, int *status,
			char why[CO_WHY_TEXT])
{
	struct ev_error err = { 0 };

	*c = (struct co_collection){ .options = *options };
	*status = (int)TROUBLE;
	c->root.dir = -1;
	c->started = (int64_t)time(NULL);
	c->crypto = ev_crypto_new();
	if (c->crypto == NULL) {
		snprintf(why, CO_WHY_TEXT, "libcrypto does not start");
		return false;
	}
	if (co_root_open(options->root, &c->root, &err) != EV_OK) {
		*status = (int)(err.code == EV_TROUBLE ? TROUBLE : USAGE);
		ev_error_format(&err, why, CO_WHY_TEXT);
		return false;
	}
	if (c->options.user == NULL || become_user(c, why))
		return true;
	*status = (int)USAGE;
	return false;
}

bool co_collection_look(struct co_collection *c, char why[CO_WHY_TEXT])
{
	if (!open_tpm(c, why))
		return false;
	co_machine_detect(&c->root, &c->tpm, &c->machine);
	return true;
}

void co_collection_close(struct co_collection *c)
{
	for (size_t i = 0; i < c->n_bound; i++)
		free(c->bound[i].after);
	free(c->bound);
	free(c->steps);
	ev_buffer_free(&c->session);
	co_gathering_free(&c->items);
	if (c->http != NULL)
		co_http_free(c->http);
	co_journal_free(&c->journal);
	co_tpm_close(&c->tpm);
	co_root_close(&c->root);
	if (c->crypto != NULL)
		ev_crypto_free(c->crypto);
}

/* --- what sources call --- */

unsigned int co_limit_ms(const struct co_collection *c)
{
	unsigned int given = 1000 * c->options.timeout_s;

	return given != 0 && given < c->source->limit_ms ? given
							 : c->source->limit_ms;
}

static void say_for(void *user, const char *line)
{
	co_journal_say(user, line);
}

struct co_http *co_collection_http(struct co_collection *c,
				   char why[CO_WHY_TEXT])
{
	struct co_http_options options = {
		.ca_file = c->options.ca_file,
		.say = say_for,
		.user = &c->journal,
	};

	if (c->http == NULL)
		c->http = co_http_new(&options, why, CO_WHY_TEXT);
	return c->http;
}

/* --- the run --- */

bool co_named(const char *list, const char *name)
{
	size_t n = strlen(name);

	while (list != NULL && *list != 0) {
		const char *end = strchrnul(list, ',');

		if ((size_t)(end - list) == n && memcmp(list, name, n) == 0)
			return true;
		list = *end == ',' ? end + 1 : end;
	}
	return false;
}

enum co_wanted co_collection_wanted(const struct co_collection *c,
				    const struct co_source *source,
				    const char **reason)
{
	const struct co_options *o = &c->options;
	enum co_wanted wanted = source->wanted(c);
	/* The session is what everything else is bound to. */
	bool first = source == &co_sources[0];

	*reason = "not on this kind of machine";
	if (wanted == CO_NOT_ASKED)
		*reason = o->minimal ? "not asked for, or left out by --minimal"
				     : "not asked for";
	if (co_named(o->skip, source->name) ||
	    (!first && o->source != NULL &&
	     !co_named(o->source, source->name))) {
		*reason = "left out by --source or --skip";
		return CO_NOT_ASKED;
	}
	/* Who names it wants to hear of it. */
	if (wanted == CO_NOT_HERE && co_named(o->source, source->name))
		return CO_IF_THERE;
	return wanted;
}

static unsigned int ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)((now.tv_sec - start->tv_sec) * 1000 +
			      (now.tv_nsec - start->tv_nsec) / 1000000);
}

static void ask(struct co_collection *c, const struct co_source *source,
		struct co_step *step)
{
	size_t before = c->items.n;
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	c->source = source;
	c->detail[0] = 0;
	co_begin_try(c);
	co_journal_source(&c->journal, source);
	step->outcome = source->collect(c, step->reason);
	step->ms = ms_since(&start);
	step->ended = (int64_t)time(NULL);
	snprintf(step->detail, sizeof(step->detail), "%s", c->detail);
	for (size_t i = before; i < c->items.n; i++)
		step->n_bytes += c->items.item[i]->item.bytes.n;
	step->n_items = c->items.n - before;
	if (step->outcome == CO_OK)
		step->reason[0] = 0;
	co_journal_step(&c->journal, step);
	c->source = NULL;
}

static bool succeeded(const struct co_collection *c, const char *name)
{
	for (size_t i = 0; name != NULL && i < c->n_steps; i++)
		if (strcmp(c->steps[i].source->name, name) == 0)
			return c->steps[i].outcome == CO_OK;
	return false;
}

/* The steps say of one source that it failed; the log says why the run is
 * complete all the same. */
static void say_made_up(struct co_collection *c, const struct co_source *source)
{
	char line[CO_WHY_TEXT];

	snprintf(line, sizeof(line), "%s: not missing, since %s gave the same",
		 source->name, source->instead);
	co_journal_say(&c->journal, line);
}

static void count_missing(struct co_collection *c)
{
	for (size_t i = 0; i < c->n_steps; i++) {
		struct co_step *step = &c->steps[i];

		if (step->missing && succeeded(c, step->source->instead)) {
			step->missing = false;
			say_made_up(c, step->source);
		}
		c->n_missing += step->missing;
	}
}

bool co_collection_run(struct co_collection *c)
{
	size_t n = 0;

	while (co_sources[n].name != NULL)
		n++;
	c->steps = calloc(n + 1, sizeof(*c->steps));
	if (c->steps == NULL)
		return false;
	for (size_t i = 0; i < n && co_stop_signal() == 0; i++) {
		const char *reason;
		enum co_wanted wanted =
			co_collection_wanted(c, &co_sources[i], &reason);
		struct co_step *step = &c->steps[c->n_steps];

		if (wanted == CO_NOT_HERE)
			continue;
		*step = (struct co_step){ .source = &co_sources[i] };
		c->n_steps++;
		if (wanted == CO_NOT_ASKED) {
			step->outcome = CO_SKIPPED;
			step->ended = (int64_t)time(NULL);
			snprintf(step->reason, sizeof(step->reason), "%s",
				 reason);
			continue;
		}
		ask(c, &co_sources[i], step);
		step->missing = wanted == CO_REQUIRED && step->outcome != CO_OK;
	}
	count_missing(c);
	c->ended = (int64_t)time(NULL);
	return co_stop_signal() == 0;
}

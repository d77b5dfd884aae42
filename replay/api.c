/* SPDX-License-Identifier: Apache-2.0 */
/* libecart's public functions on top of the replay. */
#include "evidence/ecart.h"

#include "evidence/base/time.h"
#include "evidence/zstd.h"
#include "replay/hindsight.h"
#include "replay/replay.h"

#include <stdlib.h>

struct ecart {
	struct ev_crypto *crypto;
	struct rp_shelf *shelf;
	struct rp_anchors anchors;
	struct rp_policy policy;
	char why[400];
};

struct ecart_report {
	struct rp_result result;
};

static enum ecart_status refused(struct ecart *ecart,
				 const struct ev_error *err)
{
	ev_error_format(err, ecart->why, sizeof(ecart->why));
	return err->code == EV_TROUBLE ? ECART_TROUBLE : ECART_UNREADABLE;
}

static enum ecart_status misused(struct ecart *ecart, const char *why)
{
	snprintf(ecart->why, sizeof(ecart->why), "%s", why);
	return ECART_USAGE;
}

static enum ecart_status set_default_policy(struct ecart *ecart)
{
	struct ev_error err = { 0 };
	size_t n = 0;
	char *text = rp_policy_default(&n);
	enum ev_code code = EV_TROUBLE;

	if (text != NULL)
		code = rp_policy_parse(ecart->crypto, ev_span_of(text, n),
				       &ecart->policy, &err);
	free(text);
	return code == EV_OK ? ECART_OK : ECART_TROUBLE;
}

enum ecart_status ecart_new(struct ecart **out)
{
	struct ecart *ecart = calloc(1, sizeof(*ecart));

	if (ecart == NULL)
		return ECART_TROUBLE;
	ecart->crypto = ev_crypto_new();
	ecart->shelf = rp_shelf_new(ecart->crypto);
	if (ecart->crypto == NULL || ecart->shelf == NULL ||
	    set_default_policy(ecart) != ECART_OK) {
		ecart_free(ecart);
		return ECART_TROUBLE;
	}
	*out = ecart;
	return ECART_OK;
}

void ecart_free(struct ecart *ecart)
{
	if (ecart == NULL)
		return;
	rp_anchors_free(&ecart->anchors);
	rp_policy_free(&ecart->policy);
	rp_shelf_free(ecart->shelf);
	ev_crypto_free(ecart->crypto);
	free(ecart);
}

enum ecart_status ecart_add_anchor(struct ecart *ecart, const void *file,
				   size_t size)
{
	struct ev_error err = { 0 };

	if (rp_anchors_add(ecart->crypto, ev_span_of(file, size),
			   &ecart->anchors, &err) != EV_OK)
		return refused(ecart, &err);
	return ECART_OK;
}

enum ecart_status ecart_set_policy(struct ecart *ecart, const void *json,
				   size_t size)
{
	struct rp_policy policy = { 0 };
	struct ev_error err = { 0 };

	if (rp_policy_parse(ecart->crypto, ev_span_of(json, size), &policy,
			    &err) != EV_OK)
		return refused(ecart, &err);
	rp_policy_free(&ecart->policy);
	ecart->policy = policy;
	return ECART_OK;
}

const char *ecart_why(const struct ecart *ecart)
{
	return ecart->why;
}

static enum ecart_status check_options(struct ecart *ecart,
				       const struct ecart_options *o)
{
	if (o->size != sizeof(*o))
		return misused(ecart, "options: size is not that of this "
				      "version's struct ecart_options");
	for (size_t i = 0; i < sizeof(o->reserved) / sizeof(o->reserved[0]);
	     i++)
		if (o->reserved[i] != 0)
			return misused(ecart, "options: a reserved member is "
					      "not zero");
	if (o->has_at != 0 && (o->at < EV_TIME_MIN || o->at > EV_TIME_MAX))
		return misused(ecart, "options: at is outside the years 1 to "
				      "9999");
	return ECART_OK;
}

static enum ecart_status take_items(struct ecart *ecart,
				    const struct ecart_options *o,
				    struct rp_loose *loose)
{
	for (size_t i = 0; i < o->n_items; i++) {
		const struct ecart_item *item = &o->items[i];

		if (item->name == NULL)
			return misused(ecart, "items: a name is NULL");
		loose[i].name = item->name;
		loose[i].bytes = ev_span_of(item->bytes, item->size);
		loose[i].later = o->hindsight != 0;
		loose[i].kind = item->kind != NULL
					? ev_kind_find(ev_span_str(item->kind))
					: ev_kind_recognise(loose[i].bytes);
		if (loose[i].kind == NULL) {
			misused(ecart, "items: not of a kind that is known");
			return ECART_UNREADABLE;
		}
	}
	return ECART_OK;
}

static enum ecart_status run(struct ecart *ecart, struct rp_request *request,
			     struct ecart_report **out)
{
	struct ecart_report *report = calloc(1, sizeof(*report));
	struct ev_error err = { 0 };

	if (report == NULL)
		return ECART_TROUBLE;
	request->anchors = &ecart->anchors;
	request->policy = &ecart->policy;
	request->shelf = ecart->shelf;
	switch (rp_replay(ecart->crypto, request, &report->result, &err)) {
	case RP_OK:
		*out = report;
		return ECART_OK;
	case RP_NO_TIME:
		free(report);
		return misused(ecart, "no time is given, proven or claimed");
	case RP_NO_REPORT:
		break;
	}
	free(report);
	refused(ecart, &err);
	return ECART_TROUBLE;
}

static uint64_t limit_of(const struct ecart_options *o, struct ev_span file)
{
	if (o->limit != 0)
		return o->limit;
	return ev_zstd_recognise(file) ? EV_ARCHIVE_IN_MEMORY_MAX
				       : EV_ARCHIVE_MAX;
}

static enum ecart_status open_and_run(struct ecart *ecart, struct ev_span file,
				      const struct ecart_options *o,
				      struct rp_request *request,
				      struct ecart_report **out)
{
	struct ev_archive archive = { 0 };
	struct ev_error err = { 0 };
	enum ecart_status status;

	if (file.n == 0)
		return run(ecart, request, out);
	if (ev_archive_open(ecart->crypto, file, limit_of(o, file), &archive,
			    &err) != EV_OK)
		return refused(ecart, &err);
	request->archive = &archive;
	status = run(ecart, request, out);
	ev_archive_free(&archive);
	return status;
}

enum ecart_status ecart_replay(struct ecart *ecart, const void *bytes,
			       size_t size, const struct ecart_options *options,
			       struct ecart_report **out)
{
	struct rp_request request = { 0 };
	enum ecart_status status = check_options(ecart, options);
	struct rp_loose *loose;

	if (status != ECART_OK)
		return status;
	loose = calloc(options->n_items + 1, sizeof(*loose));
	if (loose == NULL)
		return ECART_TROUBLE;
	status = take_items(ecart, options, loose);
	request.loose = loose;
	request.n_loose = options->n_items;
	request.has_at = options->has_at != 0;
	request.at = options->at;
	request.at_issue = options->hindsight != 0 && !request.has_at;
	if (status == ECART_OK)
		status = open_and_run(ecart, ev_span_of(bytes, size), options,
				      &request, out);
	free(loose);
	return status;
}

void ecart_report_free(struct ecart_report *report)
{
	if (report == NULL)
		return;
	free(report->result.report);
	free(report);
}

enum ecart_verdict ecart_report_verdict(const struct ecart_report *report)
{
	return (enum ecart_verdict)report->result.verdict;
}

const char *ecart_report_json(const struct ecart_report *report, size_t *size)
{
	if (size != NULL)
		*size = report->result.n;
	return report->result.report;
}

enum ecart_status ecart_report_add_hindsight(struct ecart *ecart,
					     struct ecart_report *then,
					     const struct ecart_report *later)
{
	size_t n = 0;
	char *merged = rp_hindsight_merge(
		ev_span_of(then->result.report, then->result.n),
		ev_span_of(later->result.report, later->result.n), &n);

	if (merged == NULL) {
		snprintf(ecart->why, sizeof(ecart->why), "out of memory");
		return ECART_TROUBLE;
	}
	free(then->result.report);
	then->result.report = merged;
	then->result.n = n;
	return ECART_OK;
}

const char *ecart_version(void)
{
	return ECART_VERSION;
}

int ecart_api_version(void)
{
	return ECART_API_VERSION;
}

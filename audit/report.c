/* SPDX-License-Identifier: Apache-2.0 */
/* A replay's report with the comparison of its measurements added. */
#include "audit/report.h"

#include "audit/comparison_json.h"
#include "audit/json_set.h"
#include "audit/measured.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"

#include <stdio.h>

static const char object[] = "report";

/* Events of a guest with a long IMA log reach some ten MiB. */
static const size_t AU_REPORT_MAX = (size_t)256 << 20;

static const char *const verdicts[] = { "pass", "fail", "incomplete" };

/* What sets the image that ran apart from the reference's. */
static bool add_artifact(json_t *out, const struct au_comparison *c,
			 const struct au_artifact *a,
			 const struct au_images *images)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	const struct au_at_hand *ran = &images->item[a->apart->a];
	char name[64];
	json_t *image = json_object();
	bool good;

	ev_show(ev_span_str(ran->name), name, sizeof(name));
	au_artifact_words(a, images, c, &text);
	good = ev_buffer_ok(&text) &&
	       au_set(image, "name", json_string(name)) &&
	       au_set_hex(image, "sha256", ran->image.sha256, 32);
	return au_set(out, "ran", image) && good &&
	       au_set_text(out, "explanation", ev_buffer_span(&text));
}

static json_t *repository_json(const struct au_request *request)
{
	json_t *out = au_repository_json(request->references);

	if (out != NULL && au_origins_set_repository(request->origins, out))
		return out;
	json_decref(out);
	return NULL;
}

/* NULL: err says why. */
static json_t *reference_json(const struct au_comparison *c,
			      struct au_origins *origins, struct ev_error *err)
{
	json_t *out = au_reference_json(c);

	if (out != NULL &&
	    au_origins_set(origins, c->listed, out, err) == EV_OK)
		return out;
	json_decref(out);
	return NULL;
}

static json_t *audit_json(const struct au_measured *m,
			  const struct au_comparison *c,
			  const struct au_artifact *a,
			  const struct au_request *request,
			  struct ev_error *err)
{
	json_t *out = json_object();
	bool good =
		au_set(out, "register", json_string(m->reg->name)) &&
		au_set(out, "platform", json_string(m->reg->platform_name)) &&
		au_set(out, "item", json_string(m->item)) &&
		au_set(out, "result", json_string(au_result_name(c->result))) &&
		au_set(out, "reason", json_string(c->reason)) &&
		au_set(out, "considered",
		       json_integer((json_int_t)c->n_considered)) &&
		au_set(out, "repository", repository_json(request));

	if (good && m->hex != NULL)
		good = au_set(out, "value", json_string(m->hex));
	if (good && c->listed != NULL)
		good = au_set(out, "reference",
			      reference_json(c, request->origins, err));
	if (good && a->apart != NULL)
		good = add_artifact(out, c, a, request->images);
	else if (good && c->result == AU_DIFFERS_EXPLAINED)
		good = au_set(out, "explanation", au_not_good_json(c));
	if (good)
		return out;
	json_decref(out);
	return NULL;
}

static json_t *inputs_json(const struct au_measured *m)
{
	json_t *list = json_array();

	if (m == NULL || m->offset < 0)
		return list;
	if (json_array_append_new(list,
				  json_pack("{s:s,s:I,s:i}", "item", m->item,
					    "offset", (json_int_t)m->offset,
					    "length", (int)m->reg->size)) == 0)
		return list;
	json_decref(list);
	return NULL;
}

/* The finding among "checks"; m and c are NULL where nothing was measured. */
static json_t *finding_json(const struct au_measured *m,
			    const struct au_comparison *c)
{
	static const char *const outcomes[] = { "pass", "fail", "skip" };
	int status = c != NULL ? au_result_status(c->result) : 2;
	char reason[440] = "absent: no launch measurement in the evidence";
	json_t *out = json_object();
	bool good;

	if (c != NULL)
		snprintf(reason, sizeof(reason), "%s: %s",
			 au_result_name(c->result), c->reason);
	good = au_set(out, "id",
		      json_string(au_measured_check(m != NULL ? m->reg->platform
							      : AU_TDX))) &&
	       au_set(out, "subject", json_string(m != NULL ? m->item : "")) &&
	       au_set(out, "outcome", json_string(outcomes[status])) &&
	       au_set(out, "required", json_true()) &&
	       au_set(out, "waived", json_false()) &&
	       au_set(out, "reason", json_string(reason)) &&
	       au_set(out, "inputs", inputs_json(m));
	if (good && m != NULL && m->hex != NULL)
		good = au_set(out, "got", json_string(m->hex));
	/* What is not good is not wanted. */
	if (good && c != NULL && status == 0)
		good = au_set_hex(out, "want", c->entry->value,
				  c->entry->reg->size);
	if (good)
		return out;
	json_decref(out);
	return NULL;
}

/* fail, then incomplete, then pass. */
static int worse(int a, int b)
{
	if (a == 1 || b == 1)
		return 1;
	return a > b ? a : b;
}

/* A report being audited. */
struct audit {
	json_t *document, *checks, *list;
	const struct au_request *request;
	int64_t at;
	int status;
	struct ev_error *err;
};

static enum ev_code no_memory(struct audit *a)
{
	return ev_fail_trouble(a->err, object, "out of memory");
}

static enum ev_code audit_one(struct audit *a, const struct au_measured *m)
{
	const struct au_request *r = a->request;
	const struct au_objector objector = { au_origins_objection,
					      r->origins };
	const struct au_question q = { .platform = m->reg->platform,
				       .reg = ev_span_str(m->reg->name),
				       .value = ev_span_of(m->value,
							   m->reg->size),
				       .not_comparable = m->not_comparable,
				       .at = a->at,
				       .product = a->request->product,
				       .version = a->request->version,
				       .objector = &objector };
	struct au_comparison c = au_compare(r->references, &q);
	struct au_artifact artifact;

	if (r->origins->refused.code != EV_OK) {
		*a->err = r->origins->refused;
		return a->err->code;
	}
	if (au_artifact_explain(r->images, r->references, &q, m, r->crypto, &c,
				&artifact, a->err) != EV_OK)
		return a->err->code;
	a->status = worse(a->status, au_result_status(c.result));
	if (json_array_append_new(
		    a->list, audit_json(m, &c, &artifact, r, a->err)) != 0 ||
	    json_array_append_new(a->checks, finding_json(m, &c)) != 0)
		return no_memory(a);
	return EV_OK;
}

static enum ev_code audit_all(struct audit *a)
{
	struct au_measured_list list = { 0 };
	enum ev_code code = au_measured_read(a->document, &list, a->err);

	for (size_t i = 0; i < list.n && code == EV_OK; i++)
		code = audit_one(a, &list.item[i]);
	if (code == EV_OK && list.n == 0) {
		a->status = worse(a->status, 2);
		if (json_array_append_new(a->checks,
					  finding_json(NULL, NULL)) != 0)
			code = no_memory(a);
	}
	au_measured_free(&list);
	return code;
}

static enum ev_code open_report(struct audit *a)
{
	json_t *as_of = NULL;
	struct ev_span verdict = { NULL, 0 };

	if (ev_json_get_array(a->document, object, "checks", SIZE_MAX,
			      &a->checks, a->err) != EV_OK ||
	    ev_json_get_object(a->document, object, "asOf", &as_of, a->err) !=
		    EV_OK ||
	    ev_json_get_time(as_of, "report.asOf", "time", &a->at, a->err) !=
		    EV_OK ||
	    ev_json_get_str(a->document, object, "verdict", &verdict, a->err) !=
		    EV_OK)
		return a->err->code;
	for (int i = 0; i < 3; i++) {
		if (ev_span_eq(verdict, ev_span_str(verdicts[i]))) {
			a->status = i;
			return EV_OK;
		}
	}
	return ev_fail_text(a->err, EV_VALUE, object, "verdict", 0,
			    "pass, fail or incomplete", verdict);
}

/* The report rests on whoever keeps the references, too. */
static bool add_trust(struct audit *a)
{
	json_t *trust = json_object_get(a->document, "trust");
	char anchor[420];

	if (!json_is_array(trust))
		return true;
	au_origins_anchor(a->request->origins, anchor);
	return json_array_append_new(
		       trust,
		       json_pack("{s:s,s:s,s:s}", "owner",
				 "keeper of the references", "for",
				 "what a launch measurement stands for, and "
				 "whether it is still good",
				 "anchor", anchor)) == 0;
}

enum ev_code au_report_audit(struct ev_span report,
			     const struct au_request *request,
			     struct au_audited *out, struct ev_error *err)
{
	ev_auto_json json_t *document = NULL;
	struct audit a = { .request = request, .err = err };

	if (ev_json_parse(report, AU_REPORT_MAX, object, &document, err) !=
	    EV_OK)
		return err->code;
	a.document = document;
	if (open_report(&a) != EV_OK ||
	    au_origins_at(request->origins, a.at, err) != EV_OK)
		return err->code;
	a.list = json_array();
	if (a.list == NULL || !au_set(document, "audit", a.list))
		return no_memory(&a);
	if (audit_all(&a) != EV_OK)
		return err->code;
	if (!add_trust(&a) ||
	    !au_set(document, "verdict", json_string(verdicts[a.status])))
		return no_memory(&a);
	out->status = a.status;
	return ev_json_canonical(document, object, &out->report, &out->n, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Registers become subjects. */
#include "replay/register_rows.h"

#include "replay/log_choice.h"
#include "replay/subject.h"

#include <stdio.h>
#include <stdlib.h>

const enum rp_subject_type rp_register_types[RP_N_REGISTER_TYPES] = {
	RP_REGISTER_PCR,
	RP_REGISTER_RTMR,
	RP_REGISTER_IMA,
};

/* --- a register becomes a subject --- */

/* As tpm2-tools writes a PCR; before it which quote's, where there are more,
 * and which log's, where it is left out. */
static char *name_of(const struct rp_case *c, const struct rp_compared *r)
{
	const struct rp_subject *quote = r->quote;
	const char *of = NULL;
	char own[24], *text = NULL;

	if (r->set == RP_PCRS)
		snprintf(own, sizeof(own), "%s:%u", ev_digest_name(r->alg),
			 r->index);
	else
		rp_register_name(r->set, r->index, own);
	if (r->log != NULL && r->log->log->left_out)
		of = r->log->name;
	else if (quote != NULL && c->first[quote->type]->next != NULL)
		of = quote->name;
	if (of == NULL)
		return strdup(own);
	return asprintf(&text, "%s %s", of, own) < 0 ? NULL : text;
}

static bool is_of_firmware(const struct rp_compared *r)
{
	const struct rp_bank *bank =
		r->log == NULL ? NULL
			       : rp_registers_bank(&r->log->log->registers,
						   r->tpm_alg);

	return bank != NULL && bank->reg[r->index].touched;
}

static enum rp_subject_type type_of(const struct rp_compared *r)
{
	if (r->set == RP_MRS)
		return RP_REGISTER_RTMR;
	return !is_of_firmware(r) &&
			       rp_tail_count_in(&r->tail, RP_TAIL_IMA) > 0 &&
			       rp_tail_count_in(&r->tail, RP_TAIL_IMA) ==
				       rp_tail_count(&r->tail)
		       ? RP_REGISTER_IMA
		       : RP_REGISTER_PCR;
}

/* Of a log that is left out, what contradicts the quote; it may be of an
 * earlier resume of the machine, and be none the worse for it. */
static bool is_row(struct rp_compared *r)
{
	if (r->log == NULL || !r->log->log->left_out)
		return true;
	if (!is_of_firmware(r) || (r->result != RP_REG_DIFFERS &&
				   r->result != RP_REG_DIFFERS_EXPLAINED))
		return false;
	r->result = RP_REG_LEFT_OUT;
	return true;
}

static enum ev_code list(struct rp_case *c, struct rp_compared *r)
{
	struct rp_subject *s;

	r->name = name_of(c, r);
	s = r->name == NULL ? NULL
			    : rp_subject_add(c, type_of(r), r->name, NULL);
	if (s == NULL) {
		rp_compared_free(r);
		return EV_TROUBLE;
	}
	s->compared = r;
	s->partner[0] = r->quote;
	return EV_OK;
}

enum ev_code rp_register_add(struct rp_case *c, const struct rp_compared *what)
{
	struct rp_compared *r = malloc(sizeof(*r));

	if (r == NULL)
		return EV_TROUBLE;
	*r = *what;
	rp_compared_place(r, what->tpm_alg, what->alg, what->index);
	if (!rp_compare(c, r)) {
		rp_compared_free(r);
		return EV_TROUBLE;
	}
	if (is_row(r))
		return list(c, r);
	rp_compared_free(r);
	return EV_OK;
}

/* --- which are there --- */

static bool is_compared(const struct rp_compared *r,
			const struct rp_subject *log)
{
	bool is = r->log == log;

	for (size_t i = 0; i < RP_TAIL_LOGS; i++)
		is |= r->tail.log[i] == log;
	return is;
}

/* A log of the form is among those that the register was compared with. */
static bool has_form(const struct rp_compared *r, enum rp_log_form form)
{
	size_t i = rp_tail_place(form);

	return i < RP_TAIL_LOGS ? r->tail.log[i] != NULL
				: r->log != NULL && r->log->log->form == form;
}

bool rp_log_is_used(const struct rp_case *c, const struct rp_subject *log,
		    bool *other)
{
	*other = false;
	for (size_t i = 0; i < RP_N_REGISTER_TYPES; i++) {
		const struct rp_subject *s = c->first[rp_register_types[i]];

		for (; s != NULL; s = s->next) {
			const struct rp_compared *r = s->compared;

			if (is_compared(r, log))
				return true;
			*other |=
				r->quote != NULL && has_form(r, log->log->form);
		}
	}
	return false;
}

bool rp_register_is_listed(const struct rp_case *c,
			   const struct rp_compared *what,
			   const struct rp_subject *log)
{
	for (size_t i = 0; i < RP_N_REGISTER_TYPES; i++) {
		const struct rp_subject *s = c->first[rp_register_types[i]];

		for (; s != NULL; s = s->next)
			if (s->compared->set == what->set &&
			    s->compared->tpm_alg == what->tpm_alg &&
			    s->compared->index == what->index &&
			    is_compared(s->compared, log))
				return true;
	}
	return false;
}

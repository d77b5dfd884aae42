/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What identifies somebody or some machine, and where it stands: item, byte
 * offset and length.  Where it stands inside base64, the place is that of the
 * whole groups of four characters that hold it.
 */
#ifndef RP_TRACE_H
#define RP_TRACE_H

#include "evidence/base/json_write.h"

enum rp_trace_form {
	RP_TRACE_HEX,	/* value is shown as hex of the bytes there */
	RP_TRACE_TEXT,	/* value is the text there, escapes not undone */
	RP_TRACE_ABOUT, /* value is our words about the bytes there */
};

struct rp_trace {
	const char *item, *kind; /* borrowed */
	const char *what;	 /* static: "PPID" */
	const char *withhold;	 /* static: "whole item" */
	const char *within;	 /* static: "base64", or NULL */
	uint64_t offset, length; /* in the item */
	enum rp_trace_form form;
	uint8_t *value; /* owned */
	size_t n;	/* of value */
};

struct rp_traces {
	struct rp_trace *list; /* owned, in the order of the items */
	size_t n, room;
	bool no_memory; /* the list is then not all of it */
};

/* Bytes that are searched: those of an item, or what base64 text in it
 * decodes to (white space in the text counts for nothing). */
struct rp_layer {
	struct ev_span item;
	struct ev_span text; /* in item; empty: bytes are the item's own */
	const char *within;  /* of text */
	struct ev_span bytes;
};

/* A trace whose item, kind, what and withhold are those of `as`, and whose
 * value is `part` of layer's bytes. */
void rp_trace_add(struct rp_traces *traces, const struct rp_trace *as,
		  const struct rp_layer *layer, struct ev_span part,
		  enum rp_trace_form form);
/* The same about `part`, in our words. */
void rp_trace_about(struct rp_traces *traces, const struct rp_trace *as,
		    const struct rp_layer *layer, struct ev_span part,
		    const char *words);
void rp_traces_free(struct rp_traces *traces);

/* Into the array that is open in w: one object a trace. */
void rp_traces_write(const struct rp_traces *traces, struct ev_writer *w);

#endif

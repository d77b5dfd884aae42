/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TD report bodies of quotes (Intel TDX DCAP Quoting Library API, TD Quote
 * Body 1.0, 584 bytes, and 1.5, 648 bytes) and the TDREPORT structure of the
 * CPU, 1024 bytes (Intel TDX Module ABI, TDREPORT_STRUCT), that a paravisor
 * stores.  Little-endian.  Spans borrow; sizes in bytes are noted.
 */
#ifndef EV_TD_REPORT_H
#define EV_TD_REPORT_H

#include "evidence/base/error.h"

enum ev_td_body_size {
	EV_TD_BODY_10 = 584,
	EV_TD_BODY_15 = 648,
	EV_TD_BODY_15_EXTENDED = 885,
};
#define EV_TDREPORT_SIZE 1024

struct ev_td_body {
	struct ev_span bytes;
	uint64_t offset;		/* of bytes in the item */
	struct ev_span tee_tcb_svn;	/* 16 */
	struct ev_span mrseam;		/* 48 */
	struct ev_span mrsignerseam;	/* 48 */
	struct ev_span seam_attributes; /* 8 */
	struct ev_span td_attributes;	/* 8 */
	struct ev_span xfam;		/* 8 */
	struct ev_span mrtd;		/* 48 */
	struct ev_span mrconfigid;	/* 48 */
	struct ev_span mrowner;		/* 48 */
	struct ev_span mrownerconfig;	/* 48 */
	struct ev_span rtmr[4];		/* 48 each */
	struct ev_span report_data;	/* 64 */
	struct ev_span tee_tcb_svn2;	/* 16, empty in 1.0 */
	struct ev_span mrservicetd;	/* 48, empty in 1.0 */
};

/* in: 584, 648 or 885 bytes. */
enum ev_code ev_td_body_parse(struct ev_span in, uint64_t base,
			      struct ev_td_body *out, struct ev_error *err);

enum ev_td_attribute {
	EV_TD_TUD_MASK = 0xff, /* DEBUG and the profiling bits: untrusted TD */
	EV_TD_SEPT_VE_DISABLE = 1 << 28,
	EV_TD_MIGRATABLE = 1 << 29,
};

/* td_attributes as a number. */
uint64_t ev_td_attributes(const struct ev_td_body *body);

struct ev_tdreport {
	struct ev_span bytes; /* 1024 */
	uint64_t offset;
	struct ev_span cpusvn;		  /* 16 */
	struct ev_span tee_tcb_info_hash; /* 48 */
	struct ev_span tee_info_hash;	  /* 48 */
	struct ev_span report_data;	  /* 64 */
	struct ev_span mac;		  /* 32, only the CPU can check it */
	struct ev_span tee_tcb_info;	  /* 239, what the first hash covers */
	struct ev_span tdinfo;		  /* 512, what the second covers */
	/* The fields that a quote body repeats, in the body's order: */
	struct ev_span tee_tcb_svn, mrseam, mrsignerseam, seam_attributes;
	struct ev_span td_attributes, xfam, mrtd, mrconfigid, mrowner;
	struct ev_span mrownerconfig, rtmr[4];
	/* And those of a body 1.5: */
	struct ev_span tee_tcb_svn2; /* 16 */
	struct ev_span servtd_hash;  /* 48, the body's mrservicetd */
};

enum ev_code ev_tdreport_parse(struct ev_span in, uint64_t base,
			       struct ev_tdreport *out, struct ev_error *err);

/* Offset in the item of a span that lies inside bytes (starting at base). */
static inline uint64_t ev_offset_in(struct ev_span bytes, uint64_t base,
				    struct ev_span part)
{
	return base + (uint64_t)(part.p - bytes.p);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TD without configfs-tsm (Linux before 6.7): the TDREPORT from the
 * driver's ioctl (linux/tdx-guest.h), the quote from the host's service.
 * Asked only where the kernel gave no quote.
 */
#include "collect/fresh.h"
#include "collect/qgs.h"
#include "collect/src.h"
#include "collect/stop.h"
#include "evidence/td_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* struct tdx_report_req and TDX_CMD_GET_REPORT0 of linux/tdx-guest.h, which
 * the headers of Debian 12 do not have. */
struct report_request {
	uint8_t report_data[64];
	uint8_t report[EV_TDREPORT_SIZE];
};
#define GET_REPORT0 _IOWR('T', 1, struct report_request)

static const char *const devices[] = { "dev/tdx_guest", "dev/tdx-guest" };

static const unsigned int AGAIN_MS = 250;

static const struct {
	int code;
	const char *way_out;
} ways_out[] = {
	{ ENOENT, "modprobe tdx_guest" },
	{ ENODEV, "modprobe tdx_guest" },
	{ ENXIO, "modprobe tdx_guest" },
	{ EACCES, "run as root" },
	{ EPERM, "run as root" },
	{ EBUSY, "somebody else asks; run again" },
	{ EINTR, "run again" },
	{ EIO, "the TDX module gave no report; see dmesg, run again" },
	{ ENOTTY, "see which driver stands behind the device" },
};

static const char *way_out(int code)
{
	for (size_t i = 0; i < sizeof(ways_out) / sizeof(ways_out[0]); i++)
		if (ways_out[i].code == code)
			return ways_out[i].way_out;
	return "see dmesg";
}

static bool no_device(int code)
{
	return code == ENOENT || code == ENODEV || code == ENXIO;
}

/* An errno, of the first device that is there. */
static int ask_device(struct co_collection *c, struct report_request *request,
		      char why[CO_WHY_TEXT])
{
	int code = ENOENT;
	size_t i;

	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		int fd = co_root_openat(&c->root, devices[i], O_RDWR);
		bool ok = fd >= 0 && ioctl(fd, GET_REPORT0, request) == 0;

		code = ok ? 0 : errno;
		if (fd >= 0)
			close(fd);
		if (code != ENOENT)
			break;
	}
	if (code == ENOENT)
		i = 0; /* the name of today */
	snprintf(why, CO_WHY_TEXT, "%s: %s (%s)", devices[i], strerror(code),
		 way_out(code));
	return code;
}

/* A device that is there and gives no report has failed: only where there is
 * none is it absent. */
static enum co_outcome get_report(struct co_collection *c,
				  struct report_request *request,
				  char why[CO_WHY_TEXT])
{
	int code = 0;

	for (unsigned int i = 0; i < c->source->tries; i++) {
		if (i > 0 && !co_stop_sleep_ms(AGAIN_MS))
			break;
		code = ask_device(c, request, why);
		if (code != EBUSY && code != EINTR && code != EIO)
			break;
	}
	if (code == 0)
		return CO_OK;
	return no_device(code) ? CO_ABSENT : CO_FAILED;
}

/* The number of a line "port=N", however it is spaced; 0: it is none. */
static unsigned long port_of(const char *line)
{
	static const char blanks[] = " \t\r";

	line += strspn(line, blanks);
	if (strncmp(line, "port", 4) != 0)
		return 0;
	line += 4;
	line += strspn(line, blanks);
	if (*line++ != '=')
		return 0;
	line += strspn(line, blanks);
	return *line >= '0' && *line <= '9' ? strtoul(line, NULL, 10) : 0;
}

/* --qgs, ecart-root.json, or "port=N" of the host's configuration. */
static bool qgs_address(const struct co_collection *c, char *out, size_t size)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	const char *given =
		c->options.qgs != NULL ? c->options.qgs : c->root.qgs;
	char ignored[CO_WHY_TEXT];
	unsigned long port = 0;

	if (given != NULL) {
		snprintf(out, size, "%s", given);
		return true;
	}
	if (co_root_read(&c->root, "etc/tdx-attest.conf", 4096, &text, ignored,
			 sizeof(ignored)) != CO_READ_OK)
		return false;
	ev_buffer_add_byte(&text, 0);
	if (!ev_buffer_ok(&text))
		return false;
	for (const char *line = (const char *)text.p; line != NULL && port == 0;
	     line = strchr(line, '\n')) {
		line += *line == '\n';
		port = port_of(line);
	}
	snprintf(out, size, "vsock:%lu", port);
	return port != 0;
}

/* Before the service is asked, so that it stays whatever comes of that. */
static bool keep_report(struct co_collection *c,
			const struct report_request *request,
			char why[CO_WHY_TEXT])
{
	struct co_item item = { .kind = "tdx-report",
				.bytes = EV_SPAN(request->report),
				.source_type = "ioctl" };
	struct ev_span nonce = EV_SPAN(c->session_root);
	struct ev_tdreport parsed;
	struct ev_error err = { 0 };
	bool ours = ev_tdreport_parse(item.bytes, 0, &parsed, &err) == EV_OK &&
		    ev_span_eq(parsed.report_data, nonce);

	if (ours)
		item.nonce = nonce;
	if (!co_collected(c, &item, NULL, why))
		return false;
	if (!ours)
		snprintf(why, CO_WHY_TEXT,
			 "the TDREPORT does not carry our REPORTDATA (see "
			 "what stands behind the device)");
	return ours;
}

static bool keep_quote(struct co_collection *c, struct ev_span quote,
		       const char *address, char why[CO_WHY_TEXT])
{
	struct co_item item = { .kind = "tdx-quote",
				.bytes = quote,
				.source_type = "qgs",
				.source_detail = address,
				.nonce = EV_SPAN(c->session_root) };
	size_t index;

	return co_collected(c, &item, &index, why) &&
	       co_bind(c, "report-data", 1, index, 0);
}

static enum co_outcome ask_service(struct co_collection *c,
				   const struct report_request *request,
				   char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer quote = { 0 };
	struct ev_quote parsed;
	char address[256];

	if (!qgs_address(c, address, sizeof(address)))
		return co_failed(why, "no quote service is named (give --qgs "
				      "vsock:4050)");
	for (unsigned int i = 0; i < c->source->tries && co_stop_signal() == 0;
	     i++) {
		quote.n = 0;
		if (!co_qgs_ask(address, EV_SPAN(request->report),
				co_limit_ms(c), &quote, why) ||
		    !co_fresh_quote(ev_buffer_span(&quote), EV_TEE_TDX,
				    EV_SPAN(request->report_data), &parsed,
				    why))
			continue;
		if (!keep_quote(c, ev_buffer_span(&quote), address, why))
			return CO_FAILED;
		co_detail(c, "quote v%u by the host's service, nonce bound",
			  parsed.version);
		return CO_OK;
	}
	return CO_FAILED;
}

enum co_wanted co_wanted_tdx_ioctl(const struct co_collection *c)
{
	if (c->machine.kind != CO_MACHINE_TD ||
	    co_gathering_last(&c->items, "tdx-quote") != NULL)
		return CO_NOT_HERE;
	return CO_IF_THERE;
}

enum co_outcome co_collect_tdx_ioctl(struct co_collection *c,
				     char why[CO_WHY_TEXT])
{
	struct report_request request = { 0 };
	enum co_outcome outcome;

	if (!c->has_session)
		return co_failed(why, "--read-only asks for no report (leave "
				      "it out)");
	memcpy(request.report_data, c->session_root, 64);
	outcome = get_report(c, &request, why);
	if (outcome != CO_OK)
		return outcome;
	if (!keep_report(c, &request, why))
		return CO_FAILED;
	return ask_service(c, &request, why);
}

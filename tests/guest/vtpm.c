/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vTPM of a simulated Azure guest, as program of the TCTI "cmd:":
 *   vtpm FOLDER
 * Each TPM command on stdin goes to swtpm (FOLDER/swtpm.sock) and the answer
 * to stdout, but for the index of the HCL report, which is answered here.  It
 * runs once for each tool; what must outlive it lies in FOLDER (vtpm_state.h).
 */
#include "tests/guest/vtpm_fault.h"
#include "tests/guest/vtpm_nv.h"
#include "tests/guest/vtpm_quote.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void ignore(int number)
{
	(void)number;
}

/* A signal interrupts what waits, and the program then leaves in order. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = ignore };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

static bool serve(struct vt_nv *nv, struct vt_frame *command)
{
	struct vt_frame response;

	if (!vt_fault_command(nv->state, STDIN_FILENO, command, &response) &&
	    !vt_quote_refuse(command, &response) &&
	    !vt_nv_answer(nv, command, &response)) {
		if (!vt_link_ask(nv->link, command, &response))
			return false;
		vt_nv_pass(nv, command, &response);
	}
	return vt_write(STDOUT_FILENO, &response) == VT_IO_OK;
}

int main(int argc, char **argv)
{
	struct vt_state state;
	struct vt_link link;
	struct vt_nv nv = { .state = &state, .link = &link };
	struct vt_frame command;
	char path[4096];

	if (argc != 2) {
		fprintf(stderr, "usage: vtpm FOLDER\n");
		return 2;
	}
	catch_signals();
	snprintf(path, sizeof(path), "%s/swtpm.sock", argv[1]);
	if (!vt_state_open(&state, argv[1]) ||
	    !vt_link_open(&link, path, STDIN_FILENO)) {
		fprintf(stderr, "vtpm: no TPM at %s\n", path);
		return 1;
	}
	while (vt_read(STDIN_FILENO, &command, -1, -1) == VT_IO_OK) {
		if (!serve(&nv, &command))
			break;
	}
	vt_link_close(&link);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ioctl of /dev/tdx_guest for a program that runs with this in LD_PRELOAD
 * (linux/tdx-guest.h, TDX_CMD_GET_REPORT0).  The device is a file of 1024
 * bytes, a TDREPORT of the simulated processor: what the program asked for is
 * put into a copy of it, and the copy gets its MAC (evidence.py, mac).  One
 * that has REPORTDATA already is given as it is; of a file of another size the
 * kernel says what it says of files.
 */
#include <errno.h>
#include <openssl/hmac.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REPORT_SIZE 1024
#define DATA_AT	    128 /* REPORTDATA in REPORTMACSTRUCT */
#define MAC_AT	    224

static const char mac_key[] = "SIMULATED-MAC-KEY";

struct report_request {
	unsigned char report_data[64];
	unsigned char report[REPORT_SIZE];
};
#define GET_REPORT0 _IOWR('T', 1, struct report_request)

/* Seen by the program, in place of the C library's. */
__attribute__((visibility("default"))) int ioctl(int fd, unsigned long request,
						 ...);

static int answer(int fd, struct report_request *request)
{
	unsigned char *report = request->report;

	if (pread(fd, report, REPORT_SIZE, 0) != REPORT_SIZE) {
		errno = EIO;
		return -1;
	}
	if (report[DATA_AT] != 0)
		return 0;
	memcpy(report + DATA_AT, request->report_data,
	       sizeof(request->report_data));
	if (HMAC(EVP_sha256(), mac_key, sizeof(mac_key) - 1, report, MAC_AT,
		 report + MAC_AT, NULL) == NULL) {
		errno = EIO;
		return -1;
	}
	return 0;
}

/* What is left after it is the device of the next ioctl. */
static int fail(int fd, off_t size)
{
	unsigned char code;

	if (pread(fd, &code, 1, size - 1) != 1 || ftruncate(fd, size - 1) != 0)
		return -1;
	errno = code;
	return -1;
}

int ioctl(int fd, unsigned long request, ...)
{
	struct stat st;
	va_list args;
	void *given;

	va_start(args, request);
	given = va_arg(args, void *);
	va_end(args);
	if (request == GET_REPORT0 && fstat(fd, &st) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size >= REPORT_SIZE)
		return st.st_size == REPORT_SIZE ? answer(fd, given)
						 : fail(fd, st.st_size);
	return (int)syscall(SYS_ioctl, fd, request, given);
}

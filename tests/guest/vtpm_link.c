/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to swtpm. */
#include "tests/guest/vtpm_link.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const int GOODBYE_MS = 300;

/* Commands whose response begins with a handle that takes a slot. */
static const uint32_t LOADING[] = {
	0x131, /* CreatePrimary */
	0x157, /* Load */
	0x15b, /* HMAC_Start */
	0x161, /* ContextLoad */
	0x167, /* LoadExternal */
	VT_START_SESSION,
	0x186, /* HashSequenceStart */
	0x191, /* CreateLoaded */
};

bool vt_link_open(struct vt_link *link, const char *path, int client)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*link = (struct vt_link){ .fd = -1, .client = client };
	if (strlen(path) >= sizeof(address.sun_path))
		return false;
	strcpy(address.sun_path, path);
	link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return link->fd >= 0 && connect(link->fd, (struct sockaddr *)&address,
					sizeof(address)) == 0;
}

static bool loads(uint32_t code)
{
	size_t i;

	for (i = 0; i < sizeof(LOADING) / sizeof(LOADING[0]); i++) {
		if (LOADING[i] == code)
			return true;
	}
	return false;
}

static void forget(struct vt_link *link, uint32_t handle)
{
	size_t i, kept = 0;

	for (i = 0; i < link->n_loaded; i++) {
		if (link->loaded[i] != handle)
			link->loaded[kept++] = link->loaded[i];
	}
	link->n_loaded = kept;
}

/* A session whose context was saved lives on; an object is only copied. */
static bool is_session(uint32_t handle)
{
	return handle >> 24 == 0x02 || handle >> 24 == 0x03;
}

static void account(struct vt_link *link, const struct vt_frame *command,
		    const struct vt_frame *response)
{
	uint32_t code = vt_code(command), handle = vt_word(command, 0);

	if (vt_code(response) != 0)
		return;
	if (code == VT_FLUSH || (code == VT_CONTEXT_SAVE && is_session(handle)))
		forget(link, handle);
	if (loads(code) && link->n_loaded < VT_LOADED_MAX)
		link->loaded[link->n_loaded++] = vt_word(response, 0);
}

bool vt_link_ask(struct vt_link *link, const struct vt_frame *command,
		 struct vt_frame *response)
{
	enum vt_io io = vt_write(link->fd, command);

	if (io == VT_IO_OK)
		io = vt_read(link->fd, response, -1, link->client);
	/* The client is gone: what is under way is waited for, so that what
	 * it loads is known, but not for ever. */
	if (io == VT_IO_END)
		io = vt_read(link->fd, response, GOODBYE_MS, -1);
	if (io != VT_IO_OK) {
		close(link->fd);
		link->fd = -1;
		return false;
	}
	account(link, command, response);
	return true;
}

void vt_link_close(struct vt_link *link)
{
	struct vt_frame command, response;

	while (link->fd >= 0 && link->n_loaded > 0) {
		vt_open(&command, VT_TAG_PLAIN, VT_FLUSH);
		vt_put(&command, 4, link->loaded[--link->n_loaded]);
		vt_close(&command);
		if (vt_write(link->fd, &command) != VT_IO_OK ||
		    vt_read(link->fd, &response, GOODBYE_MS, -1) != VT_IO_OK)
			break;
	}
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}

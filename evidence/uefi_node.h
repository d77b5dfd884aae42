/* SPDX-License-Identifier: Apache-2.0 */
/* The text of one node of a device path (UEFI 2.10, 10.6.1.6). */
#ifndef EV_UEFI_NODE_H
#define EV_UEFI_NODE_H

#include "evidence/uefi_device_path.h"

#define EV_NODE_MEDIA	  0x04
#define EV_NODE_FILE_PATH 0x04 /* of the media nodes */
#define EV_NODE_END	  0x7f
#define EV_NODE_END_ALL	  0xff /* 0x01: of one instance of several */

bool ev_uefi_node_is_file(const struct ev_uefi_node *node);

void ev_uefi_node_text(const struct ev_uefi_node *node, struct ev_buffer *out);

#endif

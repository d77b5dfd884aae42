/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of device paths as text, by tables. */
#include "evidence/uefi_node.h"

#include "evidence/base/hex.h"
#include "evidence/shown_text.h"
#include "evidence/uefi_guid.h"

#include <inttypes.h>

#define HARDWARE  0x01
#define ACPI	  0x02
#define MESSAGING 0x03
#define MEDIA	  EV_NODE_MEDIA
#define BOOT	  0x05

/* Bytes of data that a node which is not known is shown with. */
#define HEX_MAX 64

static void add_hex(struct ev_span bytes, struct ev_buffer *out)
{
	char hex[2 * HEX_MAX + 1];
	size_t n = bytes.n < HEX_MAX ? bytes.n : HEX_MAX;

	ev_hex_encode(ev_span_sub(bytes, 0, n), hex);
	ev_buffer_add_str(out, hex);
	if (n < bytes.n)
		ev_buffer_add_str(out, "...");
}

static void add_guid(struct ev_span guid, struct ev_buffer *out)
{
	char text[EV_GUID_TEXT];

	ev_uefi_guid_format(guid, text);
	ev_buffer_add_str(out, text);
}

/* --- nodes with an order or a spelling of their own --- */

/* 10.3.2.1: the function stands first. */
static void pci(struct ev_reader *r, struct ev_buffer *out)
{
	unsigned function = ev_read_u8(r, "function");
	unsigned device = ev_read_u8(r, "device");

	ev_buffer_printf(out, "Pci(0x%x,0x%x)", device, function);
}

/* 10.3.3: a compressed EISA id, PNP in the low half. */
static void acpi(struct ev_reader *r, struct ev_buffer *out)
{
	uint32_t hid = ev_read_u32le(r, "HID");
	uint32_t uid = ev_read_u32le(r, "UID");

	if (hid == 0x0a0341d0)
		ev_buffer_printf(out, "PciRoot(0x%x)", uid);
	else if (hid == 0x0a0841d0)
		ev_buffer_printf(out, "PcieRoot(0x%x)", uid);
	else if ((hid & 0xffff) == 0x41d0)
		ev_buffer_printf(out, "Acpi(PNP%04X,0x%x)", hid >> 16, uid);
	else
		ev_buffer_printf(out, "Acpi(0x%08x,0x%x)", hid, uid);
}

/* 10.3.4.10: Ethernet has 6 of the 32 bytes. */
static void mac(struct ev_reader *r, struct ev_buffer *out)
{
	struct ev_span address = ev_read_span(r, 32, "address");
	unsigned type = ev_read_u8(r, "type");

	if (!ev_reader_ok(r))
		return;
	ev_buffer_add_str(out, "MAC(");
	add_hex(type <= 1 ? ev_span_sub(address, 0, 6) : address, out);
	ev_buffer_printf(out, ",0x%x)", type);
}

/* 10.3.4.11: the remote address stands behind the local one. */
static void ipv4(struct ev_reader *r, struct ev_buffer *out)
{
	struct ev_span local = ev_read_span(r, 4, "local");
	struct ev_span remote = ev_read_span(r, 4, "remote");
	const uint8_t *p = remote.p, *q = local.p;

	if (ev_reader_ok(r))
		ev_buffer_printf(out, "IPv4(%u.%u.%u.%u,%u.%u.%u.%u)", p[0],
				 p[1], p[2], p[3], q[0], q[1], q[2], q[3]);
}

static void ipv6(struct ev_reader *r, struct ev_buffer *out)
{
	struct ev_span local = ev_read_span(r, 16, "local");
	struct ev_span remote = ev_read_span(r, 16, "remote");

	if (!ev_reader_ok(r))
		return;
	ev_buffer_add_str(out, "IPv6(");
	add_hex(remote, out);
	ev_buffer_add_byte(out, ',');
	add_hex(local, out);
	ev_buffer_add_byte(out, ')');
}

/* 10.3.4.21: EUI-64, the most significant byte first. */
static void nvme(struct ev_reader *r, struct ev_buffer *out)
{
	uint32_t namespace = ev_read_u32le(r, "namespace");
	struct ev_span eui = ev_read_span(r, 8, "EUI-64");

	if (!ev_reader_ok(r))
		return;
	ev_buffer_printf(out, "NVMe(0x%x,", namespace);
	for (size_t i = 0; i < eui.n; i++)
		ev_buffer_printf(out, "%s%02X", i > 0 ? "-" : "",
				 eui.p[eui.n - 1 - i]);
	ev_buffer_add_byte(out, ')');
}

/* 10.3.5.1: a signature of four bytes or a GUID, as the last byte says. */
static void hard_drive(struct ev_reader *r, struct ev_buffer *out)
{
	uint32_t partition = ev_read_u32le(r, "partition");
	uint64_t start = ev_read_u64le(r, "start");
	uint64_t size = ev_read_u64le(r, "size");
	struct ev_span id = ev_read_span(r, EV_GUID_SIZE, "signature");
	unsigned format = ev_read_u8(r, "format");
	unsigned type = ev_read_u8(r, "signature type");

	if (!ev_reader_ok(r))
		return;
	ev_buffer_printf(out, "HD(%u,", partition);
	if (type == 2) {
		ev_buffer_add_str(out, "GPT,");
		add_guid(id, out);
	} else if (type == 1) {
		ev_buffer_printf(out, "MBR,0x%02x%02x%02x%02x", id.p[3],
				 id.p[2], id.p[1], id.p[0]);
	} else {
		ev_buffer_printf(out, "%u,%u", format, type);
	}
	ev_buffer_printf(out, ",0x%" PRIx64 ",0x%" PRIx64 ")", start, size);
}

static void file_path(struct ev_reader *r, struct ev_buffer *out)
{
	ev_shown_utf16le(ev_text_until_nul16(ev_read_rest(r)), out);
}

static void uri(struct ev_reader *r, struct ev_buffer *out)
{
	ev_buffer_add_str(out, "Uri(");
	ev_shown_bytes(ev_read_rest(r), out);
	ev_buffer_add_byte(out, ')');
}

/* 10.3.6: types 1 to 6 and 0x80 have names there. */
static void bbs(struct ev_reader *r, struct ev_buffer *out)
{
	static const char *const names[] = { "0",      "Floppy", "HD",
					     "CDROM",  "PCMCIA", "USB",
					     "Network" };
	unsigned type = ev_read_u16le(r, "device type");

	ev_read_u16le(r, "status");
	if (!ev_reader_ok(r))
		return;
	if (type < sizeof(names) / sizeof(names[0]))
		ev_buffer_printf(out, "BBS(%s,", names[type]);
	else
		ev_buffer_printf(out, "BBS(0x%x,", type);
	ev_shown_bytes(ev_text_until_nul(ev_read_rest(r)), out);
	ev_buffer_add_byte(out, ')');
}

/* --- the table --- */

struct row {
	uint8_t type, subtype;
	const char *name;
	/* Of the data, in order: b, w, d, q numbers of 1, 2, 4, 8 bytes; g a
	 * GUID; _ four bytes that are reserved; x the rest as hex, t as text,
	 * where there is any.  Else the function that reads it. */
	const char *layout;
	void (*text)(struct ev_reader *r, struct ev_buffer *out);
};

static const struct row rows[] = {
	{ HARDWARE, 0x01, NULL, NULL, pci },
	{ HARDWARE, 0x02, "PcCard", "b", NULL },
	{ HARDWARE, 0x03, "MemoryMapped", "dqq", NULL },
	{ HARDWARE, 0x04, "VenHw", "gx", NULL },
	{ HARDWARE, 0x05, "Ctrl", "d", NULL },
	{ HARDWARE, 0x06, "BMC", "bq", NULL },
	{ ACPI, 0x01, NULL, NULL, acpi },
	{ ACPI, 0x02, "AcpiEx", "dddx", NULL },
	{ ACPI, 0x03, "AcpiAdr", "dx", NULL },
	{ MESSAGING, 0x01, "Ata", "bbw", NULL },
	{ MESSAGING, 0x02, "Scsi", "ww", NULL },
	{ MESSAGING, 0x03, "Fibre", "_qq", NULL },
	{ MESSAGING, 0x04, "I1394", "_q", NULL },
	{ MESSAGING, 0x05, "USB", "bb", NULL },
	{ MESSAGING, 0x06, "I2O", "d", NULL },
	{ MESSAGING, 0x09, "Infiniband", "dx", NULL },
	{ MESSAGING, 0x0a, "VenMsg", "gx", NULL },
	{ MESSAGING, 0x0b, NULL, NULL, mac },
	{ MESSAGING, 0x0c, NULL, NULL, ipv4 },
	{ MESSAGING, 0x0d, NULL, NULL, ipv6 },
	{ MESSAGING, 0x0e, "Uart", "_qbbb", NULL },
	{ MESSAGING, 0x0f, "UsbClass", "wwbbb", NULL },
	{ MESSAGING, 0x10, "UsbWwid", "wwwx", NULL },
	{ MESSAGING, 0x11, "Unit", "b", NULL },
	{ MESSAGING, 0x12, "Sata", "www", NULL },
	{ MESSAGING, 0x13, "iSCSI", "wwqwt", NULL },
	{ MESSAGING, 0x14, "Vlan", "w", NULL },
	{ MESSAGING, 0x15, "FibreEx", "_qq", NULL },
	{ MESSAGING, 0x16, "SasEx", "qqww", NULL },
	{ MESSAGING, 0x17, NULL, NULL, nvme },
	{ MESSAGING, 0x18, NULL, NULL, uri },
	{ MESSAGING, 0x19, "UFS", "bb", NULL },
	{ MESSAGING, 0x1a, "SD", "b", NULL },
	{ MESSAGING, 0x1b, "Bluetooth", "x", NULL },
	{ MESSAGING, 0x1c, "Wi-Fi", "t", NULL },
	{ MESSAGING, 0x1d, "eMMC", "b", NULL },
	{ MESSAGING, 0x1e, "BluetoothLE", "x", NULL },
	{ MESSAGING, 0x1f, "Dns", "bx", NULL },
	{ MEDIA, 0x01, NULL, NULL, hard_drive },
	{ MEDIA, 0x02, "CDROM", "dqq", NULL },
	{ MEDIA, 0x03, "VenMedia", "gx", NULL },
	{ MEDIA, EV_NODE_FILE_PATH, NULL, NULL, file_path },
	{ MEDIA, 0x05, "Media", "g", NULL },
	{ MEDIA, 0x06, "FvFile", "g", NULL },
	{ MEDIA, 0x07, "Fv", "g", NULL },
	{ MEDIA, 0x08, "Offset", "_qq", NULL },
	{ MEDIA, 0x09, "RamDisk", "qqgw", NULL },
	{ BOOT, 0x01, NULL, NULL, bbs },
};

static uint64_t read_number(struct ev_reader *r, char size)
{
	switch (size) {
	case 'b':
		return ev_read_u8(r, "number");
	case 'w':
		return ev_read_u16le(r, "number");
	case 'd':
		return ev_read_u32le(r, "number");
	default:
		return ev_read_u64le(r, "number");
	}
}

static void add_field(struct ev_reader *r, char form, struct ev_buffer *out)
{
	struct ev_span bytes;

	if (form == 'x') {
		add_hex(ev_read_rest(r), out);
	} else if (form == 't') {
		ev_shown_bytes(ev_text_until_nul(ev_read_rest(r)), out);
	} else if (form == 'g') {
		bytes = ev_read_span(r, EV_GUID_SIZE, "GUID");
		if (ev_reader_ok(r))
			add_guid(bytes, out);
	} else {
		ev_buffer_printf(out, "0x%" PRIx64, read_number(r, form));
	}
}

static void by_layout(const struct row *row, struct ev_reader *r,
		      struct ev_buffer *out)
{
	const char *comma = "";

	ev_buffer_printf(out, "%s(", row->name);
	for (const char *f = row->layout; *f != '\0'; f++) {
		if (*f == '_') {
			ev_read_u32le(r, "reserved");
			continue;
		}
		if ((*f == 'x' || *f == 't') && r->left.n == 0)
			break;
		ev_buffer_add_str(out, comma);
		add_field(r, *f, out);
		comma = ",";
	}
	ev_buffer_add_byte(out, ')');
}

static const struct row *row_of(const struct ev_uefi_node *node)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == node->type &&
		    rows[i].subtype == node->subtype)
			return &rows[i];
	return NULL;
}

bool ev_uefi_node_is_file(const struct ev_uefi_node *node)
{
	return node->type == EV_NODE_MEDIA &&
	       node->subtype == EV_NODE_FILE_PATH;
}

void ev_uefi_node_text(const struct ev_uefi_node *node, struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(node->data, 0, "node", &err);
	const struct row *row = row_of(node);
	size_t from = out->n;

	if (row != NULL && row->text != NULL)
		row->text(&r, out);
	else if (row != NULL)
		by_layout(row, &r, out);
	if (row != NULL && err.code == EV_OK)
		return;
	out->n = from;
	ev_buffer_printf(out, "Path(%u,%u", node->type, node->subtype);
	if (node->data.n > 0)
		ev_buffer_add_byte(out, ',');
	add_hex(node->data, out);
	ev_buffer_add_byte(out, ')');
}

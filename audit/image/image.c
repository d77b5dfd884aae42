/* SPDX-License-Identifier: Apache-2.0 */
/* Images: the format told by content, then read. */
#include "audit/image/image.h"

#include "audit/image/igvm.h"
#include "audit/image/igvm_launch.h"
#include "audit/image/pe_resource.h"
#include "audit/image/tdvf_launch.h"
#include "evidence/base/digest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char object[] = "image";

static const char *const formats[] = {
	[AU_IGVM] = "igvm",
	[AU_TDVF] = "tdvf",
	[AU_PE] = "pe",
};

const char *au_image_format_name(enum au_image_format format)
{
	return formats[format];
}

void au_image_note(struct au_image *image, const char *format, ...)
{
	va_list args;

	if (image->n_notes < AU_IMAGE_NOTES_MAX) {
		va_start(args, format);
		vsnprintf(image->note[image->n_notes], AU_IMAGE_NOTE_TEXT,
			  format, args);
		va_end(args);
	}
	image->n_notes++;
}

static enum ev_code read_pe(struct au_image *image, struct ev_error *err)
{
	image->format = AU_PE;
	if (au_pe_resource_find(image->bytes, &image->carried,
				&image->carried_offset, err) != EV_OK)
		return err->code;
	return au_igvm_launch(image, err);
}

static enum ev_code read_format(struct au_image *image, struct ev_error *err)
{
	if (au_pe_is(image->bytes))
		return read_pe(image, err);
	if (au_igvm_is(image->bytes)) {
		image->format = AU_IGVM;
		return au_igvm_launch(image, err);
	}
	image->format = AU_TDVF;
	return au_tdvf_launch(image, err);
}

enum ev_code au_image_read(struct ev_span bytes, struct ev_crypto *crypto,
			   struct au_image *out, struct ev_error *err)
{
	*out = (struct au_image){ .bytes = bytes, .carried = bytes };
	if (bytes.n > AU_IMAGE_MAX)
		ev_fail_u64(err, EV_LIMIT, object, "size", 0, AU_IMAGE_MAX,
			    bytes.n);
	else if (read_format(out, err) == EV_OK &&
		 !ev_digest(crypto, EV_SHA256, bytes, out->sha256))
		ev_fail_trouble(err, object, "SHA-256 failed");
	if (err->code != EV_OK)
		au_image_free(out);
	return err->code;
}

void au_image_free(struct au_image *image)
{
	for (size_t i = 0; i < image->n; i++)
		au_launch_free(&image->launch[i]);
	free(image->launch);
	*image = (struct au_image){ 0 };
}

const struct au_launch *au_image_launch(const struct au_image *image,
					enum au_platform platform)
{
	for (size_t i = 0; i < image->n; i++) {
		const struct au_launch *launch = &image->launch[i];

		if (launch->reg != NULL && launch->reg->platform == platform)
			return launch;
	}
	return NULL;
}

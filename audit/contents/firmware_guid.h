/* SPDX-License-Identifier: Apache-2.0 */
/* Names of firmware volumes and files whose images have none inside. */
#ifndef AU_FIRMWARE_GUID_H
#define AU_FIRMWARE_GUID_H

/* guid: text in lower case.  "DXEFV", "a priori list (DXE)"; "" where it is
 * not known. */
const char *au_firmware_guid_name(const char *guid);

#endif

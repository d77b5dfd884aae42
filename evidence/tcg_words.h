/* SPDX-License-Identifier: Apache-2.0 */
/* What reports call the parts of a boot log of firmware (tcg_log.h). */
#ifndef EV_TCG_WORDS_H
#define EV_TCG_WORDS_H

#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

/* "pcr7"; of a log of measurement registers "mrtd", "rtmr0", and "mr5" where
 * no such register is; "none" of EV_TCG_NOWHERE. */
#define EV_TCG_REGISTER_NAME 16
void ev_tcg_register_name(bool measurement, uint32_t index,
			  char out[EV_TCG_REGISTER_NAME]);

/* "sha256"; the number of an algorithm that is not known: "0x4444". */
#define EV_TCG_BANK_NAME 16
void ev_tcg_bank_name(uint16_t alg, char out[EV_TCG_BANK_NAME]);

/* Member "end" of a log that was read to its end: how, offset; of padding pad,
 * length and firstOther; of a cut refused. */
void ev_tcg_end_write(struct ev_writer *w, const struct ev_tcg_log *log);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a signature is good: what `ssh-keygen -Y verify` of OpenSSH 9.2 says
 * at a given time (-Overify-time), of the same file of allowed signers in a
 * machine whose zone is UTC.  Known differences, all of them refusals:
 *  - limits: an armour above 64 KiB (ssh_signature.h), patterns that take more
 *    than AU_PATTERN_STEPS_MAX steps for one signature (pattern_list.h);
 *  - RSA keys above 8192 bits, and with an exponent that is even, 1, or above
 *    64 bits (evidence/base/sig.h);
 *  - ssh-dss, and the signatures that browsers make (webauthn);
 *  - certificates that their authority signed with SHA-1 ("ssh-rsa").
 * Critical options of a certificate are not looked at, as ssh-keygen does not.
 */
#ifndef AU_SSH_VERDICT_H
#define AU_SSH_VERDICT_H

#include "audit/ssh/allowed_signers.h"

enum au_ssh_state {
	AU_SSH_GOOD,
	AU_SSH_UNREADABLE,	/* no signature, or no key, that can be read */
	AU_SSH_UNSUPPORTED,	/* an algorithm that is not taken; named */
	AU_SSH_WRONG_NAMESPACE, /* made for another use */
	AU_SSH_BAD_SIGNATURE,	/* the key did not make it */
	AU_SSH_UNKNOWN_SIGNER,	/* no line has the key */
	AU_SSH_OTHER_PRINCIPAL, /* its line is another's, or none may sign */
	AU_SSH_OTHER_NAMESPACE, /* namespaces= of its line forbids */
	AU_SSH_NOT_YET_VALID,	/* of the line or of the certificate */
	AU_SSH_EXPIRED,		/* likewise */
	AU_SSH_N_STATES,
};
/* "good", "unreadable", "bad-signature", ...: the part behind AU_SSH_. */
const char *au_ssh_state_name(enum au_ssh_state state);

struct au_ssh_verdict {
	enum au_ssh_state state;
	/* "SHA256:..." as ssh-keygen -l prints it; of a certificate that of
	 * its key.  "" where no key could be read. */
	char fingerprint[60];
	char algorithm[40]; /* of the key: "ssh-ed25519"; "" likewise */
	/* Separated by commas, printable (ev_show), cut: those that
	 * find-principals prints for the signature, or the identity that was
	 * asked; where the state is not good those of the line that has the
	 * key.  "" where no line has it, and without signers. */
	char principals[256];
	size_t line;	  /* of signers, from 1; 0: none has the key */
	char reason[200]; /* a sentence without its full stop; "" where good */
};

/*
 * identity empty: any principal whom a line allows, as git asks: the names that
 * `-Y find-principals` prints, until one of them verifies; else `-I identity`.
 * signers NULL: cryptography alone, good means that the key made it.  at: in
 * seconds since 1970.  Whatever is wrong with the signature is a state; the
 * function fails of trouble alone, and *out is not written then.
 */
enum ev_code au_ssh_judge(struct ev_crypto *crypto,
			  const struct au_allowed_signers *signers,
			  struct ev_span armour, struct ev_span message,
			  const char *name_space, struct ev_span identity,
			  int64_t at, struct au_ssh_verdict *out,
			  struct ev_error *err);

#endif

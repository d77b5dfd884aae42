/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of lines by which checks are repeated by hand. */
#include "replay/by_hand.h"

/* Bytes of one input. */
#define PART(i) "tail -c +%s" i " %" i " | head -c %n" i

/* r || s, 32 bytes each, of input i, as the DER that openssl wants. */
#define SIGNATURE(i)                                                           \
	"h() { tail -c +$1 %" i " | head -c 32 | od -An -v -tx1 | "            \
	"tr -d ' \\n'; }; "                                                    \
	"(echo asn1=SEQ:s; echo [s]; echo r=INT:0x$(h %s" i "); "              \
	"echo s=INT:0x$(h $((%s" i "+32)))) >s.txt; "                          \
	"openssl asn1parse -genconf s.txt -noout -out s.der; "

/* The same of the member "signature" of a piece of collateral. */
#define COLLATERAL_SIGNATURE                                                   \
	"x=$(jq -r .signature %0); "                                           \
	"(echo asn1=SEQ:s; echo [s]; echo r=INT:0x${x:0:64}; "                 \
	"echo s=INT:0x${x:64}) >s.txt; "                                       \
	"openssl asn1parse -genconf s.txt -noout -out s.der; "

/* SHA-256 of the root's key, as the report has it of the anchor. */
#define ROOT_KEY                                                               \
	"openssl x509 -in root.pem -pubkey -noout | "                          \
	"openssl pkey -pubin -outform DER | sha256sum"

/* The modulus of HCLAkPub in the runtime claims that are input i. */
#define AK_MODULUS(i)                                                          \
	"n=$(" PART(i) " | "                                                   \
		       "jq -r '.keys[]|select(.kid==\"HCLAkPub\").n' | "       \
		       "sed 's/$/==/' | basenc --base64url -d | "              \
		       "od -An -v -tx1 | tr -d ' \\n'); "

/* A point of P-256 as a key: RFC 5480, 2, in front of X || Y. */
#define P256_KEY(i)                                                            \
	"(echo 3059301306072A8648CE3D020106082A8648CE3D03010703420004 | "      \
	"basenc -d --base16; " PART(                                           \
		i) ") >k.der; "                                                \
		   "openssl pkey -pubin -inform DER -in k.der -out k.pem; "

/* The key of the certificate whose PEM is input i. */
#define KEY_OF(i) PART(i) " | openssl x509 -pubkey -noout >k.pem; "

/* An RSA key of modulus n and the usual exponent. */
#define RSA_KEY                                                                \
	"(echo asn1=SEQ:k; echo [k]; echo n=INT:0x$n; echo e=INT:65537) "      \
	">k.txt; openssl asn1parse -genconf k.txt -noout -out k.der; "         \
	"openssl rsa -RSAPublicKey_in -inform DER -in k.der -pubout "          \
	"-out k.pem 2>/dev/null; "

/* r and s of an SEV-SNP report, least significant byte first, in 72 bytes. */
#define SNP_SIGNATURE(i)                                                       \
	"h() { tail -c +$1 %" i " | head -c 48 | od -An -v -tx1 -w1 | tac | "  \
	"tr -d ' \\n'; }; "                                                    \
	"(echo asn1=SEQ:s; echo [s]; echo r=INT:0x$(h %s" i "); "              \
	"echo s=INT:0x$(h $((%s" i "+72)))) >s.txt; "                          \
	"openssl asn1parse -genconf s.txt -noout -out s.der; "
#define VERIFY_SHA384 " | openssl dgst -sha384 -verify k.pem -signature s.der"
/* The key of the certificate whose DER is input i. */
#define KEY_OF_DER(i)                                                          \
	"openssl x509 -inform DER -in %" i " -pubkey -noout >k.pem; "
#define SNP_VERIFY_DER                                                         \
	SNP_SIGNATURE("1") KEY_OF_DER("2") PART("0") VERIFY_SHA384
#define SNP_VERIFY_PEM SNP_SIGNATURE("1") KEY_OF("2") PART("0") VERIFY_SHA384

#define VERIFY " | openssl dgst -sha256 -verify k.pem -signature s.der"

/* --- ecart-archive(5), BINDING: what must be, then what the item holds --- */

#define H0	     "openssl dgst -sha512 -binary %0"
#define SESSION_HASH "sha512sum %0; "

/* Input i as hex, as the text of a member, as base64 that JSON spells with or
 * without escapes, and as the payload of a token, which has no padding. */
#define BYTES(i)  PART(i) " | od -An -v -tx1 | tr -d ' \\n'; echo"
#define MEMBER(i) PART(i) " | tr -d '\"'; echo"
#define BASE64(i) "printf %%b \"$(" PART(i) ")\" | tr -d '\\\\' | base64 -d"
#define TOKEN(i)  PART(i) " | basenc --base64url -d 2>/dev/null"

/* The members of that name, at any depth. */
#define CLAIM(name) " | tr ',{}' '\\n' | sed -n '/" name "\"/p'"

/* What canonical JSON lets sed find in the manifest: the list of the quote
 * that is input 1, the salt of $p, and the digest that is left of $p where it
 * was withheld. */
#define AFTER                                                                  \
	"m 's#.*{\"after\":\\[\\([^]]*\\)],\"item\":\"%1\".*#\\1#p' | "        \
	"tr -d '\"' | tr , ' '"
#define SALT                                                                   \
	"m 's#.*\"kind\":\"salt\",\"mediaType\":\"[^\"]*\",\"name\":\""        \
	"\\([^\"]*\\)\",\"relates\":\\[{\"name\":\"'$p'\","                    \
	"\"rel\":\"salt-of\"}],\"size\":32[,}].*#\\1#p'"
#define WITHHELD                                                               \
	"m 's#.*{\"digest\":{\"sha256\":\"\\([0-9a-f]*\\)\"[^}]*},"            \
	"\"kind\":\"[^\"]*\",\"name\":\"'$p'\".*#\\1#p; "                      \
	"s#.*\"name\":\"'$p'\",\"reason\":\"\\([^\\\\\"]\\|\\\\.\\)*\","       \
	"\"salted\":{\"sha256\":\"\\([0-9a-f]*\\)\".*#\\2#p'"

/* T: length of the path, path, SHA-256 of salt and item, of each. */
#define TPM_NONCE                                                              \
	"m() { sed -n \"$1\" manifest.json; }; "                               \
	"(printf 'ecart/1 tpm-quote\\0'; " H0 "; for p in $(" AFTER "); do "   \
	"printf \"\\\\$(printf %%o ${#p})$p\"; if [ -e $p ]; then cat $(" SALT \
	") $p | sha256sum; else " WITHHELD "; fi | head -c 64 | tr a-f A-F | " \
	"basenc -d --base16; done) | sha256sum; "

/* SHA-512(val || iat || H0). */
#define ITA_DATA "(" BASE64("1") "; " BASE64("2") "; " H0 ") | sha512sum; "

/* RTMR m, whose value the quote has from byte %s1 on, after every event of the
 * log that is of it and not an EV_NO_ACTION; then as it was quoted.  An event
 * has 66 bytes and its data: index, type, how many digests, one of SHA-384
 * with its algorithm, size.  Padding is no event: there are not so many
 * digests, or none, and the type is 0. */
#define CCEL_REGISTER                                                          \
	"u() { od -An --endian=little -tu4 -j $1 -N 4 %0 | tr -d ' '; }; "     \
	"m=$(((%s1-377)/48+1)); e=$(wc -c <%0); a=$((32+$(u 28))); "           \
	"head -c 48 /dev/zero >r; while [ $((a+66)) -le $e ]; do "             \
	"t=$(u $((a+4))); c=$(u $((a+8))); [ $c -le 1 ] || break; "            \
	"[ $t$c != 00 ] || break; n=$((a+12+50*c)); n=$((n+4+$(u $n))); "      \
	"[ $n -le $e ] || break; if [ $t != 3 ] && [ $(u $a) = $m ]; then "    \
	"(cat r; tail -c +$((a+15)) %0 | head -c 48) | "                       \
	"openssl dgst -sha384 -binary >r.new; mv r.new r; fi; a=$n; done; "    \
	"od -An -v -tx1 r | tr -d ' \\n'; echo; "

/* What a message says, whoever made it, and its certificate. */
#define UNVERIFIED                                                             \
	" | openssl cms -verify -noverify -nosigs -inform DER 2>/dev/null"
#define SIGNED                                                                 \
	"openssl cms -verify -noverify -binary -inform DER -out content.json " \
	"2>&1; cat content.json; echo"
#define LEAF "openssl pkcs7 -inform DER -print_certs -out leaf.pem; "
#define CA_SIGNED(i)                                                           \
	"openssl x509 -in %" i " -out ca.pem; openssl verify "                 \
	"-no_check_time -partial_chain -trusted ca.pem leaf.pem; openssl "     \
	"x509 -in ca.pem -noout -issuer; openssl x509 -in leaf.pem -noout "    \
	"-subject -ext subjectAltName"

/* PCR %R of the bank %h, of %n1 bytes, after every event of the log that is of
 * it; then as it was quoted.  k is the list of algorithms and their sizes in
 * the Spec ID event, which a log of SHA-1 alone has not; p is where an event's
 * digests end and its size stands, d where that of the bank is; without one r
 * is empty.  PCR 0 begins with the locality of firmware's start, or 4 before
 * an H-CRTM; x: it has begun. */
#define TCG_REGISTER                                                           \
	"o() { od -An -v --endian=little -tu$3 -j $1 -N $2 %0; }; "            \
	"b() { (head -c $((%n1-1)) /dev/zero; "                                \
	"printf \"\\\\$(printf %%o $1)\") >r; }; "                             \
	"case %h in sha1) w=4;; sha256) w=11;; sha384) w=12;; "                \
	"*) w=13; esac; e=$(wc -c <%0); a=0 k= x=; b 0; "                      \
	"if tail -c +33 %0 | head -c 15 | grep -qa 'Spec ID Event03'; then "   \
	"k=$(o 60 $((4*$(o 56 4 4))) 2); a=$((32+$(o 28 4 4))); fi; "          \
	"while [ $((a+32)) -le $e ]; do set -- $(o $a 12 4); i=$1 t=$2 c=$3 "  \
	"d=$((a+8)) p=$((a+28)); if [ \"$k\" ]; then d= p=$((a+12)); "         \
	"[ $c -le 16 ] && [ $t$c != 00 ] || break; "                           \
	"while [ $c -gt 0 ] && [ $p -lt $e ]; do g=$(o $p 2 2); set -- $k; "   \
	"while [ $# -gt 2 ] && [ $1 != $g ]; do shift 2; done; "               \
	"[ $g != $w ] || d=$((p+2)); p=$((p+2+$2)) c=$((c-1)); done; fi; "     \
	"[ $((p+4)) -le $e ] || break; n=$((p+4+$(o $p 4 4))); "               \
	"[ $n -le $e ] || break; if [ $i != %R ]; then :; "                    \
	"elif [ $t = 3 ]; then if [ $i$x = 0 ] && tail -c +$((p+5)) %0 | "     \
	"head -c 15 | grep -qa StartupLocality; then b $(o $((p+20)) 1 1); "   \
	"x=1; fi; elif [ -z \"$d\" ]; then : >r; break; else "                 \
	"if [ $i$x$t = 02147483664 ]; then b 4; fi; x=1; "                     \
	"(cat r; tail -c +$((d+1)) %0 | head -c %n1) | "                       \
	"openssl dgst -%h -binary >r.new; mv r.new r; fi; a=$n; done; "        \
	"od -An -v -tx1 r | tr -d ' \\n'; echo; "

/* --- tokens: base64url in $x, to the padding that basenc wants --- */

#define PADDED                                                                 \
	"while [ $((${#x} %% 4)) != 0 ]; do x=$x=; done; printf %%s $x | "     \
	"basenc --base64url -d"
#define TOKEN_SIGNATURE "x=$(" PART("1") "); " PADDED " >s.der; "
/* The key of the first certificate of a key of a set, and of the header that
 * input 0 begins with; the modulus of a key of a set. */
#define SET_CERT(i) PART(i) " | jq -r '.x5c[0]' | base64 -d"
#define SET_KEY                                                                \
	SET_CERT("2") " | openssl x509 -inform DER -pubkey -noout >k.pem; "
#define HEADER_KEY                                                             \
	"x=$(" PART("0") " | cut -d. -f1); " PADDED " | jq -r '.x5c[0]' | "    \
			 "openssl x509 -pubkey -noout >k.pem; "
#define SET_MODULUS                                                            \
	"x=$(" PART("2") " | jq -r .n); n=$(" PADDED " | od -An -v -tx1 | "    \
			 "tr -d ' \\n'); "
#define VERIFY_PSS384                                                          \
	" | openssl dgst -sha384 -sigopt rsa_padding_mode:pss -sigopt "        \
	"rsa_pss_saltlen:48 -verify k.pem -signature s.der"

const struct rp_by_hand rp_by_hand[] = {
	{ "archive.manifest", NULL,
	  "(jq -r '.predicate.items[].name' manifest.json; find items -type "
	  "f) | sort | uniq -u" },
	{ "archive.digests", NULL, "sha256sum %0" },
	/* signer.pem is the key that one trusts, not one of the archive. */
	{ "archive.signature", NULL,
	  "jq -r .payload %S | base64 -d | cmp - manifest.json && "
	  "(echo -n DSSEv1 28 application/vnd.in-toto+json "
	  "$(wc -c <manifest.json)' '; cat manifest.json) >pae; "
	  "jq -r '.signatures[0].sig' %S | base64 -d >sig.bin; "
	  "openssl pkeyutl -verify -rawin -in pae -pubin -inkey signer.pem "
	  "-sigfile sig.bin 2>/dev/null || "
	  "openssl dgst -sha256 -verify signer.pem -signature sig.bin pae || "
	  "openssl dgst -sha384 -verify signer.pem -signature sig.bin pae" },
	{ "time.token", NULL,
	  "openssl ts -reply -in %S -text; sha256sum manifest.json" },
	{ "dcap.quote.padding", "tdx-quote",
	  PART("0") " | tr -d '\\000' | wc -c" },
	{ "dcap.pck.chain", "tdx-quote",
	  PART("0") " | tr -d '\\000' >pck.pem; "
		    "sed '1,/END/d' pck.pem | sed '1,/END/d' >root.pem; "
		    "openssl verify -no_check_time -CAfile root.pem -untrusted "
		    "pck.pem pck.pem && " ROOT_KEY },
	{ "dcap.qe-report.signature", "tdx-quote tdx-quote tdx-quote",
	  SIGNATURE("1") KEY_OF("2") PART("0") VERIFY },
	{ "dcap.qe-report.binding", "tdx-quote tdx-quote tdx-quote",
	  "(" PART("0") "; " PART("1") ") | sha256sum" },
	{ "dcap.quote.signature", "tdx-quote tdx-quote tdx-quote",
	  SIGNATURE("1") P256_KEY("2") PART("0") VERIFY },
	{ "dcap.tcb-signing.chain", "dcap-issuer-chain",
	  "sed '1,/END/d' %0 >root.pem; openssl verify -no_check_time -CAfile "
	  "root.pem %0 && " ROOT_KEY },
	{ "dcap.crl.signature", "crl-der dcap-issuer-chain",
	  "openssl crl -inform DER -in %0 -noout -CAfile %1 2>&1" },
	{ "dcap.tcb-info.signature",
	  "dcap-tcbinfo dcap-tcbinfo dcap-issuer-chain",
	  COLLATERAL_SIGNATURE KEY_OF("2") PART("1") VERIFY },
	{ "dcap.qe-identity.signature",
	  "dcap-qe-identity dcap-qe-identity dcap-issuer-chain",
	  COLLATERAL_SIGNATURE KEY_OF("2") PART("1") VERIFY },
	{ "dcap.td.debug", "tdx-quote",
	  "tail -c +%s0 %0 | head -c 1 | od -An -tx1" },
	/* Version, VMPL, which key signs (bits 2 to 4), family and model of the
	 * CPU (SNP-ABI, 7.3). */
	{ "snp.format", NULL,
	  PART("0") " >r; od -An --endian=little -tu4 -N 4 r; "
		    "od -An --endian=little -tu4 -j 48 -N 4 r; "
		    "od -An --endian=little -tx4 -j 72 -N 4 r; "
		    "od -An -tu1 -j 392 -N 2 r" },
	{ "snp.signature", "snp-report snp-report cert-der", SNP_VERIFY_DER },
	{ "snp.signature", "snp-report snp-report cert-pem", SNP_VERIFY_PEM },
	{ "snp.signature", "azure-hcl-report azure-hcl-report cert-der",
	  SNP_VERIFY_DER },
	{ "snp.signature", "azure-hcl-report azure-hcl-report cert-pem",
	  SNP_VERIFY_PEM },
	{ "snp.chain", "cert-der cert-der",
	  "openssl x509 -inform DER -in %0 -out vcek.pem; "
	  "openssl x509 -inform DER -in %1 -out ask.pem; "
	  "openssl verify -no_check_time -partial_chain -trusted ask.pem "
	  "vcek.pem; openssl x509 -in ask.pem -noout -issuer" },
	{ "snp.chain", "cert-pem cert-pem",
	  PART("0") " >vcek.pem; " PART(
		  "1") " >ask.pem; openssl verify -no_check_time "
		       "-partial_chain -trusted ask.pem vcek.pem; "
		       "openssl x509 -in ask.pem -noout -issuer" },
	{ "snp.tcb", NULL, PART("1") " | od -An -v -tx1" },
	{ "snp.debug", NULL, PART("0") " | od -An -v -tx1" },
	{ "hcl.td-report.hashes",
	  "azure-hcl-report azure-hcl-report azure-hcl-report "
	  "azure-hcl-report",
	  PART("0") " | sha384sum; " PART("2") " | sha384sum" },
	{ "hcl.report.match",
	  "azure-hcl-report azure-hcl-report azure-hcl-report tdx-quote",
	  "(" PART("0") "; " PART("1") "; " PART("2") ") | sha256sum; " PART(
		  "3") " | sha256sum" },
	{ "hcl.runtime-data.binding", NULL, PART("0") " | %H" },
	{ "hcl.runtime-data.format", NULL, PART("0") " | jq ." },
	{ "tpm.ak.certificate", "cert-pem cert-pem",
	  "openssl verify -no_check_time -partial_chain -trusted %1 %0; "
	  "openssl x509 -in %1 -noout -issuer" },
	{ "tpm.ak.certificate", "cert-pem cert-pem cert-pem",
	  "openssl verify -no_check_time -partial_chain -trusted %2 "
	  "-untrusted %1 %0; openssl x509 -in %2 -noout -issuer" },
	{ "tpm.quote.format", NULL,
	  "tail -c +%s0 %0 | head -c 6 | od -An -tx1" },
	{ "tpm.quote.signature",
	  "tpm-quote-attest tpm-quote-signature azure-hcl-report",
	  AK_MODULUS("2") RSA_KEY "tail -c 256 %1 >s.der; " PART("0") VERIFY },
	{ "tpm.quote.pcrs", "tpm-quote-attest tpm-pcrs", "%H %1" },
	{ "tpm.quote.nonce", NULL, PART("0") " | od -An -v -tx1" },
	{ "tpm.ak.match", "azure-hcl-report cert-pem",
	  AK_MODULUS("0") "echo $n; openssl x509 -in %1 -noout -modulus | sed "
			  "s/Modulus=// | tr A-F a-f" },
	{ "log.pcr", "tcg-eventlog tpm-pcrs", TCG_REGISTER BYTES("1") },
	{ "log.rtmr", "tdx-eventlog-ccel tdx-quote", CCEL_REGISTER BYTES("1") },
	{ "imds.signature", "azure-imds-attested", BASE64("0") " | " SIGNED },
	{ "imds.signature", "cms", PART("0") " | " SIGNED },
	{ "imds.chain", "azure-imds-attested cert-der",
	  BASE64("0") " | " LEAF CA_SIGNED("1") },
	{ "imds.chain", "azure-imds-attested cert-pem",
	  BASE64("0") " | " LEAF CA_SIGNED("1") },
	{ "imds.chain", "cms cert-der", PART("0") " | " LEAF CA_SIGNED("1") },
	{ "imds.chain", "cms cert-pem", PART("0") " | " LEAF CA_SIGNED("1") },
	{ "imds.window", "azure-imds-attested",
	  BASE64("0") UNVERIFIED CLAIM("On") },
	{ "imds.window", "cms", PART("0") UNVERIFIED CLAIM("On") },
	{ "imds.vm-id", "azure-imds-attested azure-hcl-report",
	  BASE64("0") UNVERIFIED CLAIM("vmId") "; " PART("1")
		  CLAIM("vmUniqueId") },
	/* What the kid must be. */
	{ "maa.key", "maa-token jwks",
	  "(" SET_CERT(
		  "1") " | openssl x509 -inform DER -pubkey -noout; printf "
		       "'\\0') | openssl dgst -sha256 -binary | base64" },
	{ "maa.signature", "maa-token maa-token jwks",
	  TOKEN_SIGNATURE SET_KEY PART("0") VERIFY },
	/* PEM as openssl writes it, and a NUL. */
	{ "maa.enclave.binding", "jwks",
	  "(" PART(
		  "0") " | jq -r '.[0]' | base64 -d | openssl x509 -inform "
		       "DER -pubkey -noout; head -c 1 /dev/zero) | sha256sum" },
	{ "ita.signature", "ita-token ita-token jwks",
	  TOKEN_SIGNATURE SET_KEY PART("0") VERIFY_PSS384 },
	{ "google.signature", "google-token google-token jwks",
	  TOKEN_SIGNATURE SET_MODULUS RSA_KEY PART("0") VERIFY },
	{ "google.signature", "google-token google-token",
	  TOKEN_SIGNATURE HEADER_KEY PART("0") VERIFY },
	{ "bind.hcl", "ecart-session azure-hcl-report",
	  SESSION_HASH MEMBER("1") },
	{ "bind.report-data", "ecart-session tdx-quote",
	  SESSION_HASH BYTES("1") },
	{ "bind.report-data", "ecart-session sgx-quote",
	  SESSION_HASH BYTES("1") },
	{ "bind.tpm-quote", "ecart-session tpm-quote-attest",
	  TPM_NONCE BYTES("1") },
	/* The last ten digits of 64 bits are what 10^10 leaves of them. */
	{ "bind.imds", "ecart-session azure-imds-attested",
	  "printf %%020u 0x$((printf 'ecart/1 imds\\0'; " H0 ") | sha256sum | "
	  "head -c 16) | tail -c 10; echo; " BASE64("1")
		  UNVERIFIED CLAIM("nonce") },
	{ "bind.maa", "ecart-session maa-token",
	  "(printf 'ecart/1 maa\\0'; " H0 ") | sha256sum; " TOKEN("1")
		  CLAIM("nonce") },
	{ "bind.ita", "ecart-session ita-nonce ita-nonce azure-hcl-report",
	  ITA_DATA MEMBER("3") },
	{ "bind.ita", "ecart-session ita-nonce ita-nonce tdx-quote",
	  ITA_DATA BYTES("3") },
	{ "bind.ita", "ecart-session ita-nonce ita-nonce ita-token",
	  ITA_DATA TOKEN("3") CLAIM("\\(user-data\\|tdx_report_data\\)") },
	/* The last number before the hello is its try's; in the hello the nonce
	 * stands behind the extension's number and its size. */
	{ "bind.tls", "ecart-session poc-tls-transcript",
	  "n=$(head -c %s1 %1 | sed 's/.*\"index\":\\([0-9]*\\),.*/\\1/'); "
	  "(printf 'ecart/1 tls\\0'; " H0 "; printf \"\\\\0\\\\0\\\\$(printf "
	  "%%o $((n/256)))\\\\$(printf %%o $((n%%256)))\") | sha256sum; " PART(
		  "1") " | tr -d '\"' | base64 -d | od -An -v -tx1 | tr -d ' \\n' | "
		       "sed -n 's/.*ffec0020\\(.\\{64\\}\\).*/\\1/p'; echo" },
	{ "bind.challenge", "ecart-session ecart-session", PART("1") "; echo" },
};

const size_t rp_n_by_hand = sizeof(rp_by_hand) / sizeof(rp_by_hand[0]);

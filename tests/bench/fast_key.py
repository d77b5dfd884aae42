# SPDX-License-Identifier: Apache-2.0
"""P-256 keys of tests/forge that sign with libcrypto: a corpus needs tens of thousands of signatures."""

import ctypes
import ctypes.util

import der
import ec

LIB = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
POINTER, SIZE, BYTES = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p


def function(name, result, *arguments):
    found = getattr(LIB, name)
    found.restype, found.argtypes = result, arguments
    return found


private_key = function("d2i_AutoPrivateKey", POINTER, POINTER, POINTER, ctypes.c_long)
new_context = function("EVP_MD_CTX_new", POINTER)
free_context = function("EVP_MD_CTX_free", None, POINTER)
sha256 = function("EVP_sha256", POINTER)
sign_init = function("EVP_DigestSignInit", ctypes.c_int, POINTER, POINTER, POINTER, POINTER, POINTER)
digest_sign = function("EVP_DigestSign", ctypes.c_int, POINTER, POINTER, POINTER, BYTES, SIZE)


class FastKey(ec.Key):
    """The same key and the same interface; its nonces are libcrypto's."""

    def __init__(self, name):
        super().__init__(name)
        data = ctypes.create_string_buffer(self.pkcs8())
        place = ctypes.c_void_p(ctypes.addressof(data))
        self.handle = private_key(None, ctypes.byref(place), len(data) - 1)
        if not self.handle:
            raise ValueError("libcrypto does not read the key " + name)

    def sign(self, message):
        out = ctypes.create_string_buffer(80)
        size = ctypes.c_size_t(len(out))
        context = new_context()
        try:
            if sign_init(context, None, sha256(), None, self.handle) != 1 or digest_sign(
                    context, out, ctypes.byref(size), message, len(message)) != 1:
                raise ValueError("libcrypto does not sign with the key " + self.name)
        finally:
            free_context(context)
        return out.raw[:size.value]

    def sign_raw(self, message):
        numbers = der.split(der.only(self.sign(message)))
        return b"".join(int.from_bytes(v, "big").to_bytes(32, "big") for _, v in numbers)

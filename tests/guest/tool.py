# SPDX-License-Identifier: Apache-2.0
"""Runs tpm2-tools and openssl: a command must succeed, and says what it said where it did not."""

import os
import subprocess


class Failed(ValueError):
    """A command did not succeed."""


def run(*words, cwd=None, tcti=None, data=b"", timeout=60):
    words = [str(word) for word in words]
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent"}
    if tcti:
        env["TPM2TOOLS_TCTI"] = tcti
    for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    done = subprocess.run(words, cwd=cwd, env=env, input=data, capture_output=True, check=False,
                          timeout=timeout)
    if done.returncode:
        text = (done.stderr + done.stdout).decode(errors="replace").strip()
        raise Failed("%s: status %d\n%s" % (" ".join(words), done.returncode, text))
    return done.stdout

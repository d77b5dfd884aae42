# SPDX-License-Identifier: Apache-2.0
"""Proves that forge's understanding is right: real vectors, outside tools, and itself. Prints TAP.

The folder of vectors: ECART_VECTORS, else ../shared/vectors beside the source tree."""

import os
import sys

sys.dont_write_bytecode = True

import check_cases  # noqa: E402
import check_tools  # noqa: E402
import check_vectors  # noqa: E402
import tap  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))


def main():
    vectors = os.environ.get("ECART_VECTORS") or os.path.join(SOURCE, "..", "shared", "vectors")
    tests = check_vectors.tests(vectors) + check_cases.tests() + check_tools.tests(SOURCE)
    return tap.report(tests)


if __name__ == "__main__":
    sys.exit(main())

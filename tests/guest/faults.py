# SPDX-License-Identifier: Apache-2.0
"""Faults of the services: rules that a test posts to /_fault, each for a path and a number of times.

{"path": PATTERN as in a shell, "times": N (for ever where absent), and what is wrong:
 "status": N, "headers": {..}, "body": TEXT   another answer         "delay": SECONDS before it
 "html": true          status 200, a page       "type": TEXT           another content type
 "truncate": true      half of the body comes   "slow": SECONDS        between pieces of the body
 "size": N             a body of N bytes        "location": URL        a redirect
 "nonce": TEXT         in place of the asked    "hex": true            the body as hexadecimal text
 "plus": true          '+' stays in header values that are percent-encoded
 "jump", "empty", "frame", "sizes", "error", "message": see tsm.py and qgs.py}"""

import fnmatch
import threading
import time

MEMBERS = {"path", "times", "status", "headers", "body", "delay", "html", "type", "truncate", "slow",
           "size", "location", "nonce", "hex", "plus", "jump", "empty", "frame", "sizes", "error",
           "message"}
HTML = b"<!DOCTYPE html>\n<html><body><h1>SIMULATED gateway</h1></body></html>\n"


class Faults:
    """The rules that are left."""

    def __init__(self):
        self.rules, self.lock = [], threading.Lock()

    def add(self, rule):
        unknown = set(rule) - MEMBERS
        if unknown or not isinstance(rule.get("path"), str):
            raise ValueError("a fault has a path and no member %s" % sorted(unknown))
        with self.lock:
            self.rules.append(dict(rule))

    def clear(self):
        with self.lock:
            self.rules.clear()

    def take(self, path):
        """The first rule for a path, played once more; {} where there is none."""
        with self.lock:
            for rule in self.rules:
                if fnmatch.fnmatchcase(path, rule["path"]):
                    break
            else:
                return {}
            if "times" in rule:
                rule["times"] -= 1
                if rule["times"] <= 0:
                    self.rules.remove(rule)
        time.sleep(rule.get("delay", 0))
        return rule


def instead(rule, reply):
    """What is answered where the rule leaves the service no say."""
    if "status" in rule:
        reply.status, reply.type = rule["status"], "application/json"
        reply.body = rule.get("body", '{"error":"SIMULATED"}').encode()
    if "location" in rule:
        reply.status, reply.headers = 302, {"Location": rule["location"]}
    if rule.get("html"):
        reply.status, reply.type, reply.body = 200, "text/html; charset=utf-8", HTML


def spoil(rule, reply):
    """Changes a good answer as the rule says."""
    instead(rule, reply)
    reply.headers = dict(reply.headers, **rule.get("headers", {}))
    reply.type = rule.get("type", reply.type)
    if rule.get("hex"):
        reply.body = reply.body.hex().encode()
    if "size" in rule:
        reply.body = reply.body.ljust(rule["size"], b" ")
    if rule.get("plus"):
        reply.headers = {name: value.replace("%2B", "+") for name, value in reply.headers.items()}
    reply.truncate, reply.slow = rule.get("truncate", False), rule.get("slow", 0)

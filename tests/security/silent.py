#!/usr/bin/python3
"""usage: silent.py PRODUCT TREE

Runs the verbs on copies of the tree in which a file system of this test's own (FUSE) lies at /proc, and stops to
answer when proc/cmdline is read. As root. Prints what is wrong.

A request that was taken and is not answered leaves the reader in state D, where not even SIGKILL helps ("mute"); one
that is not taken, as of a server that was stopped, can be left by the end of the process alone ("deaf"), and so can
all later ones.
"""
import ctypes
import json
import os
import shutil
import struct
import subprocess
import sys
import threading
import time

LOOKUP, FORGET, GETATTR, READLINK, OPEN, READ = 1, 2, 3, 5, 14, 15
INIT, OPENDIR, READDIR, INTERRUPT, BATCH_FORGET, RELEASE, FLUSH, RELEASEDIR = 26, 27, 28, 36, 42, 18, 25, 29
ENOSYS = 38
MNT_FORCE, MNT_DETACH = 1, 2

libc = ctypes.CDLL(None, use_errno=True)
complaints = []


class Silent:
    """A file system that shows a directory, read-only, until the path below it is read."""

    def __init__(self, source, place, path, deaf):
        self.paths, self.nodes = {1: source}, {source: 1}
        self.path, self.deaf, self.place = os.path.join(source, path), deaf, place
        self.fuse = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self.fuse},rootmode=40000,user_id=0,group_id=0,default_permissions"
        if libc.mount(b"silent", place.encode(), b"fuse", 0, options.encode()) < 0:
            raise OSError(ctypes.get_errno(), "mount")
        threading.Thread(target=self.serve, daemon=True).start()

    def end(self):
        """Lets everybody go who waits for an answer."""
        libc.umount2(self.place.encode(), MNT_FORCE | MNT_DETACH)
        os.close(self.fuse)

    def node(self, path):
        if path not in self.nodes:
            self.nodes[path] = len(self.nodes) + 1
            self.paths[self.nodes[path]] = path
        return self.nodes[path]

    def attributes(self, path):
        st = os.lstat(path)
        return struct.pack("<6Q10I", self.node(path), st.st_size, st.st_blocks, *[int(st.st_mtime)] * 3, 0, 0, 0,
                           st.st_mode, 1, 0, 0, 0, 4096, 0)

    def names(self, path, offset):
        out = b""
        for i, name in enumerate(sorted(os.listdir(path)) if offset == 0 else []):
            raw = name.encode()
            entry = struct.pack("<QQII", 1, i + 1, len(raw), 0) + raw
            out += entry + b"\0" * (-len(entry) % 8)
        return out

    def answer(self, code, path, body):
        """What is answered, or None: nothing ever is."""
        if code == INIT:
            return struct.pack("<4I2HI", 7, 22, 65536, 0, 16, 12, 65536)
        if code == LOOKUP:
            below = os.path.join(path, body[:-1].decode())
            attributes = self.attributes(below)
            return struct.pack("<4Q2I", self.node(below), 0, 0, 0, 0, 0) + attributes
        if code == GETATTR:
            return struct.pack("<QII", 0, 0, 0) + self.attributes(path)
        if code == READLINK:
            return os.readlink(path).encode()
        if code in (OPEN, OPENDIR):
            return struct.pack("<QII", 0, 1, 0)  # not from the cache
        if code == READ:
            offset, size = struct.unpack_from("<QI", body, 8)
            with open(path, "rb") as file:
                return os.pread(file.fileno(), size, offset)
        if code == READDIR:
            return self.names(path, struct.unpack_from("<Q", body, 8)[0])
        if code in (RELEASE, FLUSH, RELEASEDIR):
            return b""
        raise OSError(ENOSYS, "")

    def serve(self):
        while True:
            try:
                request = os.read(self.fuse, 1 << 18)
            except OSError:
                return
            _, code, unique, node = struct.unpack_from("<IIQQ", request)
            if code in (FORGET, BATCH_FORGET, INTERRUPT):
                continue
            path, error, answer = self.paths.get(node), 0, b""
            if code == READ and path == self.path:
                continue
            try:
                answer = self.answer(code, path, request[40:])
            except OSError as e:
                error = e.errno
            os.write(self.fuse, struct.pack("<IiQ", 16 + len(answer), -error, unique) + answer)
            if code == OPEN and path == self.path and self.deaf:
                return


def in_state_d(tree):
    """How many processes of the product hang on the tree where no signal ends them."""
    n = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                state = file.read().rsplit(")", 1)[1].split()[0]
            n += state == "D" and any(os.readlink(f"/proc/{pid}/fd/{fd}").startswith(tree)
                                      for fd in os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            pass
    return n


def run(product, ready, verb, statuses, deaf):
    """One run on a tree of its own."""
    where = f"{'deaf' if deaf else 'mute'}-{verb.replace(' ', '')}"
    tree, path = os.path.realpath(where), f"{os.path.realpath(where)}/proc/cmdline"
    shutil.copytree(ready, tree, symlinks=True)
    os.makedirs(f"{tree}/run", exist_ok=True)
    silent = Silent(f"{os.path.realpath(ready)}/proc", f"{tree}/proc", "cmdline", deaf)
    begun = time.monotonic()

    def complain(what):
        complaints.append(f"{where}: {what}")

    try:
        with open(f"{where}.out", "w+", encoding="utf8") as out, open(f"{where}.err", "w+", encoding="utf8") as err:
            ended = subprocess.run([product, "--root", tree, *verb.split()], stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=err, timeout=100, check=False)
            out.seek(0), err.seek(0)
            said = err.read()
            if ended.returncode not in statuses:
                complain(f"status {ended.returncode}: {out.read()}{said}")
            if f"{path}: no answer in 20 seconds; " not in said:
                complain(f"does not name the path: {said}")
        if not 20 <= time.monotonic() - begun < 60:
            complain(f"it took {time.monotonic() - begun} seconds")
        if not deaf and in_state_d(tree) == 0:
            complain("nothing was in state D, so that this tests nothing")
        if verb.startswith("bind"):
            with open(f"{tree}/run/vfio-prepare/boot.json", encoding="utf8") as file:
                findings = json.load(file)["phases"][-1]["findings"]
            if not any(f["check"] == "no-answer" and f["subject"] == "/proc/cmdline" for f in findings):
                complain(f"boot.json does not tell: {findings}")
    except (OSError, ValueError, LookupError, subprocess.TimeoutExpired) as e:
        complain(repr(e))
    finally:
        silent.end()


def main():
    product, ready = sys.argv[1:]
    # The host is ready, and the kernel's arguments say nothing else. What more is silent where the server is deaf is
    # not always alike; where it is more than four paths, nothing is said of the host.
    threads = [threading.Thread(target=run, args=(product, ready, verb, (0, 1, 3) if deaf else (0,), deaf))
               for verb in ("list", "plan", "validate", "bind", "bind --phase system", "apply")
               for deaf in (False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("\n".join(complaints))
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""usage: hostile.py PRODUCT READY entries | tables | crowd

Runs every verb on trees that are made of READY, the tree of a host that is ready:

  entries   each path that a verb asks for is an entry of one hostile kind;
  tables    the tables of modules are cut, or damaged, within their first kilobyte;
  crowd     two hundred runs at once on one tree, of which some are killed.

Prints what is wrong, and ends with status 1 if anything is.
"""
import concurrent.futures
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

PRODUCT, READY, WHAT = sys.argv[1:]
SECONDS = 20
HERE = os.getcwd()
# Those that change the tree come last.
VERBS = [verb.split() for verb in (
    "list", "list --tree", "list --assignable", "init --name .", "import", "plan", "plan --modules",
    "plan --image-files", "validate", "validate --devices", "validate --fit", "snapshot out/s", "snapshot out/s.tar",
    "snapshot --scrub out/scrubbed", "bind --phase early", "bind --phase premount", "bind --phase system",
    "bind --phase hotplug --address 0000:01:00.0", "bind", "apply", "release", "release --force nic")]
CANARIES = ("file", "vendor", "profile.conf", "inner/file")
# They open what another of them opens: it is not looked at each time, which takes longest.
UNWATCHED = [verb.split() for verb in (
    "list", "list --tree", "plan --modules", "validate --devices", "snapshot out/s", "bind --phase premount",
    "bind --phase system", "release --force nic")]
TEMPORARY = ".vfio-prepare-"
TABLES = "lib/modules/6.1.0-56-amd64/"
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|^\[device (?:pwn|canary)", re.M)
# What the program and its libraries are made of, and the seed of jansson's hashes.
OWN = re.compile(r"/dev/(null|urandom)|/memfd:.*|/(usr/)?lib.*|/etc/ld\.so\..*|/proc/\d+(/.*)?")


def copy(source, target):
    subprocess.run(["cp", "-a", "--sparse=always", source, target], check=True)


def run(directory, verb, trace=True):
    """Returns status, output, and the lines of the trace."""
    shutil.rmtree(directory + "/out", ignore_errors=True)
    os.mkdir(directory + "/out")
    watched = ["strace", "-f", "-qq", "-y", "-s4096", "--seccomp-bpf", "-otrace",
               "-etrace=open,openat,openat2,creat,execve"] if trace else []
    done = subprocess.run(["timeout", "-k1", str(SECONDS), *watched, PRODUCT, "--root", "h", *verb], cwd=directory,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if not trace:
        return done.returncode, done.stdout, []
    with open(directory + "/trace", encoding="utf-8", errors="replace") as file:
        return done.returncode, done.stdout, file.readlines()


def asked():
    """What the verbs ask for by path; directories that are listed with "/" behind."""
    paths = set()
    os.mkdir("asked")
    copy(READY, "asked/h")
    for verb in VERBS:
        for line in run("asked", verb)[2]:
            match = re.search(r'openat2\(\d+<[^>]*/h>, "/*([^"]+)", \{flags=(\S+)', line)
            if match:
                path, flags = match[1].rstrip("/"), match[2]
                paths.add(path + "/" if "O_DIRECTORY" in flags and "O_PATH" not in flags else path)
    assert len(paths) > 200, paths
    return sorted(paths)


def canary_paths(canary):
    return [canary, canary + "/inner"] + [canary + "/" + name for name in CANARIES]


def canary_state(canary):
    """Their times, that of reading among them; a directory has another time once it has another entry."""
    states = map(os.lstat, canary_paths(canary))
    return [(st.st_mode, st.st_size, st.st_atime_ns, st.st_mtime_ns, st.st_ctime_ns) for st in states]


def place_names(path, canary):
    os.makedirs(path + "/\033]0;pwn\007\n")
    os.symlink(canary, path + "/a\r\033[2J.conf")
    with open(os.fsencode(path) + b"/\xc2\x9bb\n[device pwn].conf", "w", encoding="ascii") as file:
        file.write("[device pwn]\n")


def place_sparse(path, _):
    with open(path, "wb") as file:
        file.truncate(20 << 30)


KINDS = {
    "link": lambda path, canary: os.symlink(canary + "/file", path),
    "climbing link": lambda path, canary: os.symlink("../" * 40 + canary[1:] + "/file", path),
    "link to a directory": lambda path, canary: os.symlink(canary, path),
    "link through a process": lambda path, canary: os.symlink("/proc/self/root" + canary + "/file", path),
    "loop": lambda path, _: os.symlink(os.path.basename(path), path),
    "fifo": lambda path, _: os.mkfifo(path),
    "block device": lambda path, _: os.mknod(path, stat.S_IFBLK | 0o600, os.makedev(7, 0)),
    "zeros": lambda path, _: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5)),
    "directory": lambda path, _: os.mkdir(path),
    "names": place_names,
    "sparse": place_sparse,
}


# As "link" is, but for where they lead.
ALIKE = ("climbing link", "link through a process")


# What verbs cannot do without, so that they come to the rest.
def is_needed(path):
    return path.startswith(("etc/vfio-prepare", "sys/bus/pci/devices")) or path in ("etc", "proc/sys/kernel/osrelease")


CHOICES = {
    "all": lambda path: True,
    "all but the profile and the devices": lambda path: not is_needed(path),
    "directories": lambda path: path.endswith("/") and not is_needed(path),
    "what is not there": lambda path: not is_needed(path) and not os.path.lexists(READY + "/" + path),
}


def make_hostile(tree, kind, choice, paths, canary):
    copy(READY, tree)
    n = 0
    for path in filter(CHOICES[choice], paths):
        path = tree + "/" + path.rstrip("/")
        above = os.path.dirname(path)
        if not (os.path.realpath(above) + "/").startswith(tree + "/"):
            continue
        try:
            os.makedirs(above, exist_ok=True)
        except OSError:
            continue  # it lies below an entry of that kind
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)
        KINDS[kind](path, canary)
        n += 1
    assert n, (kind, choice)


def wrong_openings(lines, directory):
    """What was opened outside the tree, and what in it is no file and no directory."""
    inside = re.compile(re.escape(directory) + r"(/(h|out)(/.*)?)?")
    for line in lines:
        match = re.search(r" = \d+<(.*)>(\(deleted\))?$", line)
        if not match:
            continue
        path = match[1]
        if OWN.fullmatch(path):
            continue
        if not inside.fullmatch(path):
            yield "outside: " + line
        elif "O_PATH" not in line and os.path.lexists(path):
            mode = os.lstat(path).st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                yield "no file: " + line


def entries(job):
    kind, choice, paths = job
    directory = f"{HERE}/{kind} {choice}".replace(" ", "-")
    tree, canary = directory + "/h", directory + "/canary"
    wrong = []
    os.makedirs(canary + "/inner")
    for name in CANARIES:
        with open(f"{canary}/{name}", "w", encoding="ascii") as file:
            file.write("[device canary]\naddress = 0000:02:00.0\n")
    for path in canary_paths(canary):
        os.utime(path, (1, 2))  # the next look at it changes the first
    before = canary_state(canary)
    make_hostile(tree, kind, choice, paths, canary)
    if canary_state(canary) != before:  # making the tree is no reading
        return [f"{kind}, {choice}: the test itself has touched the canary"]
    for verb in VERBS:
        started = time.monotonic()
        status, said, lines = run(directory, verb, verb not in UNWATCHED)
        problems = list(wrong_openings(lines, directory))
        if status not in range(6):
            problems.append(f"status {status} after {time.monotonic() - started:.1f} s: {said[-300:]}")
        if verb == ["validate"] and status == 0 and choice != "what is not there":
            problems.append(f"ready: {said[-300:]}")
        if CONTROL.search(said):
            problems.append(f"says {said[-300:]}")
        if canary_state(canary) != before:
            problems.append("the canary was touched")
        wrong += [f"{kind}, {choice}: {' '.join(verb)}: {problem}" for problem in problems]
    shutil.rmtree(directory)
    return wrong


def tables(job):
    table, how, offset = job
    directory = f"{HERE}/{table}-{how}-{offset}"
    wrong = []
    os.mkdir(directory)
    copy(READY, directory + "/h")
    path = f"{directory}/h/{TABLES}{table}"
    with open(path, "rb+") as file:
        if how == "cut":
            file.truncate(offset)
        else:
            file.seek(offset)
            file.write(bytes([0xff if how == "ones" else 0]) * 4)
    status, said, _ = run(directory, ["plan"], False)
    if status not in range(6) or CONTROL.search(said):
        wrong.append(f"{table}, {how} at {offset}: status {status}: {said[-300:]}")
    shutil.rmtree(directory)
    return wrong


def damages():
    names = [name for name in sorted(os.listdir(READY + "/" + TABLES)) if name.endswith(".bin") or
             name == "modules.builtin.modinfo"]
    assert "modules.alias.bin" in names and "modules.dep.bin" in names, names
    for name in names:
        length = min(1024, os.stat(f"{READY}/{TABLES}{name}").st_size)
        for how, first in (("cut", 0), ("ones", 1), ("zeros", 2)):
            for offset in range(first, length, 5 if name == "modules.alias.bin" else 16):
                yield name, how, offset


PROFILES = ("[device nic]\naddress = 0000:01:00.0\n",
            "[kernel]\narguments = hugepages=4\n[device nic]\naddress = 0000:01:00.0\n"
            "[device other]\naddress = 0000:02:00.0\nprefer = yes\n")


def set_profile(tree, text):
    path = tree + "/etc/vfio-prepare/profile.conf"
    with open(path + "~", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + "~", path)


def written(tree):
    """The files that apply and bind write: path and content."""
    files = {}
    for top in ("etc", "boot", "run", "var"):
        for directory, _, names in os.walk(f"{tree}/{top}"):
            for name in names:
                path = os.path.join(directory, name)
                with open(path, "rb") as file:
                    files[path[len(tree) + 1:]] = file.read()
    return files


def writers(directories):
    """The processes that write a file now, or were killed then: a temporary file has their number."""
    return {int(name[len(TEMPORARY):]) for directory in directories if os.path.isdir(directory)
            for name in os.listdir(directory) if name.startswith(TEMPORARY)}


def is_whole(path, text, versions):
    """State below /run tells what other runs did, so that it has more versions than can be listed."""
    if path.startswith("run/vfio-prepare/lock"):
        return text == b""
    if path.endswith(".json"):
        try:
            return isinstance(json.loads(text), dict)
        except ValueError:
            return False
    if path.startswith("run/"):
        return text.endswith(b"\n")
    return text in versions.get(path, ())


def crowd():
    """Each file is a whole version whenever runs are killed, and the next runs leave nothing else behind."""
    generator = random.Random(int(os.environ.get("SEED", "1")))
    tree, wrong, versions, last = HERE + "/h", [], {}, {}
    for directory in ("alone", "out"):
        os.mkdir(directory)
    copy(READY, "alone/h")
    for profile in PROFILES + PROFILES[:1]:
        set_profile("alone/h", profile)
        for verb in (["apply"], ["bind"]):
            run("alone", verb, False)
            last = written("alone/h")
            for path, text in last.items():
                versions.setdefault(path, set()).add(text)
    assert any(len(texts) > 1 for texts in versions.values()), versions.keys()
    copy(READY, "h")
    runs = []
    gate, opener = os.pipe()  # whose end lets all of them go
    for i in range(200):
        verb = [word.replace("out/", f"out/{i}-") for word in generator.choice(VERBS + VERBS[-5:] * 3)]
        runs.append(subprocess.Popen(["sh", "-c", 'read -r _; exec "$@" < /dev/null', "sh", PRODUCT, "--root", "h", *verb],
                                     start_new_session=True, stdin=gate, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL))
    os.close(opener)
    directories = {os.path.dirname(f"{tree}/{path}") for path in last}
    until = time.monotonic() + 3
    while time.monotonic() < until and any(process.poll() is None for process in runs):
        # At any moment, and while a file is half written, which random moments hardly meet.
        writing = writers(directories)
        victims = [process for process in runs if process.pid in writing]
        if generator.random() < 0.1:
            victims.append(generator.choice(runs))
            set_profile(tree, generator.choice(PROFILES))
        for victim in victims:
            if generator.random() < 0.5 and victim.poll() is None:  # not waited for: the number is still its own
                victim.kill() if generator.random() < 0.5 else os.killpg(victim.pid, signal.SIGKILL)
    os.close(gate)
    deadline = time.monotonic() + SECONDS
    for i, process in enumerate(runs):
        try:
            status = process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            wrong.append(f"{process.args[7:]} does not end")
            continue
        if status not in range(6) and status != -signal.SIGKILL:
            wrong.append(f"{process.args[7:]}: status {status}")
    killed = sum(process.returncode == -signal.SIGKILL for process in runs)
    assert 0 < killed < len(runs), killed
    for path, text in written(tree).items():
        if "/" + TEMPORARY not in path and not is_whole(path, text, versions):
            wrong.append(f"{path} is broken: {text[:200]}")
    set_profile(tree, PROFILES[0])
    for verb in (["apply"], ["bind"], ["apply"]):
        status, said, _ = run(HERE, verb, False)
        if status not in (0, 3, 4, 5):
            wrong.append(f"{verb} afterwards: status {status}: {said[-300:]}")
    now = written(tree)
    wrong += [f"{path} stays" for path in now if path not in versions and not path.startswith("run/")]
    wrong += [f"{path} stays" for path in now if "/" + TEMPORARY in path and path.startswith("run/")]
    wrong += [f"{path} is not as a run alone leaves it" for path, text in last.items()
              if not path.startswith("run/") and now.get(path) != text]
    return wrong


def main():
    # Entries and their parents are those of this test alone, whatever the umask.
    os.umask(0o022)
    if WHAT == "crowd":
        wrong = crowd()
    else:
        if WHAT == "entries":
            paths = asked()
            work, jobs = entries, [(kind, choice, paths) for kind in KINDS for choice in CHOICES
                                   if kind not in ALIKE or choice.startswith("all but")]
        else:
            work, jobs = tables, list(damages())
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            wrong = [line for lines in pool.map(work, jobs) for line in lines]
    print("\n".join(wrong[:40]))
    sys.exit(bool(wrong))


main()

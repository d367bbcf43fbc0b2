#!/usr/bin/env python3
"""Over all hosts of the tests: a scrubbed snapshot decides as the host does, names nobody, and is scrubbed already.
usage: scrub.py PROGRAM TREE [NAME...]
TREE builds a host of tests/scenarios (tests/fake/tree_main.c).
  - What plan and validate find and decide on the scrubbed snapshot is what they do on the plain one, if each replacement stands for
    one thing, and each thing has one.
  - Scrubbing the scrubbed one changes nothing.
  - Names, addresses and secrets are planted in each file that a snapshot of the host has, and beside it under such names: none is in the
    scrubbed snapshot, nor a secret in the plain one. Each row of the table in prepare/render/scrub.c has to have had a file.
A line tells of each fault; the last line counts."""
import concurrent.futures, fnmatch, glob, gzip, hashlib, json, os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.realpath(f"{HERE}/../scenarios")
sys.path.insert(0, HERE)
import agree

# A run of the product, where the host's description ends; the lines in front of it that are no part of a host.
RUNS = {"run", "same", "sweep", "sweep-kill", "sweep-undo", "agree"}
NO_HOST = {"load", "write", "rewrite", "fault", "live", "brief", "hasty", "side-by-side", "text", "files", "verbatim", "unread", "no-openat2", "save"}

def host_of(path):
    """The lines that describe the host of a scenario."""
    lines, skips = [], False
    with open(path, encoding="latin-1") as f:
        for line in f.read().splitlines():
            word = line.split()[0] if line.split() else ""
            if line.startswith("|"):
                lines += [] if skips else [line]
                continue
            skips = word in NO_HOST
            if word in RUNS: break
            if word == "host": lines += host_of(f"{SCENARIOS}/hosts/{line.split()[1]}")
            elif word == "profile": lines.append("file /etc/vfio-prepare/profile.conf" + line[len(word):])
            elif word == "captured": lines.append(f"captured {SCENARIOS}/hosts/{line.split()[1]}")
            elif not skips and not line.startswith("#"): lines.append(line)
    return lines

def scenarios(builder, work):
    """(name, tree) of each; scenarios on the same host are one."""
    seen = set()
    for case in sorted(glob.glob(f"{SCENARIOS}/cases/*") + glob.glob(f"{HERE}/../security/hosts/*")):
        text, name = "\n".join(host_of(case)) + "\n", os.path.basename(case)
        key = hashlib.sha256(text.encode("latin-1")).digest()
        if key in seen or "repeat=" in text or "size=" in text: continue
        seen.add(key)
        with open(f"{work}/host", "w", encoding="latin-1") as f: f.write(text)
        if text.strip() and subprocess.run([builder, f"{work}/host", f"{work}/{name}"], capture_output=True).returncode == 0:
            yield name, f"{work}/{name}"

def run(program, tree, *args):
    done = subprocess.run([program, "--root", tree, *args], capture_output=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout

# --- the same is decided ---

REPLACEMENT = re.compile(r"word\d+|(?<![0-9A-Za-z])0[0:-]{4,}[0-9a-f]{1,4}|(?<=enx)0[0-9a-f]+")

class Renaming:
    """Each replacement stands for one text, and each text has one replacement."""
    def __init__(self): self.there, self.back = {}, {}
    def fits(self, plain, scrubbed):
        if plain == scrubbed: return True
        if not isinstance(plain, str) or not isinstance(scrubbed, str): return False
        names = REPLACEMENT.findall(scrubbed)
        match = re.fullmatch("(.+?)".join(map(re.escape, REPLACEMENT.split(scrubbed))), plain, re.S)
        if not names or not match: return False
        pairs = [(n, t.lower()) for n, t in zip(names, match.groups())]
        if any(self.there.get(n, t) != t or self.back.get(t, n) != n for n, t in pairs): return False
        for n, t in pairs: self.there[n], self.back[t] = t, n
        return True

def decided(program, tree, verb):
    code, out = run(program, tree, "--format", "json", verb)
    try: said = json.loads(out)
    except ValueError: return [("status", code)]
    return ([("status", code), ("verdict", said.get("status"))]
            + [("finding", f["check"], f["severity"], f["subject"]) for f in said.get("findings", [])]
            + [("device", d["address"], d["section"], d["want"], d["driver"], d["state"]) for d in said.get("devices", [])]
            + [("action", a["type"], a["subject"], a["value"]) for a in said.get("actions", [])]
            + [("file", f["path"], f["state"]) for f in said.get("files", [])])

def differences(program, plain, scrubbed):
    renaming = Renaming()
    for verb in "plan", "validate":
        left = decided(program, scrubbed, verb)
        for item in decided(program, plain, verb):
            for other in left:
                if len(item) == len(other) and all(renaming.fits(a, b) for a, b in zip(item, other)):
                    left.remove(other)
                    break
            else: yield f"{verb}: {item} is not on the scrubbed snapshot"
        for other in left: yield f"{verb}: {other} is on the scrubbed snapshot alone"

# --- nobody is named ---

NAMES = ["Zimmerfrau", "zach4rias", "Quetzal-Room", "52:54:00:c0:ff:ee", "7c9e6679-7425-40de-944b-e07fc1f90afd", "9A8B-7C6D", "4f3e2d1c-02",
         "3f2b1c4d:5e6f7a8b:9c0d1e2f:3a4b5c6d", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "wwn-0x5000c500a1b2c3d4", "S4QNA982938475", "enx52540baddcab",
         "203.0.113.77", "2001:db8:77::bad", "kXFZ1l-1ab2-9Qrs-TUVw-xyz1-2345-6789Zq", "0A1B2C3D4E5F6071", "15231412341234123412",
         "eui.0025385b71b0a1c2", "00-1b-21-ff-ff-3c-4d-5e", "srvQ77.Zimmer.example.org", "5254.00ab.cdee"]
SECRETS = [("rd.iscsi.password={}", "Geheim-1"), ("password = {} mit@Rest", "Geheim-2"), ("x=iscsi:bob:{}@10.1.2.3::::iqn.x", "Geheim-3"), ("https://al:{}@h/x", "Geheim-4"),
           ("https://h/x?a=b&token={}&c=d", "Geheim-5"), ("acme.key={}", "Geheim-6"), ("run --password {} x", "Geheim-7"), ("passwd: '{} y'", "Geheim-8"),
           ("\"DB_PASS\": \"{}\"", "Geheim-9"), ("rw,username=al,password={},uid=0", "Geheim-10"), ("wpa-psk=\"{}\"", "Geheim-11"), ("export ACME_SECRET='{} z'", "Geheim-12")]
# Found by what no replacement can have; of numbers by their digits.
PARTS = ["zimmer", "zach4", "quetzal", "c0:ff", "c0ff", "7c9e6679", "944b", "9a8b", "7c6d", "4f3e2d1c", "9c0d1e2f", "0f1e2d3c", "a1b2c3d4", "s4qna", "baddcab",
         "113.77", "203.0.113", "db8:77", "kxfz1l", "9qrs", "0a1b2c3d", "152314", "71b0a1c2", "ff-3c-4d", "srvq77", "cdee", "mit@rest"]
PLANT = ("\n# {names}\n{names}\n{secrets}\n".format(names=" ".join(NAMES), secrets="\n".join(s.format(v) for s, v in SECRETS))
         + "".join(f"{n}={n}\n" for n in NAMES)).encode()
# What a row of the table keeps whole, and numbers that others keep: those of the kernel.
WHOLE = ["lib/modules/*/modules.*", "usr/lib/modules/*/modules.*", "usr/share/*/pci.ids", "var/lib/pciutils/pci.ids", "sys/firmware/acpi/tables/*"]
NUMBERS = ["0a1b2c3d", "152314", "71b0a1c2", "0f1e2d3c", "a1b2c3d4", "9a8b", "7c6d", "4f3e2d1c"]

def rows():
    with open(f"{HERE}/../../prepare/render/scrub.c") as f: return re.findall(r'^\t\{"([^"]+)", METHOD_(\w+), (.*)\},$', f.read(), re.M)

def row_of(path): return next(r for r in rows_ if fnmatch.fnmatchcase(path, r[0]))

def plant(tree):
    """Into each file, and a file of each name into each directory that is listed; gives the rows that had a file."""
    had = set()
    for top, dirs, files in os.walk(tree):
        for name in files:
            path = f"{top}/{name}"
            pattern, method, _ = row_of(os.path.relpath(path, tree))
            had.add(pattern)
            if os.path.islink(path): continue
            if method == "WHOLE": continue
            with open(path, "rb") as f: text = f.read()
            if method == "VARIABLE": text += PLANT.decode().encode("utf-16-le")
            elif method == "CONFIG_SPACE": text = (text[:64] + PLANT * 9)[:4096] if text.strip(b"\xff") else text
            else: text += PLANT
            with open(path, "wb") as f: f.write(text)
        # The names of drivers and modules stay.
        if os.path.relpath(top, tree) in ("sys/module", "sys/bus/pci/drivers"): continue
        for i, name in enumerate(NAMES):
            with open(f"{top}/{name}{('', '.conf', '.rules', '.service')[i % 4]}", "w"): pass
    for where, target in ("sys/class/net/", "../../devices/virtual/net/x"), ("dev/disk/by-id/", "../../sda"), ("dev/mapper/", "../dm-0"):
        os.makedirs(f"{tree}/{where}", exist_ok=True)
        for name in NAMES: os.path.lexists(f"{tree}/{where}l-{name}") or os.symlink(target, f"{tree}/{where}l-{name}")
        os.symlink(f"/{NAMES[0]}/{NAMES[11]}", f"{tree}/{where}m")
    return had

def found(tree, parts, in_numbers=(), whole=("WHOLE",)):
    for top, dirs, files in os.walk(tree):
        for name in dirs + files:
            path = f"{top}/{name}"
            inside = os.path.relpath(path, tree)
            text = name.encode(errors="replace").lower()
            pattern, method, limits = row_of(inside)
            if os.path.islink(path): text += b"\n" + os.readlink(path).encode(errors="replace").lower()
            elif os.path.isfile(path) and method not in whole:
                with open(path, "rb") as f: text += b"\n" + f.read().replace(b"\0", b"").lower()
            for part in parts:
                if part.encode() in text and not (part in in_numbers and re.search("KERNEL_NUMBERS|decimal = 20", limits)): yield f"{inside} has {part}"

class Checked:
    def __init__(self, name, tree, program, planted):
        self.name, self.wrong, self.had = name, [], set()
        work = tempfile.mkdtemp(prefix="scrub-")
        try: self.check(program, tree, work, planted)
        finally: shutil.rmtree(work, ignore_errors=True)
    def check(self, program, tree, work, planted):
        code = run(program, tree, "snapshot", f"{work}/plain")[0]
        if code != run(program, tree, "snapshot", "--scrub", f"{work}/scrubbed")[0]: self.wrong.append("only one of both snapshots is written")
        if code: return
        self.wrong += differences(program, f"{work}/plain", f"{work}/scrubbed")
        run(program, f"{work}/scrubbed", "snapshot", f"{work}/again")
        run(program, f"{work}/scrubbed", "snapshot", "--scrub", f"{work}/twice")
        changed = subprocess.run(["diff", "-r", "--no-dereference", f"{work}/again", f"{work}/twice"], capture_output=True, text=True, errors="replace").stdout
        if changed: self.wrong.append(f"scrubbed twice: {changed[:400]}")
        if not planted: return
        self.had = plant(f"{work}/plain")
        if run(program, f"{work}/plain", "snapshot", "--scrub", f"{work}/hidden")[0] or run(program, f"{work}/plain", "snapshot", f"{work}/open")[0]:
            self.wrong.append("no snapshot is written once names are planted")
            return
        secrets = [v.lower() for _, v in SECRETS]
        self.wrong += found(f"{work}/hidden", PARTS + secrets, NUMBERS)
        self.wrong += found(f"{work}/open", secrets, whole=("WHOLE", "VARIABLE", "CONFIG_SPACE"))
        if not any(found(f"{work}/open", [PARTS[0]])): self.wrong.append("what is planted is not in a plain snapshot either")

def all_kinds(tree):
    """Gives a host what no other has, for the rows of the table."""
    def write(path, content):
        os.makedirs(os.path.dirname(f"{tree}/{path}"), exist_ok=True)
        with open(f"{tree}/{path}", "wb") as f: f.write(content)
    write("sys/firmware/efi/efivars/LoaderEntrySelected-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", b"\6\0\0\0" + "Zimmerfrau-6.1.conf\0".encode("utf-16-le"))
    write("proc/config.gz", gzip.compress(b'CONFIG_VFIO_PCI=m\nCONFIG_LOCALVERSION="-Zimmer"\n# CONFIG_KEXEC is not set\n' + PLANT))
    write("usr/share/misc/pci.ids", b"8086  Intel\n")
    write("proc/iomem", b"00000000-00000fff : Reserved\n")
    write("run/vfio-prepare/boot.json", b"{}")
    write("sys/firmware/acpi/tables/IORT", b"IORT")
    shutil.rmtree(f"{tree}/boot", ignore_errors=True)

def main():
    program, builder, names = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    every = int(os.environ.get("SCRUB_EVERY", 20))
    work = tempfile.mkdtemp(prefix="scrub-")
    def jobs(pool):
        for source, planted in (agree.hosts, True), (scenarios, False):
            os.makedirs(f"{work}/{planted}")
            for i, (name, tree) in enumerate(source(builder, f"{work}/{planted}")):
                if names and not any(x in name for x in names): continue
                # In each run of the tests a part of them, which moves on with the number of hosts; all: SCRUB_EVERY=1.
                if not names and name != "scrub" and i % every: continue
                if name == "scrub": all_kinds(tree)
                yield pool.submit(Checked, name, tree, program, planted or name == "scrub")
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool: done = [job.result() for job in list(jobs(pool))]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    wrong = [f"{c.name}: {w}" for c in done for w in c.wrong]
    if not names and every == 1: wrong += [f"no host has a file of the kind {r[0]}" for r in rows_ if not any(r[0] in c.had for c in done)]
    for line in wrong: print(line)
    print(f"{len(done)} hosts scrubbed, {len(wrong)} faults")
    return bool(wrong or not done)

rows_ = rows()
if __name__ == "__main__":
    sys.exit(main())

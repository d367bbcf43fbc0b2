#!/usr/bin/env python3
"""Over all hosts of the tests: what init prints, plan accepts; and no remedy names a step that plan refuses.
usage: agree.py PROGRAM TREE [NAME...]
TREE builds a host of tests/scenarios (tests/fake/tree_main.c). For each function of each host: init for it alone, its profile with and
without the keys that its comments offer; and a profile that lists the function alone, with each edit that a remedy names. A line tells
of each disagreement; the last line counts the profiles."""
import concurrent.futures, glob, json, os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import score

NOW = {"in-use", "vfio-in-use", "live-vfs", "no-iommu-group", "device-silent", "device-hangs"}  # over with a restart, or of the IOMMU that is off
OPENED = {"display", "network", "storage"}
A = r"(?:[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])"

def hosts(builder, work):
    """(name, tree) of each. Recipes stand on one board: of those with the same devices one is enough."""
    boards = set()
    for case in sorted(glob.glob(f"{HERE}/cases/*")):
        if os.path.exists(f"{case}/expect.json"):
            with open(f"{case}/expect.json") as f: scenes = json.load(f)["scenes"]
        elif os.path.exists(f"{case}/devices"):
            with open(f"{case}/devices") as f: board = f.read()
            if board in boards: continue
            boards.add(board)
            scenes = [{}]
        else:
            continue
        seen = set()
        for scene in scenes:
            key = (scene.get("tree", "tree"), json.dumps(scene.get("env", {}), sort_keys=True))
            if key in seen: continue
            seen.add(key)
            top = f"{work}/{os.path.basename(case)}-{len(seen)}"
            try:
                if os.path.exists(f"{case}/expect.txt"): score.recipes.build(case, top)
                else: score.build(case, scene, top)
            except Exception as e:
                print(f"{os.path.basename(case)}: {e}")
                continue
            yield f"{os.path.basename(case)}-{len(seen)}", top
    for host in sorted(glob.glob(f"{HERE}/../scenarios/hosts/*")):
        top = f"{work}/host-{os.path.basename(host)}"
        if not os.path.basename(host).startswith("captured") and subprocess.run([builder, host, top], capture_output=True).returncode == 0:
            yield f"host-{os.path.basename(host)}", top

class Host:
    def __init__(self, name, top, program):
        self.name, self.tree, self.wrong, self.n = name, score.Tree(top, program), [], 0
        for old in glob.glob(f"{top}/etc/vfio-prepare/*"):
            os.unlink(old) if not os.path.isdir(old) else shutil.rmtree(old)
    def errors(self, text):
        """What plan finds wrong with a profile: [(check, subject, remedy)]."""
        self.n += 1
        self.tree.write("/etc/vfio-prepare/profile.conf", text)
        plan = self.tree.json("plan", keep=False)
        if "broken" in plan: return [("broken", plan["broken"], "")]
        return [(f["check"], f["subject"], f["remedy"] or "") for f in plan["findings"] if f["severity"] == "error"]
    def tell(self, what, text, errors):
        self.wrong.append(f"{self.name}: {what}: " + "; ".join(f"{c} {s}" for c, s, _ in errors) + "\n" + "".join(f"    {l}\n" for l in text.splitlines() if l and l[0] != "#"))
    def init(self, address):
        code, out, err = self.tree.run("init", "--address", address, keep=False)
        if code or not score.sections(out): return
        # A guard that the comment names may hold its device, and what goes with it.
        opened = OPENED | {"group-incomplete"} if re.search(r"(?m)^# allow", out) else set()
        bad = [e for e in lasting(self.errors(out)) if e[0] not in opened]
        if bad: self.tell(f"init --address {address}, refused", out, bad)
        text = re.sub(r"(?m)^# (allow\s*=\s*[^;\n]*).*$", r"\1", out)
        bad = lasting(self.errors(text))
        if bad: self.tell(f"init --address {address}, with allow, refused", text, bad)
    def follow(self, address, keys):
        text = f"[device x]\naddress = {address}\n{keys}"
        for check, subject, remedy in self.errors(text):
            for edited in edits(text, remedy):
                after = lasting(self.errors(edited)) if edited.strip() else []
                bad = [e for e in after if e[:2] == (check, subject) or check == "group-incomplete"]
                if bad: self.tell(f"the remedy of {check} {subject}, \"{remedy}\", is followed by", edited, bad)
    def run(self):
        for f in self.tree.json("list").get("functions", []):
            if not f["class"] or f["class"][:4] == "0604": continue
            self.init(f["address"])
            self.follow(f["address"], "")
            self.follow(f["address"], "group = expand\n")
        return self

def lasting(errors):
    """Without what a restart ends, and what follows from that."""
    now = any(c in NOW for c, _, _ in errors)
    return [e for e in errors if e[0] not in NOW and not (e[0] == "group-incomplete" and (now or e[2].startswith("stop what uses")))]

def set_key(text, key, value):
    return re.sub(rf"(?m)^{key} .*\n", "", text) + f"{key} = {value}\n"

def edits(text, remedy):
    """The profiles that a remedy comes to; of those with a step outside the profile none."""
    if re.search(r"first settle|keep the driver|unbind the|stop what", remedy): return
    m = re.search(rf"list ({A}(?: {A})*) in the profile too", remedy)
    if m:
        yield text + f"[device y]\naddress = {m[1]}\n"
        if "or write group = expand" in remedy: yield set_key(text, "group", "expand")
    m = re.search(rf"list ({A}(?: {A})*) in a section with allow = ([a-z ]+)", remedy)
    if m: yield text + f"[device y]\naddress = {m[1]}\nallow = {m[2]}\n"
    m = re.search(rf"list ({A}) instead", remedy)
    if m: yield f"[device x]\naddress = {m[1]}\nallow = storage\n"
    m = re.search(r"write allow = ([a-z ]+?) (?:there|in section)", remedy)
    if m: yield set_key(text, "allow", m[1])
    if re.match(r"remove section \[device x\]", remedy): yield ""
    m = re.match(rf"(?:add ({A}) to except|remove ({A}) from address) in section", remedy)
    if m: yield set_key(text, "except", m[1] or m[2])

def main():
    program, builder, names = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    work = tempfile.mkdtemp(prefix="agree-")
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            done = list(pool.map(Host.run, (Host(n, t, program) for n, t in hosts(builder, work) if not names or any(x in n for x in names))))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for host in done:
        for line in host.wrong: print(line, end="")
    wrong = sum(len(host.wrong) for host in done)
    print(f"{len(done)} hosts, {sum(host.n for host in done)} profiles, {wrong} disagreements")
    return bool(wrong or not done)

if __name__ == "__main__":
    sys.exit(main())

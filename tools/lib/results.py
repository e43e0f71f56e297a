"""results - what a test run found: one Result per program or case."""
import re

POINT = re.compile(r"(not )?ok\b(?:\s+\d+)?(.*)")
SKIP = re.compile(r"(?<!\\)#\s*SKIP", re.I)
PLAN = re.compile(r"1\.\.(\d+)(.*)")
LAST_LINES = 5
STDERR_LINES = 60


class Result:
    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped, self.text = name, 0, 0, 0, []

    def fail(self, *lines):
        self.failed += 1
        self.text += lines


def read_tap(result, out):
    """Counts the TAP points of `out`; returns how many the plan promised, None without a plan."""
    plan, in_failure = None, False
    for line in out.splitlines():
        if m := PLAN.fullmatch(line):
            plan = int(m[1])
            if SKIP.search(m[2]):
                result.skipped += 1
        elif m := POINT.match(line):
            in_failure = bool(m[1])
            if SKIP.search(m[2]):
                result.skipped += 1
            elif m[1]:
                result.fail(line)
            else:
                result.passed += 1
        elif in_failure and line.startswith("#"):
            result.text.append(line)
    return plan


def finish_tap(result, out, err, status):
    """Reads what a TAP program printed; a program that broke off is a failure however many checks held."""
    text = out.decode("utf-8", "replace")
    plan = read_tap(result, text)
    seen = result.passed + result.failed + result.skipped
    if plan is None:
        result.fail(f"ended with status {status}, without a plan line; its last lines:", *text.splitlines()[-LAST_LINES:])
    elif plan not in (0, seen):
        result.fail(f"planned {plan} checks, made {seen}")
    elif status != 0 and not result.failed:
        result.fail(f"ended with status {status}")
    if result.failed:
        result.text += err.decode("utf-8", "replace").splitlines()[-STDERR_LINES:]


def report(results):
    """Prints the failures and the sum; returns the exit status."""
    for r in results:
        if r.failed:
            print(f"--- {r.name}", *r.text, sep="\n")
    passed, failed, skipped = (sum(getattr(r, k) for r in results) for k in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0

"""examples - the console examples of the documentation, run as tests.

A document takes part when it holds the line `<!-- examples run -->`. Its blocks fenced as ```console are run in order, by one shell, in an
empty folder, in the environment of golden cases, at REVOS_TEST_NOW=2026-03-02T09:00:00Z: a line `$ COMMAND` (continued by a
`\\` at its end), then what it prints on stdout and stderr. A line `…` stands for any lines.
"""
import pathlib
import re
import subprocess
import tempfile

from lib.golden import environment
from lib.results import Result

SECONDS = 300
NOW = "2026-03-02T09:00:00Z"
MARK = "\x1e"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)


def documents():
    paths = [pathlib.Path("README.md"), *sorted(pathlib.Path("docs").rglob("*.md"))]
    return [p for p in paths if p.exists() and "<!-- examples run -->" in p.read_text()]


def commands(text):
    """(line, command, expected lines) of each example."""
    found = []
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        continued = False
        for content in block[1].splitlines():
            line += 1
            if continued:
                found[-1][1] += "\n" + content
            elif content.startswith("$ "):
                found.append([line, content[2:], []])
            elif found:
                found[-1][2].append(content)
                continue
            continued = content.endswith("\\")
    return found


def matches(expected, printed):
    """Whether the printed lines are the expected ones."""
    pattern = "".join(r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def run(examples, build):
    """What each example printed, as lines; None when they do not end."""
    script = "".join(f"{{ {command}\n}} 2>&1 </dev/null; printf '\\n\\036\\n'\n" for _, command, _ in examples)
    with tempfile.TemporaryDirectory(prefix="revos-docs.") as home:
        work = pathlib.Path(home, "work")
        work.mkdir()
        try:
            done = subprocess.run(["sh", "-c", script], cwd=work, env=environment(build, home) | {"REVOS_TEST_NOW": NOW},
                                  capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return None
    parts = done.stdout.decode("utf-8", "backslashreplace").split(f"\n{MARK}\n")
    return [part.rstrip("\n").split("\n") if part.strip("\n") else [] for part in parts[:-1]]


def check(path, build):
    result = Result(f"examples: {path}")
    examples = commands(path.read_text())
    printed = run(examples, build)
    if printed is None:
        result.fail(f"still running after {SECONDS} s")
        return result
    for (line, command, expected), lines in zip(examples, printed):
        if matches(expected, lines):
            result.passed += 1
        else:
            result.fail(f"{path}:{line}: $ {command}", "printed:", *("  " + text for text in lines),
                        "instead of:", *("  " + text for text in expected))
    if len(printed) < len(examples):
        result.fail(f"{path}:{examples[len(printed)][0]}: the shell ended here")
    return result

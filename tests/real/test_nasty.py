#!/usr/bin/env python3
"""Files made to break importers, through `revos import`: each row in one count, text kept as it is, every outcome reviewed."""
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tool"))
import tap  # noqa: E402

DATA = pathlib.Path(os.environ.get("DATA") or HERE.parents[2] / "shared" / "data") / "nasty"
REVOS = os.environ.get("REVOS") or str(HERE.parents[1] / "build" / "revos")
FIELDS = 20
# Of the addresses that the standard allows one has a domain without a dot; of those it forbids nine are a good one between
# blanks and line ends, or with the root's dot, which normalising takes off.
VALID_ACCEPTED, ERRORS_ACCEPTED = 7, 9
COUNTS = ["created", "updated", "unchanged", "merged", "quarantined"]

MODEL = """version: 1
company: {name: T, currency: EUR, timezone: UTC}
people: {ana: {name: Ana, email: ana@t.example, role: revops}}
objects:
- name: line
  owner: ana
  fields:
%s
- {name: person_mail, owner: ana, fields: [{name: address, type: email}]}
""" % "\n".join(f"  - {{name: f{i}, type: text}}" for i in range(1, FIELDS + 1))


class Workspace:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "maps").mkdir()
        (self.folder / "revos.yaml").write_text(MODEL)
        tap.same(self.revos("apply", "--yes").returncode, 0, "the model goes live")

    def revos(self, *words, **more):
        return subprocess.run([REVOS, "-C", str(self.folder), *words], capture_output=True, **more)

    def head(self):
        lines = self.revos("--json", "log", "--limit", "1").stdout.splitlines()
        return json.loads(lines[-1])["seq"]

    def created(self, after):
        """The fields of records created behind an event, in order."""
        lines = self.revos("--json", "log", "--from", str(after + 1), "--limit", "0").stdout.splitlines()
        events = [json.loads(line) for line in lines]
        return [e["fields"] for e in events if e["kind"] == "create"]

    def load(self, path, columns, object_name="line", extra="", targets=None):
        """Imports a file whose columns go to f1, f2, …; the report, or the codes of why it cannot be read."""
        targets = targets or [f"f{i}" for i in range(1, len(columns) + 1)]
        lines = [f"  {json.dumps(c)}: {{to: {t}}}" for c, t in zip(columns, targets)]
        source = re.sub(r"[^a-z0-9]+", "_", path.name.lower())
        mapping = self.folder / "maps" / f"{source}.yaml"
        mapping.write_text(f"source: {source}\nobject: {object_name}\n{extra}columns:\n" + "\n".join(lines) + "\n")
        before = self.head()
        done = self.revos("--json", "import", object_name, str(path), "--map", str(mapping))
        tap.ok(done.returncode in (0, 1), f"{path.name}: no crash", done.stderr.decode())
        tap.ok(done.stdout, f"{path.name}: a report", done.stderr.decode())
        report = json.loads(done.stdout)
        if "rows" in report:
            law = report["rows"] == sum(report[c] for c in COUNTS)
            tap.ok(law, f"{path.name}: every row in one count", report)
            tap.same(done.returncode, 1 if report["quarantined"] else 0, f"{path.name}: the exit status says so")
        return report, self.created(before)


# Reviewed by hand: header, rows created, rows quarantined; other columns or encodings as stated.
SEMICOLON = ("n_amenageur;n_operateur;n_enseigne;id_station;n_station;ad_station;code_insee;Xlongitude;Ylatitude;nbre_pdc;id_pdc;"
             "puiss_max;type_prise;acces_recharge;accessibilité;observations;date_maj")
QUOTED = ("INCISO,NOMBREINCISO,UE,NOMBREUE,AÑO,CODIGOAP,NOMBREAP,DESCRIPCIONAP,CODIGOPROGRAMA,NOMBREPROGRAMA,"
          "DESCRIPCIONPROGRAMA,INCISOCODIGO,UECODIGO,ue_cod,presupuestado,pfi,pbi")
REVIEWED = {
    "csvkit-examples/bad.csv": ("column_a,column_b,column_c", 1, 2),  # one row too long, one too short
    "csvkit-examples/blanks.csv": ("a,b,c,d,e,f", 1, 0),  # NA and NULL are text until the mapping calls them empty
    "csvkit-examples/dummy.csv": ("a,b,c", 1, 0),
    "csvkit-examples/dummy_col_shuffled_ragged.csv": ("b,c,a,d", 1, 0),
    "csvkit-examples/mac_newlines.csv": ("a,b,c", 2, 0),  # lone CRs end lines; one stands inside quotes
    "csvkit-examples/no_header_row.csv": ("1,2,3", 1, 0),
    "csvkit-examples/null_byte.csv": ("a,b,c", 0, 1),
    "csvkit-examples/test_date_format.csv": ("a", 2, 0),
    "csvkit-examples/test_latin1.csv": ("a,b,c", 2, 0, "file: {encoding: iso-8859-1}\n"),
    "csvkit-examples/test_locale.csv": ("a,b,c", 1, 0),
    "csvkit-examples/test_utf8.csv": ("foo,bar,baz", 2, 0),
    "csvkit-examples/test_utf8_bom.csv": ("foo,bar,baz", 2, 0),  # the mark is no part of the first name
    "tabulator-special/accent.csv": (SEMICOLON, 2, 0),
    "tabulator-special/doublequote.csv": (QUOTED, 5, 0),  # doubled quotes inside quotes
    "tabulator-special/long.csv": ("id,name", 6, 0),
    "tabulator-special/skip-rows-before-headers.csv": ("id,name", 2, 0),  # a comment above the header
}
REFUSED = {"csvkit-examples/empty.csv": b"C0203", "csvkit-examples/test_latin1.csv": b"C0202"}


def check_reviewed(w):
    for name, (header, created, quarantined, *extra) in REVIEWED.items():
        columns = header.split(";" if ";" in header else ",")
        report, _ = w.load(DATA / name, columns, extra="".join(extra))
        got = (report["created"], report["quarantined"], report["rows"])
        tap.same(got, (created, quarantined, created + quarantined), f"{name}: as reviewed")
        codes = {r["code"] for r in report["refused"]}
        tap.same(codes, {"UNREADABLE"} if quarantined else set(), f"{name}: the reasons have their code")
    for name, code in REFUSED.items():
        done = w.revos("import", "line", str(DATA / name))
        tap.ok(done.returncode == 1 and code in done.stderr, f"{name}: refused as a whole", done.stderr)
    path = DATA / "csvkit-examples/test_header_newline.csv"
    report, rows = w.load(path, ["\t\n\v\f\r start \t\n\v\f\r end \t\n\v\f\r", "b", "c"])
    tap.same(rows, [{"f1": "d", "f2": "e", "f3": "f"}], "a header may hold line breaks")


def check_spectrum(w):
    for path in sorted((DATA / "csv-spectrum" / "csvs").glob("*.csv")):
        want = json.loads((DATA / "csv-spectrum" / "json" / f"{path.stem}.json").read_text())
        columns = list(want[0])
        report, rows = w.load(path, columns)
        kept = [[row.get(f"f{i}", "") for i in range(1, len(columns) + 1)] for row in rows]
        # The files named _crlf came with plain line ends, their JSON with CRLF.
        tap.same(kept, [[cell.strip().replace("\r\n", "\n") for cell in row.values()] for row in want],
                 f"csv-spectrum {path.stem}: equal to its JSON")


def quoted(cells):
    return ",".join('"' + c.replace('"', '""') + '"' for c in cells)


def write_cells(w, name, cells):
    path = w.folder / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(("n,cell\n" + "".join(quoted([str(i), c]) + "\n" for i, c in enumerate(cells))).encode())
    return path


def check_text(w, name, cells):
    """Every cell is kept as it came, but for the spaces at its ends and its Unicode form."""
    report, rows = w.load(write_cells(w, name, cells), ["n", "cell"])
    tap.same((report["created"], report["quarantined"]), (len(cells), 0), f"{name}: all are text")
    wrong = [(cells[int(r["f1"])], r.get("f2", "")) for r in rows
             if plain(r.get("f2", "")) != plain(cells[int(r["f1"])])]
    tap.same(wrong, [], f"{name}: kept as they came")


def plain(text):
    """In one Unicode form, without the blanks and invisible marks at its ends."""
    text = unicodedata.normalize("NFC", text)
    seen = [i for i, c in enumerate(text) if unicodedata.category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp")]
    return text[seen[0]:seen[-1] + 1] if seen else ""


def check_injection(w):
    cells = (DATA / "csv-injection" / "csv-payload.txt").read_text().splitlines()
    check_text(w, "injection.csv", cells)
    report, _ = w.load(write_cells(w, "held.csv", cells), ["cell"], "person_mail", "ignore: ['n']\n", ["address"])
    tap.same(report["quarantined"], len(cells), "no payload is an address")
    out = w.revos("quarantine", "export", report["batch"]).stdout.decode()
    exported = [row for row in csv.reader(out.splitlines())][1:]
    tap.same(len(exported), len(cells), "held rows are exported")
    formulas = [c for row in exported for c in row if c[:1] in tuple("=+-@\t\r") and c]
    tap.same(formulas, [], "an exported cell is never a formula")


def check_emails(w):
    tests = list(xml.parse(DATA / "email" / "isemail_tests_half.xml").getroot().iter("test"))
    plain_ones = [t for t in tests if t.findtext("category") == "ISEMAIL_VALID_CATEGORY"]
    errors = [t for t in tests if t.findtext("category") == "ISEMAIL_ERR"]
    for kind, some, created in (("valid", plain_ones, VALID_ACCEPTED), ("errors", errors, ERRORS_ACCEPTED)):
        cells = [re.sub("[\u2400-\u241f]", lambda m: chr(ord(m[0]) - 0x2400), t.findtext("address") or "") for t in some]
        cells = [c for c in cells if c.strip() and "\0" not in c]
        path = w.folder / "in" / f"email-{kind}.csv"
        path.write_bytes(("address\n" + "".join(quoted([c]) + "\n" for c in cells)).encode())
        report, rows = w.load(path, ["address"], "person_mail", targets=["address"])
        tap.same((report["rows"], report["created"]), (len(cells), created), f"addresses: {kind}")
        if some is errors:
            tap.same({r["address"] for r in rows}, {"test@iana.org"}, "no other address is accepted")


def peak_kib(w, path):
    """Greatest resident memory of an import, in KiB."""
    mapping = w.folder / "maps" / "big.yaml"
    mapping.write_text("source: big\nobject: line\ncolumns:\n  a: {to: f1}\n  b: {to: f2}\n")
    child = subprocess.Popen([REVOS, "-C", str(w.folder), "--json", "import", "line", str(path), "--map", str(mapping)],
                             stdout=subprocess.PIPE)
    report = json.load(child.stdout)
    child.stdout.close()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_maxrss, report


def check_memory(w):
    made = {
        "small": (b"a,b\n1,2\n", 1, 0),
        "a cell of 20 MB": (b"a,b\n1," + b"x" * (20 << 20) + b"\n3,4\n", 1, 1),
        "a quoted cell of 20 MB": (b'a,b\n1,"' + b"x" * (20 << 20) + b'"\n3,4\n', None, None),
        "a line of 50 MB": (b"a,b\n" + b"x," * (25 << 20) + b"\n3,4\n", 1, 1),
        "a million empty lines": (b"a,b\n" + b"\n" * 1000000 + b"5,6\n", 1, 0),
    }
    path = w.folder / "in" / "big.csv"
    least = None
    for name, (content, created, quarantined) in made.items():
        path.write_bytes(content)
        peak, report = peak_kib(w, path)
        least = least or peak
        tap.ok(peak - least < 32 << 10, f"memory is flat: {name}", f"{peak - least} KiB more")
        tap.same(report["rows"], sum(report[c] for c in COUNTS), f"{name}: every row in one count")
        if created is not None:
            tap.same((report["created"] + report["unchanged"], report["quarantined"]), (created, quarantined), f"{name}: as reviewed")


def main():
    if not DATA.is_dir():
        print("1..0 # SKIP the nasty files are not here")
        return
    with tempfile.TemporaryDirectory() as folder:
        w = Workspace(folder)
        check_reviewed(w)
        check_spectrum(w)
        naughty = json.loads((DATA / "blns" / "blns_half.json").read_text())
        check_text(w, "naughty.csv", [s for s in naughty if s.strip()])
        check_injection(w)
        check_emails(w)
        check_memory(w)
        tap.same(w.revos("doctor").returncode, 0, "the data are whole")
    tap.done()


main()

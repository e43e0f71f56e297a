"""csource - a C file split into what a check wants to see: code without comments and literals, literals, comments."""
import re

TOKEN = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<char>'(?:[^'\\\n]|\\.)+')", re.S)
WAIVER = re.compile(r"tidy: ([a-z-]+): \S")


class Source:
    """text: as it is; code: the same lines, comments and literals blanked; strings: (line, content); waivers: lines by rule."""

    def __init__(self, text):
        self.text = text
        self.lines = text.split("\n")
        self.strings = []
        self.waivers = set()
        self.code = TOKEN.sub(self.blank, text)
        self.code_lines = self.code.split("\n")

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def blank(self, m):
        if m["string"]:
            self.strings.append((self.line_of(m.start()), m[0][1:-1]))
        elif m["comment"] and (w := WAIVER.search(m[0])):
            # A waiver holds for its own line and for the one below the comment.
            last = self.line_of(m.end())
            self.waivers |= {(w[1], self.line_of(m.start())), (w[1], last), (w[1], last + 1)}
        quote = '""' if m["string"] else ""
        return quote + re.sub(r"[^\n]", " ", m[0])[len(quote):]

    def waived(self, rule, line):
        return (rule, line) in self.waivers

    def literals(self):
        """Adjacent string literals as one: (line of the first, content)."""
        joined = []
        for m in re.finditer(r'""[^\S\n]*(?:\n?\s*"")*', self.code):
            first = self.line_of(m.start())
            last = self.line_of(m.end())
            parts = [text for line, text in self.strings if first <= line <= last]
            joined.append((first, "".join(parts)))
        return joined

    def functions(self):
        """(name, first line, lines of the body with its braces) of each function; Linux braces stand in column 0."""
        found, begin = [], None
        for number, line in enumerate(self.code_lines, 1):
            if line.rstrip() == "{":
                begin = number
            elif begin and line.startswith("}"):
                found.append((self.name_above(begin), begin, number - begin + 1))
                begin = None
        return found

    def name_above(self, line):
        head = "".join(self.code_lines[max(0, line - 8):line - 1])
        head = re.split(r"[;}]", head)[-1]
        m = re.search(r"(\w+)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)\)?", "", head))
        return m[1] if m else "?"

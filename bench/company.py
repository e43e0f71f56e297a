"""company - the rows of a company to measure with, seeded: the same count gives the same bytes.

In:     a folder, how many rows.   Out:    person.csv, account.csv, product.csv, opportunity.csv, moves.csv (of the same deals, later), touch.csv.
"""
import csv
import datetime
import random

AGENTS, ACCOUNTS, PRODUCTS = 40, 5000, 25
SEED = 20250601
FIRST = datetime.date(2023, 1, 1)
DAYS = 900
SECTORS = ("finance", "medical", "retail", "services", "software")
COUNTRIES = ("DE", "FR", "GB", "NL", "US")
CHANNELS = ("ads", "email", "event", "organic", "partner")
REGIONS = ("central", "east", "west")
DEAL = ("id", "agent", "product", "account", "stage", "created", "engage_date", "close_date", "value")
STAGES = ("Prospecting", "Engaging", "Won", "Won", "Won", "Lost", "Lost")


def write(path, header, rows):
    part = path.with_suffix(".part")
    with open(part, "w", newline="") as out:
        w = csv.writer(out, lineterminator="\n")
        w.writerow(header)
        w.writerows(rows)
    part.rename(path)


def agent(i):
    return f"Agent {i:02d} Example"


def account(i):
    return f"Account {i:05d} Ltd"


def product(i):
    return f"Product {i:02d}"


def deals(n, r):
    days = [(FIRST + datetime.timedelta(days=d)).isoformat() for d in range(DAYS + 200)]
    for i in range(n):
        stage = r.choice(STAGES)
        begin = i * DAYS // n
        closed = stage in ("Won", "Lost")
        yield (f"006{i:015d}", agent(r.randrange(AGENTS)), product(r.randrange(PRODUCTS)), account(r.randrange(ACCOUNTS)), stage,
               days[begin], "" if stage == "Prospecting" else days[begin], days[begin + r.randrange(1, 200)] if closed else "",
               f"{r.randrange(100, 9000000) / 100:.2f}" if stage == "Won" else "0" if stage == "Lost" else "")


def moves(n):
    """A second word of the source: every other engaged deal is won some weeks later."""
    for row in deals(n, random.Random(SEED)):
        if row[4] == "Engaging" and row[0][-1] in "02468":
            closed = (datetime.date.fromisoformat(row[5]) + datetime.timedelta(days=45)).isoformat()
            yield (*row[:4], "Won", closed, row[6], closed, "1500.00")


def touches(n, r):
    start = datetime.datetime(FIRST.year, FIRST.month, FIRST.day)
    step = DAYS * 86400
    for i in range(n):
        at = start + datetime.timedelta(seconds=i * step // n)
        yield (f"t{i:012d}", account(r.randrange(ACCOUNTS)), at.isoformat(" "), r.choice(CHANNELS), f"{r.randrange(500) / 100:.2f}")


def make(folder, n_deals, n_touches):
    """Writes what is not there yet; the small files always."""
    folder.mkdir(parents=True, exist_ok=True)
    r = random.Random(8)
    write(folder / "person.csv", ("agent", "region"), ((agent(i), r.choice(REGIONS)) for i in range(AGENTS)))
    write(folder / "account.csv", ("account", "sector", "country", "employees"),
          ((account(i), r.choice(SECTORS), r.choice(COUNTRIES), r.randrange(1, 5000)) for i in range(ACCOUNTS)))
    write(folder / "product.csv", ("product", "series"), ((product(i), f"S{i % 4}") for i in range(PRODUCTS)))
    for name, header, rows in (
            ("opportunity", DEAL, deals(n_deals, random.Random(SEED))),
            ("moves", DEAL, moves(n_deals)),
            ("touch", ("id", "account", "at", "channel", "cost"), touches(n_touches, random.Random(7)))):
        if not (folder / f"{name}.csv").exists():
            write(folder / f"{name}.csv", header, rows)

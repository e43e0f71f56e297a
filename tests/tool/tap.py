"""tap - the few words a test script needs: ok() per check, done() at the end."""
import sys

count = failed = 0


def ok(held, name, *notes):
    global count, failed
    count += 1
    failed += not held
    print(f"{'' if held else 'not '}ok {count} - {name}".replace("#", "\\#"))
    if not held:
        for note in notes:
            print("\n".join("#   " + line for line in str(note).splitlines()))
    return held


def same(got, want, name):
    return ok(got == want, name, f"got:  {got!r}", f"want: {want!r}")


def done():
    print(f"1..{count}")
    sys.exit(1 if failed or not count else 0)

#!/usr/bin/env python3
"""Exhaustive check of the compaction of one partition's files (docs/explanation/guarantees.md).

Several compactors work at once, none knows of the others, each operation of the NameNode is one step, and the steps interleave in every
way. A compactor can stop for ever before and after any of them, which is also what a lost answer and a late request look like to the
others; any directory of a compactor can be deleted at any time; users move files with landed names away. Landing is not in the model:
it adds files behind those that are compacted, and neither reads nor changes these.

In every reachable state each record is visible once (or was moved away once), and each name says what its file holds. And from every
reachable state one compactor that is left alone brings the partition back to landed names only.

  compaction-model.py                  the protocol
  compaction-model.py --large          with three compactors at a time
  compaction-model.py --keep-directory a taker does not delete the directory of whom it takes from: prints how a record is doubled
  compaction-model.py --in-place       a taker settles without renaming first: prints how a name comes to lie
  compaction-model.py --move-any       users move files away that are being compacted: prints how a record is doubled
"""
import sys
from collections import deque
from functools import lru_cache

LARGE = "--large" in sys.argv
FILES, COMPACTORS, ATTEMPTS = (3, 3, 3) if LARGE else (3, 2, 3)
KEEP_DIRECTORY = "--keep-directory" in sys.argv
IN_PLACE = "--in-place" in sys.argv
MOVE_ANY = "--move-any" in sys.argv

# A name is (first, last, last after the concatenation, attempt); of a landed file the latter two are None. The name of a file that is
# being compacted tells its length before the concatenation: here the number of records, last - first + 1.
# A compactor is (next step, attempt, name it works on, names it will append, contents of its copy). One is as good as another: they
# stand in the order of their attempts, idle ones behind.
IDLE = ("idle", None, None, (), None)


def landed(first, last):
    return (first, last, None, None)


def holds_all(name, content):
    """Whether the concatenation has happened, as the file's length tells."""
    return len(content) != name[1] - name[0] + 1


def result(name):
    return landed(name[0], name[2])


def runs(visible):
    """Every run of two or more landed files, each beginning where the one before ends."""
    files = sorted(name for name in visible if name[3] is None)
    for i in range(len(files)):
        for j in range(i + 1, len(files)):
            if files[j][0] != files[j - 1][1] + 1:
                break
            yield files[i:j + 1]


def steps(state):
    """Yields (what happened, next state). State: visible files, contents moved away, directories and what is in them, attempts, compactors."""
    files, away, dirs, used, compactors = state
    visible, own = dict(files), dict(dirs)

    def state_with(visible=visible, away=away, own=own, used=used, compactors=compactors):
        return (frozenset(visible.items()), away, frozenset(own.items()), used, compactors)

    def without(mapping, *keys):
        return {key: value for key, value in mapping.items() if key not in keys}

    for name, content in visible.items():
        if name[3] is None or MOVE_ANY:
            yield f"a user moves {name} away", state_with(visible=without(visible, name), away=tuple(sorted(away + content)))
    for attempt in own:
        yield f"someone deletes directory {attempt}", state_with(own=without(own, attempt))

    for c, (step, attempt, name, sources, copy) in enumerate(compactors):
        def to(*compactor, **changed):
            all_of_them = compactors[:c] + (compactor or IDLE,) + compactors[c + 1:]
            return state_with(compactors=tuple(sorted(all_of_them, key=lambda each: ATTEMPTS + 1 if each[1] is None else each[1])), **changed)

        def renamed(target):
            return {**without(visible, name), target: visible[name]}

        who = attempt
        if step != "idle":
            yield f"{who} is gone", to()
        if step == "idle" and used < ATTEMPTS:
            for seen in visible:
                if seen[3] is not None:
                    yield f"{used} finds {seen}", to("fence", used, seen, (), None, used=used + 1)
            for run in runs(visible):
                yield f"{used} plans to merge {run}", to("mkdir", used, run[0], tuple(run[1:]), None, used=used + 1)
        elif step == "fence":
            left = own if KEEP_DIRECTORY else without(own, name[3])
            yield f"{who} deletes directory {name[3]}", to("mkdir", attempt, name, (), None, own=left)
        elif step == "mkdir":
            yield f"{who} makes its directory", to("mark", attempt, name, sources, None, own={**own, attempt: None})
        elif step == "mark":
            if name[3] is None:
                mine = (name[0], name[1], sources[-1][1], attempt)
            else:
                mine = name if IN_PLACE else name[:3] + (attempt,)
            if name not in visible:
                yield f"{who} cannot rename {name}", to()
            else:
                yield f"{who} renames {name} to {mine}", to("concat" if sources else "look", attempt, mine, sources, None, visible=renamed(mine))
        elif name is not None and name not in visible and step != "replace":
            yield f"{who} does not find {name} any more at {step}", to()
        elif step == "concat":
            if any(source not in visible for source in sources):
                yield f"{who} cannot concatenate: a file is gone", to("look", attempt, name, (), None)
            else:
                whole = sum((visible[source] for source in sources), visible[name])
                yield f"{who} concatenates", to("copy", attempt, name, (), None, visible={**without(visible, *sources), name: whole})
        elif step == "look":
            yield f"{who} looks at {name}", to("copy" if holds_all(name, visible[name]) else "undo", attempt, name, (), None)
        elif step == "undo":
            target = landed(name[0], name[1])
            if target not in visible:
                yield f"{who} gives {name} its landed name back", to("clean", attempt, None, (), None, visible=renamed(target))
        elif step == "copy":
            if attempt in own:
                yield f"{who} copies", to("replace", attempt, name, (), visible[name], own={**own, attempt: visible[name]})
            else:
                yield f"{who} cannot create its copy", to()
        elif step == "replace":
            if own.get(attempt) is None:
                yield f"{who} cannot rename its copy", to()
            else:
                yield f"{who} renames its copy over {name}", to("finish", attempt, name, (), None, own={**own, attempt: None}, visible={**visible, name: copy})
        elif step == "finish":
            if result(name) not in visible:
                yield f"{who} gives {name} its final name", to("clean", attempt, None, (), None, visible=renamed(result(name)))
        elif step == "clean":
            yield f"{who} deletes its directory", to(own=without(own, attempt))


def violation(state):
    files, away, _, _, _ = state
    records = sorted(sum((content for _, content in files), away))
    if records != list(range(FILES)):
        return f"visible or moved away: {records}"
    for name, content in files:
        last = name[2] if name[3] is not None and holds_all(name, content) else name[1]
        if content != tuple(range(name[0], last + 1)):
            return f"{name} holds {content}"
    return None


@lru_cache(None)
def settles(files, dirs):
    """Whether one compactor alone, all others gone, leaves landed names only."""
    away = ()
    for _ in range(FILES + 1):
        unfinished = [name for name, _ in files if name[3] is not None]
        if not unfinished:
            return True
        state = (files, away, dirs, ATTEMPTS, (("fence", ATTEMPTS, unfinished[0], (), None),) + (IDLE,) * (COMPACTORS - 1))
        while state[4][0][0] != "idle":
            state = next(following for what, following in steps(state)
                         if what.startswith(f"{ATTEMPTS} ") and not what.endswith("is gone"))
        files, away, dirs = state[:3]
    return False


def main():
    start = (frozenset((landed(i, i), (i,)) for i in range(FILES)), (), frozenset(), 0, (IDLE,) * COMPACTORS)
    came, queue = {start: None}, deque([start])
    while queue:
        state = queue.popleft()
        for what, following in steps(state):
            if following in came:
                continue
            came[following] = (state, what)
            found = violation(following) or (None if settles(following[0], following[2]) else "it does not settle")
            if found:
                trace = []
                while came[following]:
                    following, what = came[following]
                    trace.append(what)
                print("VIOLATED: " + found + "\n  " + "\n  ".join(reversed(trace)))
                return 1
            queue.append(following)
    print(f"holds in all {len(came)} reachable states ({FILES} files, {COMPACTORS} compactors at a time, {ATTEMPTS} attempts)")
    return 0


sys.exit(main())

#!/usr/bin/env python3
"""Exhaustive check of the compaction of one partition's files (docs/explanation/guarantees.md).

Several compactors run at the same time without coordination. Each operation on the NameNode is one step, and the
steps interleave in every order. A compactor can stop forever before or after any step; to the others, a lost response
and a late request look the same. The directory of a compactor can be deleted at any time, and users move files with
landed names away. Landing is not part of the model: it adds files with higher offsets than the compacted ones, and
neither reads nor changes these.

Invariants: in every reachable state each record is visible once (or was moved away once), and the name of each file
states its contents. From every reachable state, one compactor that runs alone leaves only files with landed names.

  compaction-model.py                  the protocol
  compaction-model.py --large          with three compactors at a time

Each of these options omits one rule, and the model prints a schedule that violates an invariant:
  compaction-model.py --keep-directory a compactor that takes over a file keeps the directory of the previous compactor: a
                                       record is duplicated
  compaction-model.py --in-place       a compactor that takes over a file does not rename it first: a name does not match the
                                       contents of its file
  compaction-model.py --move-any       users move files away that are being compacted: a record is duplicated
"""
import gc
import sys
from collections import deque
from functools import lru_cache

LARGE = "--large" in sys.argv
FILES, COMPACTORS, ATTEMPTS = (3, 3, 3) if LARGE else (3, 2, 3)
KEEP_DIRECTORY = "--keep-directory" in sys.argv
IN_PLACE = "--in-place" in sys.argv
MOVE_ANY = "--move-any" in sys.argv

# A name is (first, last, last after the concatenation, attempt); for a landed file the latter two are None. The name
# of a file that is being compacted contains its length before the concatenation: here the number of records,
# last - first + 1.
# A compactor is (next step, attempt, name of its file, names to append, contents of its copy). Compactors are
# interchangeable: they are sorted by attempt, idle ones last, so that equivalent states are equal.
IDLE = ("idle", None, None, (), None)


def landed(first, last):
    return (first, last, None, None)


def holds_all(name, content):
    """Returns whether the file has been concatenated, judged by its length."""
    return len(content) != name[1] - name[0] + 1


def result(name):
    return landed(name[0], name[2])


def runs(visible):
    """Yields each sequence of two or more landed files without a gap between them."""
    files = sorted(name for name in visible if name[3] is None)
    for i in range(len(files)):
        for j in range(i + 1, len(files)):
            if files[j][0] != files[j - 1][1] + 1:
                break
            yield files[i:j + 1]


def steps(state):
    """Yields each possible step and the state after it.

    A state is (visible files, contents moved away, directories and their contents, attempts, compactors).
    """
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
        yield f"directory {attempt} is deleted", state_with(own=without(own, attempt))

    for c, (step, attempt, name, sources, copy) in enumerate(compactors):
        def to(*compactor, **changed):
            all_of_them = compactors[:c] + (compactor or IDLE,) + compactors[c + 1:]
            return state_with(compactors=tuple(sorted(all_of_them, key=lambda each: ATTEMPTS + 1 if each[1] is None else each[1])), **changed)

        def renamed(target):
            return {**without(visible, name), target: visible[name]}

        if step != "idle":
            yield f"{attempt} stops", to()
        if step == "idle" and used < ATTEMPTS:
            for seen in visible:
                if seen[3] is not None:
                    yield f"{used} finds {seen}", to("fence", used, seen, (), None, used=used + 1)
            for run in runs(visible):
                yield f"{used} plans to merge {run}", to("mkdir", used, run[0], tuple(run[1:]), None, used=used + 1)
        elif step == "fence":
            left = own if KEEP_DIRECTORY else without(own, name[3])
            yield f"{attempt} deletes directory {name[3]}", to("mkdir", attempt, name, (), None, own=left)
        elif step == "mkdir":
            yield f"{attempt} creates its directory", to("mark", attempt, name, sources, None, own={**own, attempt: None})
        elif step == "mark":
            if name[3] is None:
                mine = (name[0], name[1], sources[-1][1], attempt)
            else:
                mine = name if IN_PLACE else name[:3] + (attempt,)
            if name not in visible:
                yield f"{attempt} cannot rename {name}", to()
            else:
                yield f"{attempt} renames {name} to {mine}", to("concat" if sources else "length", attempt, mine, sources, None, visible=renamed(mine))
        elif name is not None and name not in visible and step != "replace":
            yield f"{attempt} does not find {name} at step {step}", to()
        elif step == "concat":
            if any(source not in visible for source in sources):
                yield f"{attempt} cannot concatenate: a file is missing", to("length", attempt, name, (), None)
            else:
                whole = sum((visible[source] for source in sources), visible[name])
                yield f"{attempt} concatenates", to("copy", attempt, name, (), None, visible={**without(visible, *sources), name: whole})
        elif step == "length":
            yield f"{attempt} reads the length of {name}", to("copy" if holds_all(name, visible[name]) else "undo", attempt, name, (), None)
        elif step == "undo":
            target = landed(name[0], name[1])
            if target not in visible:
                yield f"{attempt} renames {name} to its landed name", to("clean", attempt, None, (), None, visible=renamed(target))
        elif step == "copy":
            if attempt in own:
                yield f"{attempt} copies", to("replace", attempt, name, (), visible[name], own={**own, attempt: visible[name]})
            else:
                yield f"{attempt} cannot create its copy", to()
        elif step == "replace":
            if own.get(attempt) is None:
                yield f"{attempt} cannot rename its copy", to()
            else:
                yield f"{attempt} renames its copy over {name}", to("finish", attempt, name, (), None, own={**own, attempt: None}, visible={**visible, name: copy})
        elif step == "finish":
            if result(name) not in visible:
                yield f"{attempt} renames {name} to its final name", to("clean", attempt, None, (), None, visible=renamed(result(name)))
        elif step == "clean":
            yield f"{attempt} deletes its directory", to(own=without(own, attempt))


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
    """Returns whether one compactor that runs alone leaves only files with landed names."""
    away = ()
    for _ in range(FILES + 1):
        unfinished = [name for name, _ in files if name[3] is not None]
        if not unfinished:
            return True
        state = (files, away, dirs, ATTEMPTS, (("fence", ATTEMPTS, unfinished[0], (), None),) + (IDLE,) * (COMPACTORS - 1))
        while state[4][0][0] != "idle":
            state = next(following for what, following in steps(state)
                         if what.startswith(f"{ATTEMPTS} ") and not what.endswith(" stops"))
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
            found = violation(following) or (None if settles(following[0], following[2]) else "a compactor that runs alone does not finish")
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


# Collections would visit all states again and again, and find no cycles.
gc.disable()
sys.exit(main())

#!/usr/bin/env python3
"""Checks the landing protocol (docs/explanation/guarantees.md) for one partition in every reachable state.

A member that has joined the group can continue as an owner of the partition for any length of time, as the worst
zombie does. Each operation on the NameNode or on the group's coordinator is one step, and the steps of all members
interleave in every order. A member can crash between any two steps, and the response to a rename or a commit can be
lost after the operation has taken effect. A file is published while the next one is written, and the publication
continues after its member has lost the partition. Users move landed files away as soon as their last offset is
committed, and Kafka deletes records at the beginning of the log at any time. The coordinator rejects commits of an
old generation.

Invariants in every state: no offset is in two files; no record's offset is both in a file and in a recorded expired
range; no offset is missing between the first and the last landed one; all files are of one topic.

  landing-model.py                      the protocol
  landing-model.py --small              with two offsets; takes seconds
  landing-model.py --large              with three members; takes long
  landing-model.py --marker             with a transaction marker after the first record: a member skips it, and commits
                                        past it if no file is open or being published; the next file covers it. (A
                                        record that compaction removes becomes such an offset after a former owner can
                                        have landed it. If its file was moved away, the next file covers the offset
                                        again, but not the record.)
  landing-model.py --two-topics         a second topic of the same name, recreated or in another cluster, lands in the same
                                        directory: its group has no committed offsets, and its log begins at 0

Each of these options omits one rule, and the model prints a schedule that violates an invariant:
  landing-model.py --fence-first        delete the directories of other owners before creating the member's own
  landing-model.py --committed-once     read the committed offset before listing the files, and not again afterwards
  landing-model.py --publish-ahead      publish a second file while the offset of the first is not committed
  landing-model.py --commit-ahead       commit the directory of the open file while the previous file is being published
  landing-model.py --silent-directory   publish in a directory other than the one in the last commit
  landing-model.py --marker --begin-at-committed begin the next file at the committed offset, after the marker
  landing-model.py --two-topics --unrecorded-origin do not record the topic of the files before landing them
"""
import gc
import sys
from collections import deque
from functools import lru_cache
from typing import NamedTuple

LARGE = "--large" in sys.argv
FENCE_FIRST = "--fence-first" in sys.argv
COMMITTED_ONCE = "--committed-once" in sys.argv
PUBLISH_AHEAD = "--publish-ahead" in sys.argv
COMMIT_AHEAD = "--commit-ahead" in sys.argv
SILENT_DIRECTORY = "--silent-directory" in sys.argv
BEGIN_AT_COMMITTED = "--begin-at-committed" in sys.argv
TWO_TOPICS = "--two-topics" in sys.argv
UNRECORDED_ORIGIN = "--unrecorded-origin" in sys.argv

MEMBERS = 3 if LARGE else 2
OWNERSHIPS = 3
TOPICS = 2 if TWO_TOPICS else 1
# Each record's directory by time; None for a marker. A file ends where the directory changes.
DIRECTORY = (0, None, 1, 0) if "--marker" in sys.argv else (0, 1, 0)
OFFSETS = len(DIRECTORY) - 1 if "--small" in sys.argv else len(DIRECTORY)


class File(NamedTuple):
    first: int
    last: int
    directory: int


class Commit(NamedTuple):
    offset: int
    first: int  # of the next file; the offsets from it to the committed one have no records
    directory: int  # the only directory in which the next file can be


class Member(NamedTuple):
    step: str = "idle"
    generation: int = -1
    topic: int = 0
    todo: frozenset = frozenset()  # directories still to delete
    before: Commit = Commit(0, 0, 0)  # the committed offset when recovery began
    position: int = 0
    completed: int = 0  # the offset to commit
    published: int = 0  # the end of the last file, where the next one begins
    first: int = -1  # of the open file
    directory: int = 0  # of the open file
    publishing: File = None  # the file that is being renamed to its visible name
    committed: Commit = Commit(-1, -1, 0)  # the last commit known to this member


class State(NamedTuple):
    published: frozenset = frozenset()  # every file that has ever been visible
    visible: frozenset = frozenset()
    expired: frozenset = frozenset()  # recorded ranges
    owners: frozenset = frozenset()  # generations that have an owner directory
    joined: int = 0
    latest: tuple = (-1,) * TOPICS  # generation of each topic's group
    begin: int = 0  # the log start offset of the first topic
    committed: tuple = (Commit(0, 0, 0),) * TOPICS
    origin: int = -1  # the topic of the files, as recorded in the directory
    landed_of: frozenset = frozenset()  # the topics of all files that have ever been visible
    members: tuple = (Member(),) * MEMBERS
    left: frozenset = frozenset()  # (generation, topic, file) of publications that continue after their member has left


def steps(state):
    """Yields each possible step and the state after it."""
    for file in state.visible:
        if file.last < max(each.offset for each in state.committed):
            yield f"a user moves {show(file)} away", state._replace(visible=state.visible - {file})
    if state.begin < OFFSETS:
        yield f"Kafka deletes offset {state.begin}", state._replace(begin=state.begin + 1)
    for owner, topic, file in state.left:
        changed = dict(left=state.left - {(owner, topic, file)})
        yield f"{show(file)} of {owner}, left behind, is abandoned", state._replace(**changed)
        if owner in state.owners and file not in state.visible:
            yield f"{show(file)} of {owner}, left behind, is published", state._replace(**changed, **publish(state, topic, file))
    for number, member in enumerate(state.members):
        for what, changed, now in member_steps(state, member):
            if member.publishing and now.generation != member.generation and "left" not in changed:
                changed["left"] = state.left | {(member.generation, member.topic, member.publishing)}
            # Members are interchangeable: they are sorted by generation, so that equivalent states are equal.
            members = sorted(state.members[:number] + (now,) + state.members[number + 1 :], key=lambda each: each.generation)
            generation = max(member.generation, now.generation)
            yield f"{generation} {what}", state._replace(members=tuple(members), **changed)


def member_steps(state, me):
    """Yields each possible step of a member, its changes of the state, and the member after it."""
    if me.step == "idle":
        if state.joined < OWNERSHIPS:
            for topic in range(TOPICS):
                latest = replaced(state.latest, topic, state.joined)
                yield f"joins for topic {topic}", dict(joined=state.joined + 1, latest=latest), Member(
                    "joined", state.joined, topic
                )
        return
    yield "crashes or loses the partition", {}, Member()
    if me.step == "joined":
        if state.origin not in (-1, me.topic):
            yield "finds the files of another topic", {}, Member()
        else:
            yield "finds no files of another topic", {}, me._replace(step="create")
    elif me.step == "create":
        if FENCE_FIRST:
            yield "lists the owners", {}, me._replace(step="fence", todo=state.owners)
        else:
            yield "creates its directory", dict(owners=state.owners | {me.generation}), me._replace(step="list-owners")
    elif me.step == "list-owners":
        yield "lists the owners", {}, me._replace(step="fence", todo=state.owners - {me.generation})
    elif me.step == "fence":
        for other in me.todo:
            yield f"deletes the directory of {other}", dict(owners=state.owners - {other}), me._replace(todo=me.todo - {other})
        if not me.todo:
            changed = dict(owners=state.owners | {me.generation}) if FENCE_FIRST else {}
            yield "has fenced the others", changed, me._replace(step="record")
    elif me.step == "record":
        if UNRECORDED_ORIGIN or state.origin == me.topic:
            yield "does not need to record the topic of the files", {}, me._replace(step="committed")
        elif state.origin == -1 and me.generation in state.owners:
            changed = dict(origin=me.topic)
            yield "records the topic of the files", changed, me._replace(step="committed")
            yield "records the topic of the files, the response is lost", changed, Member()
        else:
            yield "cannot record the topic of the files", {}, Member()
    elif me.step == "committed":
        committed = state.committed[me.topic]
        yield f"reads that {committed} is committed", {}, me._replace(step="list", before=committed)
    elif me.step == "list":
        before = me.before._replace(first=me.before.offset) if BEGIN_AT_COMMITTED else me.before
        found = [f for f in state.visible if f.directory == before.directory and f.first >= before.first]
        first = max([f.last + 1 for f in found] + [before.first])
        end = max(first, before.offset)
        yield f"lists the files from {before.first} on: lands from {end} on", {}, (
            me._replace(step="owner", position=end, completed=end, published=first, committed=before)
            if COMMITTED_ONCE
            else me._replace(step="again", position=end, published=first, committed=Commit(-1, -1, before.directory))
        )
    elif me.step == "again":
        committed = state.committed[me.topic]
        first = max(me.published, committed.offset if BEGIN_AT_COMMITTED else committed.first)
        end = max(me.position, committed.offset)
        yield f"reads again that {committed} is committed", {}, me._replace(
            step="owner", position=end, completed=end, published=first, committed=committed
        )
    elif me.step == "owner":
        yield from owner_steps(state, me)


def owner_steps(state, me):
    is_open = me.first >= 0
    file = me.publishing
    here = me.directory if is_open else me.committed.directory
    begin = state.begin if me.topic == 0 else 0
    if me.position < OFFSETS and me.position >= begin:
        if DIRECTORY[me.position] is None:
            if is_open or not file:
                end = me.position + 1
                completed = me.completed if is_open else end
                yield f"skips {me.position}", {}, me._replace(position=end, completed=completed)
        elif not is_open and me.generation not in state.owners:
            yield "cannot create a file", {}, Member()
        elif not is_open:
            first = file.last + 1 if file else me.published
            yield f"appends {me.position}", {}, me._replace(
                first=first, directory=DIRECTORY[me.position], position=me.position + 1
            )
        elif DIRECTORY[me.position] == here:
            yield f"appends {me.position}", {}, me._replace(position=me.position + 1)
    # Records that were fetched before Kafka deleted them can still be written.
    if me.position < begin and not is_open and not file:
        if me.generation not in state.owners:
            yield "cannot record the expired range", {}, Member()
        else:
            gap = File(me.published, begin - 1, -1)
            yield f"records {show(gap)} as expired", dict(expired=state.expired | {gap}), me._replace(
                position=begin, completed=begin, published=begin
            )
    if file:
        if me.generation in state.owners and file not in state.visible:
            changed = publish(state, me.topic, file)
            done = me._replace(publishing=None, completed=file.last + 1, published=file.last + 1)
            yield f"publishes {show(file)}", changed, done
            yield f"publishes {show(file)}, the response is lost", dict(changed, left=state.left), Member()
        else:
            yield "cannot rename", dict(left=state.left), Member()
    wanted = Commit(me.completed, me.published, here)
    if me.committed != wanted and (not file or COMMIT_AHEAD):
        if me.generation == state.latest[me.topic]:
            changed = dict(committed=replaced(state.committed, me.topic, wanted))
            yield f"commits {wanted}", changed, me._replace(committed=wanted)
            yield f"commits {wanted}, the response is lost", changed, me
        else:
            yield "cannot commit, its generation is old", {}, Member()
    allowed = me.committed == wanted
    if PUBLISH_AHEAD:
        allowed = True
    if SILENT_DIRECTORY:
        allowed = me.committed.offset == me.completed
    if is_open and allowed and not file:
        full = File(me.first, me.position - 1, here)
        yield f"begins to publish {show(full)}", {}, me._replace(first=-1, directory=0, publishing=full)


def replaced(all, place, by):
    return all[:place] + (by,) + all[place + 1 :]


def publish(state, topic, file):
    """Returns the changes of the state by a rename; a second file of the same range counts as another one."""
    published = state.published | {file._replace(directory=file.directory + 10) if file in state.published else file}
    return dict(published=published, visible=state.visible | {file}, landed_of=state.landed_of | {topic})


def show(file):
    return f"[{file.first}..{file.last}]"


@lru_cache(None)
def wrong(published, ranges, topics):
    """Returns the invariant that these files and recorded expired ranges violate; None if they violate none."""
    if len(topics) > 1:
        return "files of two topics are in one directory"
    landed = [offset for file in published for offset in range(file.first, file.last + 1)]
    expired = {offset for gap in ranges for offset in range(gap.first, gap.last + 1)}
    if len(landed) != len(set(landed)):
        return "an offset has landed twice"
    if any(DIRECTORY[offset] is not None for offset in expired & set(landed)):
        return "a record has landed and is recorded as expired"
    if landed and not set(range(max(landed))) <= expired | set(landed):
        return "an offset is missing"
    return None


def main():
    start = State()
    came, queue = {start: None}, deque([start])
    while queue:
        state = queue.popleft()
        for what, following in steps(state):
            if following in came:
                continue
            came[following] = (state, what)
            mistake = wrong(following.published, following.expired, following.landed_of)
            if mistake:
                print(f"BROKEN: {mistake}")
                trace = []
                while came[following]:
                    following, what = came[following]
                    trace.append(what)
                print("  " + "\n  ".join(reversed(trace)))
                return 1
            queue.append(following)
    print(f"holds in all {len(came)} reachable states ({MEMBERS} members, {OWNERSHIPS} ownerships, {OFFSETS} offsets)")
    return 0


# Collections would visit all states again and again, and find no cycles.
gc.disable()
sys.exit(main())

#!/usr/bin/env python3
"""Checks the landing protocol (docs/explanation/guarantees.md) for one partition in every reachable state.

Whoever ever joined the group may go on believing that the partition is its own: no zombie can be worse. Each operation on the
NameNode or on the group's coordinator is one step, the steps of all members interleave in every way, a member can crash between
any two, and the answer to a rename or a commit can get lost after it was done. A file is published while the next one is written,
and goes on being published where its member has given the partition up. Users take landed files away as soon as their last
offset is committed, and Kafka deletes the beginning of the log whenever it likes. The coordinator refuses an old generation.

In every state: no offset stands in two files, none in a file and in a recorded expired range, none is missing between the first
and the last that landed, and all files are of one topic.

  landing-model.py                      the protocol
  landing-model.py --small              with two offsets; takes seconds
  landing-model.py --large              with three members; takes long
  landing-model.py --two-topics         a second topic of the same name, made anew or of another cluster: its group has committed
                                        nothing of the first, its log begins at 0, and its landing is pointed at the same directory

Each of these leaves one rule out, and a schedule is printed that breaks the promise:
  landing-model.py --fence-first        delete the others' directories before making one's own
  landing-model.py --committed-once     read the committed offset before listing the files, and not again after it
  landing-model.py --publish-ahead      publish a second file while the first is not committed
  landing-model.py --commit-ahead       commit where the open file will stand while the one before it is being published
  landing-model.py --silent-directory   publish in another directory than the one the last commit names
  landing-model.py --two-topics --unsaid-origin     do not say whose files one is about to land
"""
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
TWO_TOPICS = "--two-topics" in sys.argv
UNSAID_ORIGIN = "--unsaid-origin" in sys.argv

MEMBERS = 3 if LARGE else 2
OWNERSHIPS = 3
TOPICS = 2 if TWO_TOPICS else 1
OFFSETS = 2 if "--small" in sys.argv else 3
# Offset 1 belongs to another directory by time than 0 and 2: a file ends where the directory changes.
DIRECTORY = (0, 1, 0)


class File(NamedTuple):
    first: int
    last: int
    directory: int


class Commit(NamedTuple):
    offset: int
    directory: int  # where the one file can stand that may follow


class Member(NamedTuple):
    step: str = "idle"
    generation: int = -1
    topic: int = 0
    todo: frozenset = frozenset()  # directories still to delete
    before: Commit = Commit(0, 0)  # what was committed when recovery began
    position: int = 0
    published: int = 0
    first: int = -1  # of the open file
    publishing: File = None  # on its way to its visible name
    committed: Commit = Commit(-1, 0)  # what it knows to be committed


class State(NamedTuple):
    published: frozenset = frozenset()  # every file that ever was visible
    visible: frozenset = frozenset()
    expired: frozenset = frozenset()  # recorded ranges
    owners: frozenset = frozenset()  # directories of owners, by their generation
    joined: int = 0
    latest: tuple = (-1,) * TOPICS  # generation of each topic's group
    begin: int = 0  # of Kafka's log of the first topic
    committed: tuple = (Commit(0, 0),) * TOPICS
    origin: int = -1  # the topic whose files stand there, as it is said beside them
    landed_of: frozenset = frozenset()  # the topics that files were of
    members: tuple = (Member(),) * MEMBERS
    left: frozenset = frozenset()  # files still being published for members that have given up, and whose they are


def steps(state):
    """Yields what can happen next and the state it leads to."""
    for file in state.visible:
        if file.last < max(each.offset for each in state.committed):
            yield f"a user takes {show(file)} away", state._replace(visible=state.visible - {file})
    if state.begin < OFFSETS:
        yield f"Kafka deletes offset {state.begin}", state._replace(begin=state.begin + 1)
    for owner, topic, file in state.left:
        changed = dict(left=state.left - {(owner, topic, file)})
        yield f"{show(file)} of {owner}, left behind, is given up", state._replace(**changed)
        if owner in state.owners and file not in state.visible:
            yield f"{show(file)} of {owner}, left behind, is published", state._replace(**changed, **publish(state, topic, file))
    for number, member in enumerate(state.members):
        for what, changed, now in member_steps(state, member):
            if member.publishing and now.generation != member.generation and "left" not in changed:
                changed["left"] = state.left | {(member.generation, member.topic, member.publishing)}
            # One is as good as another: they stand in the order of their generations.
            members = sorted(state.members[:number] + (now,) + state.members[number + 1 :], key=lambda each: each.generation)
            who = max(member.generation, now.generation)
            yield f"{who} {what}", state._replace(members=tuple(members), **changed)


def member_steps(state, me):
    """Yields what a member can do, what of the state it changes, and what becomes of the member."""
    if me.step == "idle":
        if state.joined < OWNERSHIPS:
            for topic in range(TOPICS):
                latest = replaced(state.latest, topic, state.joined)
                yield f"joins for topic {topic}", dict(joined=state.joined + 1, latest=latest), Member(
                    "joined", state.joined, topic
                )
        return
    yield "crashes or gives up", {}, Member()
    if me.step == "joined":
        if state.origin not in (-1, me.topic):
            yield "finds the files of another topic", {}, Member()
        else:
            yield "finds no files of another topic", {}, me._replace(step="raise")
    elif me.step == "raise":
        if FENCE_FIRST:
            yield "lists the owners", {}, me._replace(step="fence", todo=state.owners)
        else:
            yield "makes its directory", dict(owners=state.owners | {me.generation}), me._replace(step="look")
    elif me.step == "look":
        yield "lists the owners", {}, me._replace(step="fence", todo=state.owners - {me.generation})
    elif me.step == "fence":
        for other in me.todo:
            yield f"deletes the directory of {other}", dict(owners=state.owners - {other}), me._replace(todo=me.todo - {other})
        if not me.todo:
            changed = dict(owners=state.owners | {me.generation}) if FENCE_FIRST else {}
            yield "has fenced the others", changed, me._replace(step="say")
    elif me.step == "say":
        if UNSAID_ORIGIN or state.origin == me.topic:
            yield "need not say whose files these are", {}, me._replace(step="committed")
        elif state.origin == -1 and me.generation in state.owners:
            changed = dict(origin=me.topic)
            yield "says whose files these are", changed, me._replace(step="committed")
            yield "says whose files these are, the answer is lost", changed, Member()
        else:
            yield "cannot say whose files these are", {}, Member()
    elif me.step == "committed":
        committed = state.committed[me.topic]
        yield f"reads that {committed} is committed", {}, me._replace(step="list", before=committed)
    elif me.step == "list":
        found = [f for f in state.visible if f.directory == me.before.directory and f.first >= me.before.offset]
        end = max([f.last + 1 for f in found] + [me.before.offset])
        where = me.before.directory
        yield f"lists what is not proved: lands from {end} on", {}, (
            me._replace(step="owner", position=end, published=end, committed=me.before)
            if COMMITTED_ONCE
            else me._replace(step="again", position=end, committed=Commit(-1, where))
        )
    elif me.step == "again":
        committed = state.committed[me.topic]
        end = max(me.position, committed.offset)
        yield f"reads again that {committed} is committed", {}, me._replace(
            step="owner", position=end, published=end, committed=committed
        )
    elif me.step == "owner":
        yield from owner_steps(state, me)


def owner_steps(state, me):
    is_open = me.first >= 0
    file = me.publishing
    here = DIRECTORY[me.first] if is_open else me.committed.directory
    begin = state.begin if me.topic == 0 else 0
    if me.position < OFFSETS and me.position >= begin:
        if not is_open and me.generation not in state.owners:
            yield "cannot create a file", {}, Member()
        elif not is_open:
            yield f"appends {me.position}", {}, me._replace(first=me.position, position=me.position + 1)
        elif DIRECTORY[me.position] == here:
            yield f"appends {me.position}", {}, me._replace(position=me.position + 1)
    # What was fetched before Kafka deleted it can still be written.
    if me.position < begin and not is_open and not file:
        if me.generation not in state.owners:
            yield "cannot record what expired", {}, Member()
        else:
            gap = File(me.position, begin - 1, -1)
            yield f"records {show(gap)} as expired", dict(expired=state.expired | {gap}), me._replace(
                position=begin, published=begin
            )
    if file:
        if me.generation in state.owners and file not in state.visible:
            changed = publish(state, me.topic, file)
            done = me._replace(publishing=None, published=file.last + 1)
            yield f"publishes {show(file)}", changed, done
            yield f"publishes {show(file)}, the answer is lost", dict(changed, left=state.left), Member()
        else:
            yield "cannot rename", dict(left=state.left), Member()
    wanted = Commit(me.published, here)
    if me.committed != wanted and (not file or COMMIT_AHEAD):
        if me.generation == state.latest[me.topic]:
            changed = dict(committed=replaced(state.committed, me.topic, wanted))
            yield f"commits {wanted}", changed, me._replace(committed=wanted)
            yield f"commits {wanted}, the answer is lost", changed, me
        else:
            yield "cannot commit, its generation is over", {}, Member()
    allowed = me.committed == wanted
    if PUBLISH_AHEAD:
        allowed = True
    if SILENT_DIRECTORY:
        allowed = me.committed.offset == me.published
    if is_open and allowed and not file:
        full = File(me.first, me.position - 1, here)
        yield f"begins to publish {show(full)}", {}, me._replace(first=-1, publishing=full)


def replaced(all, place, by):
    return all[:place] + (by,) + all[place + 1 :]


def publish(state, topic, file):
    """What becomes of the state by a rename; a second file of the same range counts as another one."""
    published = state.published | {file._replace(directory=file.directory + 10) if file in state.published else file}
    return dict(published=published, visible=state.visible | {file}, landed_of=state.landed_of | {topic})


def show(file):
    return f"[{file.first}..{file.last}]"


@lru_cache(None)
def wrong(published, ranges, topics):
    """What is wrong with the files that ever were visible and the ranges recorded as expired, or None."""
    if len(topics) > 1:
        return "files of two topics stand in one directory"
    landed = [offset for file in published for offset in range(file.first, file.last + 1)]
    expired = {offset for gap in ranges for offset in range(gap.first, gap.last + 1)}
    if len(landed) != len(set(landed)):
        return "an offset has landed twice"
    if expired & set(landed):
        return "an offset has landed and is recorded as expired"
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


sys.exit(main())

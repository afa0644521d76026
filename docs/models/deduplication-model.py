#!/usr/bin/env python3
"""Checks the deduplication protocol (docs/explanation/guarantees.md) for one inbox partition in every reachable state.

Ingest appends events to the inbox, and responds to a request when it reads a committed answer with the event's id.
Members of one consumer group deduplicate: they restore the ids from the answers, then send for each batch, in one
transaction, the first event of each id to the topic, an answer for every event, and the inbox offset with the group's
generation. A former owner that has not yet received the rebalance continues. Members crash between any two steps, the
response to a commit is lost or its request arrives late, Kafka aborts an open transaction at any time, and writes the
markers of a decided one to each partition later, in any order. The coordinator checks the generation when offsets are
added, not when the transaction is committed, and returns a committed offset only when no transaction with an offset
of the partition is undecided there. The clock advances once: an event outside the window may be stored again. With
--direct, an owner also accepts an event without an inbox record, as part of one of its transactions.

Invariants: committed events of an id are in different windows; every answer that ingest can read refers to a
committed event of that id; from every state with a member that can still join, all events and all retries can be
answered.

  deduplication-model.py                the protocol
  deduplication-model.py --small        with two transactions; takes seconds
  deduplication-model.py --two-ids      events have one of two ids
  deduplication-model.py --direct       with a direct event, with --small half a minute
  deduplication-model.py --large        with three members and ownerships; takes long, with --small a minute

Either of these two rules is sufficient: the invariants hold without one of them, and fail without both:
  --receipts-first         read the committed offset after the answers, not before them
  --offsets-early          add the offset to the transaction before the answers are sent, not after them

Each of these options omits one rule, and the model prints a schedule that violates an invariant:
  --no-generation          commit offsets without the group's generation
  --restore-early          restore the ids before joining the group
  --last-stable-offset     restore the ids to the last stable offset, not to the high watermark
  --keep-state             keep the same state after a commit with an unknown outcome
  --remember-early         add ids to the state before their transaction is committed
  --answers-apart          send the answers in a second transaction
  --answer-uncommitted     respond to requests when an answer is read that is not committed yet
  --wall-clock             measure the window at the time of processing, not of the append to the inbox
  --no-timeout             Kafka never aborts the transactions of dead members
"""
import gc
import sys
from collections import deque
from typing import NamedTuple

KNOWN_SWITCHES = {word for line in __doc__.splitlines() for word in line.split() if word.startswith("--")}
for argument in sys.argv[1:]:
    if argument not in KNOWN_SWITCHES:
        sys.exit(f"Invalid argument {argument}: expected one of {', '.join(sorted(KNOWN_SWITCHES))}")

RECEIPTS_FIRST = "--receipts-first" in sys.argv
OFFSETS_EARLY = "--offsets-early" in sys.argv
NO_GENERATION = "--no-generation" in sys.argv
RESTORE_EARLY = "--restore-early" in sys.argv
LAST_STABLE_OFFSET = "--last-stable-offset" in sys.argv
KEEP_STATE = "--keep-state" in sys.argv
REMEMBER_EARLY = "--remember-early" in sys.argv
ANSWERS_APART = "--answers-apart" in sys.argv
ANSWER_UNCOMMITTED = "--answer-uncommitted" in sys.argv
WALL_CLOCK = "--wall-clock" in sys.argv
NO_TIMEOUT = "--no-timeout" in sys.argv

LARGE = "--large" in sys.argv
MEMBERS = 3 if LARGE else 2
OWNERSHIPS = 3 if LARGE else 2
EVENTS = 2
TRANSACTIONS = 2 if "--small" in sys.argv else EVENTS + 1
DIRECT_EVENTS = 1 if "--direct" in sys.argv else 0
IDS = (0, 1) if "--two-ids" in sys.argv else (0,)


class Event(NamedTuple):
    id: int
    time: int


class Transaction(NamedTuple):
    end: int  # the inbox offset
    status: str = "open"
    is_marked_in_answers: bool = False
    is_marked_in_group: bool = False


class Answer(NamedTuple):
    transaction: int
    first: int  # offset in the topic


class Member(NamedTuple):
    step: str = "idle"
    generation: int = -1
    position: int = -1
    until: int = -1  # restoration reads to this offset of the answers
    known: tuple = ()  # ids with the offset of their first event in the topic
    transaction: int = -1
    answers: tuple = ()  # of the open transaction: offsets of the first events
    next_known: tuple = ()  # the value of known after the transaction is committed


class State(NamedTuple):
    clock: int = 0
    inbox: tuple = ()
    direct: tuple = ()
    topic: tuple = ()  # (transaction, inbox offset, or -1 - the number of a direct event)
    answers: tuple = ()
    offsets: tuple = ()  # transactions in the order in which the coordinator got their offsets
    transactions: tuple = ()
    generation: int = -1  # the group's latest
    members: tuple = (Member(),) * MEMBERS

    def last_stable_offset(self):
        """Returns the last stable offset of the answers."""
        for offset, answer in enumerate(self.answers):
            if not self.transactions[answer.transaction].is_marked_in_answers:
                return offset
        return len(self.answers)

    def has_undecided_offset(self):
        return any(not self.transactions[number].is_marked_in_group for number in self.offsets)

    def committed_offset(self):
        committed = [t for t in (self.transactions[number] for number in self.offsets) if t.status == "committed"]
        return committed[-1].end if committed else 0

    def event(self, first):
        return self.source(self.topic[first][1])

    def source(self, offset):
        return self.inbox[offset] if offset >= 0 else self.direct[-1 - offset]

    def with_transaction(self, number, **changed):
        if changed.get("status") == "aborted":
            changed["end"] = 0  # equal states become one
        return replaced(self.transactions, number, self.transactions[number]._replace(**changed))


def replaced(values, index, value):
    return values[:index] + (value,) + values[index + 1 :]


def steps(state):
    """Yields each possible step and the state after it."""
    if len(state.inbox) < EVENTS:
        for each in IDS:
            yield f"ingest appends event {len(state.inbox)} of id {each}", state._replace(
                inbox=state.inbox + (Event(each, state.clock),)
            )
    # Only the difference between the times of events matters, except with --wall-clock.
    if state.clock == 0 and (WALL_CLOCK or 0 < len(state.inbox) + len(state.direct) < EVENTS + DIRECT_EVENTS):
        yield "the window ends", state._replace(clock=1)
    for number, each in enumerate(state.transactions):
        if each.status == "open" and not NO_TIMEOUT:
            yield f"transaction {number} times out", state._replace(
                transactions=state.with_transaction(number, status="aborted")
            )
        if each.status == "late":
            for status in ("committed",) if NO_TIMEOUT else ("committed", "aborted"):
                yield f"transaction {number} is {status} after its member has left it", state._replace(
                    transactions=state.with_transaction(number, status=status)
                )
        if each.status in ("committed", "aborted"):
            if not each.is_marked_in_answers and any(answer.transaction == number for answer in state.answers):
                yield f"Kafka marks {number} {each.status} in the answers", state._replace(
                    transactions=state.with_transaction(number, is_marked_in_answers=True)
                )
            if number in state.offsets and not each.is_marked_in_group:
                yield f"Kafka marks {number} {each.status} in the group", state._replace(
                    transactions=state.with_transaction(number, is_marked_in_group=True)
                )
    for number, member in enumerate(state.members):
        for what, changed, now in member_steps(state, member):
            # The order of members does not matter.
            members = sorted(replaced(state.members, number, now))
            generation = max(member.generation, now.generation)
            yield f"{generation} {what}", state._replace(members=tuple(members), **changed)


def member_steps(state, me):
    """Yields each possible step of a member, its changes of the state, and the member after it."""
    taken_over = Member("restore" if RECEIPTS_FIRST else "offset", me.generation)
    if me.step == "idle":
        if RESTORE_EARLY:
            yield "restores before it joins", {}, Member("early", -1, known=known_before(state, state.last_stable_offset()))
        elif state.generation + 1 < OWNERSHIPS:
            generation = state.generation + 1
            yield "joins", dict(generation=generation), Member(taken_over.step, generation)
        return
    if me.step == "early":
        if state.generation + 1 < OWNERSHIPS:
            generation = state.generation + 1
            yield "joins", dict(generation=generation), me._replace(step="offset", generation=generation)
        return
    yield "crashes", {}, Member()
    if me.step == "offset":
        if not state.has_undecided_offset():
            next_step = "owner" if RECEIPTS_FIRST or RESTORE_EARLY else "restore"
            yield f"reads the committed offset {state.committed_offset()}", {}, me._replace(
                step=next_step, position=state.committed_offset()
            )
    elif me.step == "restore":
        until = state.last_stable_offset() if LAST_STABLE_OFFSET else len(state.answers)
        yield f"reads the end offset {until} of the answers", {}, me._replace(step="restoring", until=until)
    elif me.step == "restoring":
        if state.last_stable_offset() >= me.until:
            yield f"restores the ids from the answers before {me.until}", {}, me._replace(
                step="offset" if RECEIPTS_FIRST else "owner", until=-1, known=known_before(state, me.until)
            )
    elif me.step == "owner":
        if len(state.transactions) < TRANSACTIONS:
            for end in range(me.position + 1, len(state.inbox) + 1):
                yield from begin(state, me, end)
            if len(state.direct) < DIRECT_EVENTS:
                for each in IDS:
                    accepted = state._replace(direct=state.direct + (Event(each, state.clock),))
                    for end in range(me.position, len(state.inbox) + 1):
                        yield from begin(accepted, me, end, (-1 - len(state.direct),))
    else:
        yield from transaction_steps(state, me, taken_over)


def known_before(state, until):
    """Returns the ids and first events in the committed answers before an offset."""
    known = {}
    for answer in state.answers[:until]:
        if state.transactions[answer.transaction].status == "committed":
            event = state.event(answer.first)
            if not WALL_CLOCK or event.time == state.clock:
                known[event.id] = answer.first
    return tuple(sorted(known.items()))


def begin(state, me, end, direct=()):
    """Sends the first events of a batch that ends before this inbox offset, and of these direct events."""
    number = len(state.transactions)
    topic, known, answers = state.topic, dict(me.known), []
    for offset in (*range(me.position, end), *direct):
        event = state.source(offset)
        first = known.get(event.id)
        if first is not None:
            first_time = state.source(topic[first][1]).time
            if first_time < (state.clock if WALL_CLOCK else event.time):
                first = None
        if first is None:
            first = len(topic)
            topic += ((number, offset),)
            known[event.id] = first
        answers.append(first)
    added = dict(transactions=state.transactions + (Transaction(end),), direct=state.direct)
    if OFFSETS_EARLY:
        if me.generation != state.generation and not NO_GENERATION:
            return
        added["offsets"] = state.offsets + (number,)
    which = f"{me.position} to {end - 1}{' and a direct event' if direct else ''}"
    yield f"sends the first events of {which} in transaction {number}", dict(added, topic=topic), me._replace(
        step="events",
        transaction=number,
        answers=tuple(answers),
        next_known=tuple(sorted(known.items())),
        known=tuple(sorted(known.items())) if REMEMBER_EARLY else me.known,
    )


def transaction_steps(state, me, taken_over):
    number = me.transaction
    done = dict(transaction=-1, answers=(), next_known=())
    retry = me._replace(step="owner", **done)
    if state.transactions[number].status == "aborted":
        yield "finds its transaction aborted, discards its state", {}, taken_over
        return
    if me.step != "apart":
        yield "aborts and retries", dict(transactions=state.with_transaction(number, status="aborted")), retry
    if me.step == "events":
        if ANSWERS_APART:
            yield "sends no answers yet", {}, me._replace(step="offsets")
        else:
            answers = state.answers + tuple(Answer(number, first) for first in me.answers)
            yield "sends the answers", dict(answers=answers), me._replace(step="commit" if OFFSETS_EARLY else "offsets")
    elif me.step == "offsets":
        if me.generation == state.generation or NO_GENERATION:
            yield "adds the offset", dict(offsets=state.offsets + (number,)), me._replace(step="commit")
        else:
            yield "cannot add the offset, its generation is old", dict(
                transactions=state.with_transaction(number, status="aborted")
            ), Member()
    elif me.step == "commit":
        committed = dict(transactions=state.with_transaction(number, status="committed"))
        now = me._replace(step="owner", position=state.transactions[number].end, known=me.next_known, **done)
        unknown = retry if KEEP_STATE else taken_over
        if ANSWERS_APART:
            yield "commits", committed, me._replace(step="apart")
        else:
            yield "commits", committed, now
            yield "commits, the response is lost", committed, unknown
            yield "commits, the request is late", dict(transactions=state.with_transaction(number, status="late")), unknown
    elif me.step == "apart":
        if len(state.transactions) < TRANSACTIONS + EVENTS:
            second = len(state.transactions)
            yield "commits the answers", dict(
                transactions=state.transactions + (Transaction(-1, "committed"),),
                answers=state.answers + tuple(Answer(second, first) for first in me.answers),
            ), me._replace(step="owner", position=state.transactions[number].end, known=me.next_known, **done)


def wrong(state):
    """Returns the invariant that the state violates; None if it violates none."""
    stored = set()
    for number, offset in state.topic:
        if state.transactions[number].status == "committed":
            event = state.source(offset)
            if event in stored:
                return "two events of an id are committed within the window"
            stored.add(event)
    readable = len(state.answers) if ANSWER_UNCOMMITTED else state.last_stable_offset()
    for answer in state.answers[:readable]:
        if ANSWER_UNCOMMITTED or state.transactions[answer.transaction].status == "committed":
            # An open transaction can still be committed, an aborted one never.
            if state.transactions[state.topic[answer.first][0]].status == "aborted":
                return "an answer names an event that is not committed"
    return None


def is_answered(state):
    return (
        not state.has_undecided_offset()
        and state.committed_offset() == len(state.inbox)
        and state.last_stable_offset() == len(state.answers)
    )


def main():
    start = State()
    # States by number: the hash of a state takes longer than the lookup.
    numbers, states, came, before, queue = {start: 0}, [start], [None], [[]], deque([0])
    while queue:
        number = queue.popleft()
        for what, following in steps(states[number]):
            reached = numbers.setdefault(following, len(states))
            if reached == len(states):
                states.append(following)
                came.append((number, what))
                before.append([])
                mistake = wrong(following)
                if mistake:
                    return broken(mistake, reached, came)
                queue.append(reached)
            before[reached].append(number)
    reaching = {number for number, state in enumerate(states) if is_answered(state)}
    queue = deque(reaching)
    while queue:
        for number in before[queue.popleft()]:
            if number not in reaching:
                reaching.add(number)
                queue.append(number)
    for number, state in enumerate(states):
        # The model is limited to the last ownership and the last transaction, Kafka is not.
        if number not in reaching and state.generation + 1 < OWNERSHIPS and len(state.transactions) < TRANSACTIONS:
            return broken("the events can never be answered", number, came)
    print(f"holds in all {len(states)} reachable states ({MEMBERS} members, {OWNERSHIPS} ownerships, {TRANSACTIONS} transactions)")
    return 0


def broken(mistake, number, came):
    print(f"BROKEN: {mistake}")
    trace = []
    while came[number]:
        number, what = came[number]
        trace.append(what)
    print("  " + "\n  ".join(reversed(trace)))
    return 1


# Collections would visit all states again and again, and find no cycles.
gc.disable()
sys.exit(main())

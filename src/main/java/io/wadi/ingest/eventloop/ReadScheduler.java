package io.wadi.ingest.eventloop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A schedule that shares an event loop's time among clients. A connection with data is read at once while the loop's
 * iteration is short and no other connection waits; otherwise it waits. Waiting connections are read by deficit round
 * robin (Shreedhar and Varghese, 1996) over the time to read them and to respond. The time is divided three to one
 * between clients that have sent a key and all others, then equally among the clients of each group. The connections of
 * a client are read in the order in which they began to wait. All others have at most their {@link AnonymousShare}, even
 * if the loop has nothing else to do.
 *
 * <p>A client is behind once all waits of its connections have been too long for {@link #BEHIND_AFTER}. As in
 * controlled delay (RFC 8289), the shortest wait distinguishes a standing queue from a burst. Used on the loop only.
 */
public final class ReadScheduler {
    /**
     * The duration of too long waits after which a client is behind; a pause of the JVM or a burst of requests is
     * shorter.
     */
    static final Duration BEHIND_AFTER = Duration.ofMillis(100);

    /** The number of a client's waiting connections up to which none of its requests is late. */
    static final int NEVER_LATE = 16;

    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** For a single client, which need not yield to others: making connections wait costs a tenth of the throughput. */
    private static final long TURN_ALONE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** The quantum of a client in a round and, times its parts, of a group. */
    private static final long QUANTUM_NANOS = TURN_NANOS / 4;

    private static final int PARTS_WITH_KEY = 3;

    /** The number of clients that stay known as having shown a key after their last connection was closed. */
    static final int MAX_KEY_HOLDERS = 1_000;

    private final LoopIteration iteration;
    private final Timer timer;
    private final AnonymousShare anonymous;
    private final TimeBudget budget = new TimeBudget();
    private final long longestNanos;
    private final LongSupplier nanoTime;
    private final Map<Object, Client> clients = new HashMap<>();
    private final Group withKey = new Group(PARTS_WITH_KEY);
    private final Group others = new Group(1);
    private final List<Group> groups = List.of(withKey, others);
    /** Addresses that have shown a key, the latest last: a client that reconnects keeps its precedence. */
    private final Set<Object> haveShownKey = new LinkedHashSet<>();

    /** Whether a call of {@link #readWaiting} is scheduled in the next iteration. */
    private boolean isScheduled;
    /** Whether a call of {@link #readWaiting} is scheduled for when others may be read again. */
    private boolean isDelayed;
    /** Whether waiting connections are being read, and since when. */
    private boolean reading;

    private long began;
    /** The connection that is being read; null between reads. */
    private Connection current;
    /** The time since when a connection of the others is read without having waited. */
    private long currentSince;

    /**
     * Creates a schedule without connections.
     *
     * @param iteration of the loop
     * @param timer of the loop
     * @param anonymous the share of the clients without a key
     * @param longest how long a connection may wait before its request is too late
     */
    ReadScheduler(
            LoopIteration iteration, Timer timer, AnonymousShare anonymous, Duration longest, LongSupplier nanoTime) {
        this.iteration = iteration;
        this.timer = timer;
        this.anonymous = anonymous;
        this.longestNanos = longest.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Runs tasks on the loop. */
    @FunctionalInterface
    interface Timer {
        /** Runs a task in another iteration, after this delay. */
        void schedule(Runnable task, long nanos);
    }

    /** Clients that share a part of the time. */
    private static final class Group {
        private final int parts;
        private final Queue<Client> waiting = new ArrayDeque<>();
        private long left;

        Group(int parts) {
            this.parts = parts;
        }
    }

    /** An address. */
    private final class Client {
        private final Queue<Connection> waiting = new ArrayDeque<>();
        private Group group;
        private int connections;
        private long left;
        /** The time since when its connections have waited too long. */
        private long tooLongSince;

        private boolean isTooLong;

        Client(Group group) {
            this.group = group;
        }

        void waited(long nanos, long now) {
            if (nanos <= longestNanos) {
                isTooLong = false;
            } else if (!isTooLong) {
                isTooLong = true;
                tooLongSince = now;
            }
        }

        boolean isBehind(long now) {
            return isTooLong && now - tooLongSince > BEHIND_AFTER.toNanos() && waiting.size() > NEVER_LATE;
        }
    }

    private record Deferred(Runnable work, boolean isDiscardable) {}

    /** A connection with scheduled reads. */
    public abstract static class Connection implements AutoCloseable {
        private final ReadScheduler reads;
        private final Object address;
        private final Client client;
        private boolean waits;
        private long since;
        private boolean mayReadNext;
        /** Whether it may be read and no request of this read has arrived yet. */
        private boolean beginsRead;

        private long waited;
        /** Work on requests that have been read. */
        private final Queue<Deferred> later = new ArrayDeque<>();

        /** Adds a connection of the client with this address. */
        protected Connection(ReadScheduler reads, Object address) {
            super();
            this.reads = reads;
            this.address = address;
            this.client = reads.clients.computeIfAbsent(
                    address, first -> reads.new Client(reads.hasShownKey(address) ? reads.withKey : reads.others));
            client.connections++;
            if (client.connections == 1 && client.group == reads.withKey) {
                reads.anonymous.addClientsWithKey(1);
            }
        }

        /**
         * Reads the data that is available. A connection that cannot be read now may be read at the loop's next
         * attempt.
         *
         * @return whether it was read
         */
        protected abstract boolean read();

        /** Called if the connection need not be polled for data until {@link #read} or {@link #release} is called. */
        protected void hold() {}

        /** Called when the connection is to be polled for data again. */
        protected void release() {}

        /** Returns whether it may be read now; if not, {@link #read} is called once it may. */
        public final boolean mayRead() {
            return reads.mayRead(this);
        }

        /** Returns whether it is scheduled to be read, or has deferred work. */
        public final boolean isWaiting() {
            return waits;
        }

        /** Returns whether more may be read in this turn. */
        public final boolean mayReadOn() {
            return reads.mayGoOn();
        }

        /** Returns whether work on a request that has been read may begin now; if not, defer it with {@link #later}. */
        public final boolean mayWork() {
            // The clock was read just before, for the read with its first request.
            boolean isFirst = beginsRead;
            beginsRead = false;
            return later.isEmpty() && (isFirst || mayReadOn());
        }

        /**
         * Defers work to the connection's next turn, before more of it is read. Discards it if the connection is closed
         * first.
         */
        public final void later(Runnable work) {
            later(new Deferred(work, true));
        }

        /** Defers work like {@link #later}, but runs it even if the connection is closed first. */
        public final void laterInAnyCase(Runnable work) {
            later(new Deferred(work, false));
        }

        private void later(Deferred work) {
            later.add(work);
            reads.await(this);
        }

        /** Returns whether connections of another client are scheduled to be read or have deferred work. */
        public final boolean isAnotherClientWaiting() {
            int clientsWaiting = reads.withKey.waiting.size() + reads.others.waiting.size();
            return clientsWaiting > (client.waiting.isEmpty() ? 0 : 1);
        }

        /** Returns whether the turn has lasted so long that the rest of a request's work is left to a later one. */
        public final boolean isTurnOver() {
            return reads.isTurnOver();
        }

        private boolean goOn() {
            if (later.isEmpty()) {
                return read();
            }
            reads.current = this;
            do {
                later.remove().work().run();
            } while (!later.isEmpty() && mayReadOn());
            reads.current = null;
            if (later.isEmpty()) {
                release();
            } else {
                reads.await(this);
            }
            return true;
        }

        /** Marks the end of a read. */
        public final void wasRead() {
            if (!reads.reading && reads.isLimited(client.group)) {
                reads.budget.use(reads.nanoTime.getAsLong() - reads.currentSince);
            }
            reads.current = null;
            beginsRead = false;
        }

        /** Removes the connection, and discards deferred work that needs it. */
        @Override
        public void close() {
            later.removeIf(Deferred::isDiscardable);
            client.connections--;
            if (client.connections == 0) {
                reads.clients.remove(address);
                if (client.group == reads.withKey) {
                    reads.anonymous.addClientsWithKey(-1);
                }
            }
        }
    }

    private boolean mayGoOn() {
        long longest = clients.size() == 1 ? TURN_ALONE_NANOS : TURN_NANOS;
        return reading ? nanoTime.getAsLong() - began <= longest : iteration.nanos() <= longest;
    }

    private boolean isTurnOver() {
        return reading ? nanoTime.getAsLong() - began > TURN_NANOS : iteration.isOver();
    }

    private boolean mayRead(Connection connection) {
        if (!connection.mayReadNext && mayReadAtOnce(connection.client.group)) {
            connection.waited = 0;
            connection.client.waited(0, 0);
            connection.mayReadNext = true;
        }
        if (connection.mayReadNext) {
            connection.mayReadNext = false;
            connection.beginsRead = true;
            current = connection;
            return true;
        }
        await(connection);
        if (isLimited(connection.client.group)) {
            // Otherwise the loop would find its data again and again, and do nothing else.
            connection.hold();
        }
        return false;
    }

    private boolean mayReadAtOnce(Group group) {
        if (!isNoneWaiting(group) || !mayGoOn()) {
            return false;
        }
        if (!isLimited(group)) {
            return true;
        }
        currentSince = nanoTime.getAsLong();
        return !budget.isExhausted(anonymous.share(), currentSince);
    }

    /** Returns whether no connection waits before those of a group; clients with a key do not wait for limited ones. */
    private boolean isNoneWaiting(Group group) {
        return withKey.waiting.isEmpty() && (others.waiting.isEmpty() || (group == withKey && anonymous.isLimited()));
    }

    private boolean isLimited(Group group) {
        return group == others && anonymous.isLimited();
    }

    private void await(Connection connection) {
        if (connection.waits) {
            return;
        }
        connection.waits = true;
        connection.since = nanoTime.getAsLong();
        Client client = connection.client;
        if (client.waiting.isEmpty()) {
            client.group.waiting.add(client);
        }
        client.waiting.add(connection);
        if (!reading) {
            schedule(connection.since);
        }
    }

    /** Schedules the next turn, if connections wait and it is not scheduled. */
    private void schedule(long now) {
        if (isScheduled) {
            return;
        }
        if (!withKey.waiting.isEmpty() || mayReadOthers(now)) {
            isScheduled = true;
            timer.schedule(this::readScheduled, 0);
        } else if (!others.waiting.isEmpty() && !isDelayed) {
            isDelayed = true;
            timer.schedule(this::readDelayed, budget.nanosUntilRefilled(anonymous.share()));
        }
    }

    private void readScheduled() {
        isScheduled = false;
        readWaiting();
    }

    private void readDelayed() {
        isDelayed = false;
        readWaiting();
    }

    private boolean mayReadOthers(long now) {
        return !others.waiting.isEmpty() && !(anonymous.isLimited() && budget.isExhausted(anonymous.share(), now));
    }

    /** Reads waiting connections for the time of a turn, at least one. */
    private void readWaiting() {
        reading = true;
        began = nanoTime.getAsLong();
        long now = began;
        try {
            Group next = nextGroup(now);
            while (next != null && now - began <= TURN_NANOS) {
                now += readFirst(next, now);
                next = nextGroup(now);
            }
        } finally {
            reading = false;
            schedule(now);
        }
    }

    /** Reads the next connection; returns the nanoseconds that this took. */
    private long readFirst(Group group, long now) {
        Client client = nextClient(group);
        Connection connection = client.waiting.remove();
        if (client.waiting.isEmpty()) {
            group.waiting.remove();
            client.left = Math.min(client.left, 0);
        }
        connection.waits = false;
        connection.waited = now - connection.since;
        connection.mayReadNext = connection.later.isEmpty();
        if (connection.goOn()) {
            client.waited(connection.waited, now);
        }
        long used = nanoTime.getAsLong() - now;
        client.left -= used;
        group.left -= used;
        if (isLimited(group)) {
            budget.use(used);
        }
        return used;
    }

    /** Returns the group of the next connection; null if none may be read now. */
    private Group nextGroup(long now) {
        boolean mayReadOthers = mayReadOthers(now);
        if (withKey.waiting.isEmpty() || !mayReadOthers) {
            Group only = mayReadOthers ? others : withKey;
            // The time that the other group leaves is no debt.
            only.left = Math.max(only.left, 0);
            return only.waiting.isEmpty() ? null : only;
        }
        while (true) {
            for (Group each : groups) {
                if (each.left > 0) {
                    return each;
                }
            }
            groups.forEach(each -> each.left = Math.min(each.left, 0) + each.parts * QUANTUM_NANOS);
        }
    }

    private static Client nextClient(Group group) {
        while (true) {
            Client first = group.waiting.peek();
            if (first.left > 0) {
                return first;
            }
            first.left += QUANTUM_NANOS;
            group.waiting.add(group.waiting.remove());
        }
    }

    /** Marks the client of the connection that is being read as one with a key. */
    public void hasKey() {
        if (current != null && current.client.group == others) {
            Client client = current.client;
            client.group = withKey;
            anonymous.addClientsWithKey(1);
            addKeyHolder(current.address);
            if (!client.waiting.isEmpty()) {
                others.waiting.remove(client);
                withKey.waiting.add(client);
            }
        }
    }

    private void addKeyHolder(Object address) {
        haveShownKey.add(address);
        if (haveShownKey.size() > MAX_KEY_HOLDERS) {
            Iterator<Object> oldest = haveShownKey.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Returns whether the client with this address has shown a key; {@value #MAX_KEY_HOLDERS} clients are stored. */
    public boolean hasShownKey(Object address) {
        return haveShownKey.contains(address);
    }

    /** Returns whether the request being read is too late and its client is behind. */
    boolean isLate() {
        return current != null && current.waited > longestNanos && current.client.isBehind(nanoTime.getAsLong());
    }
}

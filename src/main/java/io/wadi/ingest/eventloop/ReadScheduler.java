package io.wadi.ingest.eventloop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A schedule that shares an event loop's time among clients. A connection with data is read at once while the loop's
 * iteration is short and no other connection waits; otherwise it waits for its turn among the {@link WaitingClients}.
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

    /** The number of clients that stay known as having shown a key after their last connection was closed. */
    static final int MAX_KEY_HOLDERS = 1_000;

    private final LoopIteration iteration;
    private final Timer timer;
    private final AnonymousShare anonymous;
    private final WaitingClients waiting;
    private final long longestNanos;
    private final LongSupplier nanoTime;
    private final Map<Object, Client> clients = new HashMap<>();
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
    /** The time since when a connection of a limited client is read without having waited. */
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
        this.waiting = new WaitingClients(anonymous);
        this.longestNanos = longest.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Runs tasks on the loop. */
    @FunctionalInterface
    interface Timer {
        /** Runs a task in another iteration, after this delay. */
        void schedule(Runnable task, long nanos);
    }

    /** An address. */
    private final class Client extends WaitingClients.Client {
        private int connections;
        /** The time since when its connections have waited too long. */
        private long tooLongSince;

        private boolean isTooLong;

        Client(boolean hasKey) {
            super(hasKey);
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
            return isTooLong && now - tooLongSince > BEHIND_AFTER.toNanos() && waiting() > NEVER_LATE;
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
            this.reads = reads;
            this.address = address;
            this.client = reads.clients.computeIfAbsent(address, first -> reads.new Client(reads.hasShownKey(address)));
            client.connections++;
            if (client.connections == 1 && client.hasKey()) {
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
            return reads.waiting.size() > (client.waiting() == 0 ? 0 : 1);
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
            if (!reads.reading && reads.waiting.isLimited(client)) {
                reads.waiting.use(reads.nanoTime.getAsLong() - reads.currentSince);
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
                if (client.hasKey()) {
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
        if (!connection.mayReadNext && mayReadAtOnce(connection.client)) {
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
        if (waiting.isLimited(connection.client)) {
            // Otherwise the loop would find its data again and again, and do nothing else.
            connection.hold();
        }
        return false;
    }

    private boolean mayReadAtOnce(Client client) {
        if (!waiting.isNoneBefore(client) || !mayGoOn()) {
            return false;
        }
        if (!waiting.isLimited(client)) {
            return true;
        }
        currentSince = nanoTime.getAsLong();
        return !waiting.isShareUsed(currentSince);
    }

    private void await(Connection connection) {
        if (connection.waits) {
            return;
        }
        connection.waits = true;
        connection.since = nanoTime.getAsLong();
        waiting.add(connection.client, connection);
        if (!reading) {
            schedule(connection.since);
        }
    }

    /** Schedules the next turn, if connections wait and it is not scheduled. */
    private void schedule(long now) {
        if (isScheduled) {
            return;
        }
        if (waiting.mayRead(now)) {
            isScheduled = true;
            timer.schedule(this::readScheduled, 0);
        } else if (waiting.size() > 0 && !isDelayed) {
            isDelayed = true;
            timer.schedule(this::readDelayed, waiting.nanosUntilOthers());
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

    /** Reads waiting connections for the time of a turn, at least one. */
    private void readWaiting() {
        reading = true;
        began = nanoTime.getAsLong();
        long now = began;
        try {
            WaitingClients.Group next = waiting.next(now);
            while (next != null && now - began <= TURN_NANOS) {
                now += readFirst(next, now);
                next = waiting.next(now);
            }
        } finally {
            reading = false;
            schedule(now);
        }
    }

    /** Reads the next connection of a group; returns the nanoseconds that this took. */
    private long readFirst(WaitingClients.Group group, long now) {
        Connection connection = group.remove();
        Client client = connection.client;
        connection.waits = false;
        connection.waited = now - connection.since;
        connection.mayReadNext = connection.later.isEmpty();
        if (connection.goOn()) {
            client.waited(connection.waited, now);
        }
        long used = nanoTime.getAsLong() - now;
        waiting.use(group, client, used);
        return used;
    }

    /** Marks the client of the connection that is being read as one with a key. */
    public void hasKey() {
        if (current != null && !current.client.hasKey()) {
            waiting.sentKey(current.client);
            anonymous.addClientsWithKey(1);
            addKeyHolder(current.address);
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

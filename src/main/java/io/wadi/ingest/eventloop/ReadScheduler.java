package io.wadi.ingest.eventloop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The schedule by which an event loop's time is shared out among its clients. A connection that has something to read is read at once while the turn is
 * short and nothing waits; else it waits, and those that wait are read by deficit round robin (Shreedhar and Varghese, 1996) over
 * the time that reading and answering them takes: first among clients that have shown a key and all others, three parts to one,
 * then among the clients of each, equally, and of each client in the order in which they began to wait.
 *
 * <p>A client is behind once its connections have waited for too long for {@link #BEHIND_AFTER}, without one in between that has
 * not. To tell a standing queue from a burst by its shortest wait is the idea of controlled delay (RFC 8289). Used on the loop only.
 */
public final class ReadScheduler {
    /** How long waits are too long before a client is behind; a pause of the JVM or a burst of requests is over sooner. */
    static final Duration BEHIND_AFTER = Duration.ofMillis(100);

    /** While no more of a client's connections wait, none of its requests is late, however slow they are. */
    static final int NEVER_LATE = 16;

    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** While there is one client alone, which need not leave room for others: to make others wait costs a tenth of the rate. */
    private static final long TURN_ALONE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What a client or, times its parts, a group is given in a round. */
    private static final long QUANTUM_NANOS = TURN_NANOS / 4;

    private static final int PARTS_WITH_KEY = 3;

    private final LoopIteration turns;
    private final Runnable readNext;
    private final long longestNanos;
    private final LongSupplier nanoTime;
    private final Map<Object, Client> clients = new HashMap<>();
    private final Group withKey = new Group(PARTS_WITH_KEY);
    private final Group others = new Group(1);
    private final List<Group> groups = List.of(withKey, others);

    /** Whether those that wait are read, and since when. */
    private boolean reading;

    private long began;
    /** The connection that is being read; null between reads. */
    private Connection current;

    /**
     * Creates a schedule without connections.
     *
     * @param turns of the loop
     * @param readNext schedules a call of {@link #readWaiting} in another turn
     * @param longest how long a connection may wait before its request is too late
     */
    ReadScheduler(LoopIteration turns, Runnable readNext, Duration longest, LongSupplier nanoTime) {
        this.turns = turns;
        this.readNext = readNext;
        this.longestNanos = longest.toNanos();
        this.nanoTime = nanoTime;
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
        private Group group = others;
        private int connections;
        private long left;
        /** Since when its connections have waited for too long. */
        private long tooLongSince;

        private boolean isTooLong;

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

    /** A connection whose reads are shared out. */
    public abstract static class Connection implements AutoCloseable {
        private final ReadScheduler reads;
        private final Object address;
        private final Client client;
        private boolean waits;
        private long since;
        private boolean mayReadNext;
        /** Whether it may be read, and no request of this read has come yet. */
        private boolean beginsRead;

        private long waited;
        /** Work on requests that have been read. */
        private final Queue<Runnable> later = new ArrayDeque<>();

        /** Adds a connection of a client, which is an address. */
        protected Connection(ReadScheduler reads, Object address) {
            super();
            this.reads = reads;
            this.address = address;
            this.client = reads.clients.computeIfAbsent(address, first -> reads.new Client());
            client.connections++;
        }

        /**
         * Reads what has come. A connection that cannot be read now may be read at the loop's next attempt.
         *
         * @return whether it was read
         */
        protected abstract boolean read();

        /** Whether it may be read now; if not, {@link #read} is called once it may. */
        public final boolean mayRead() {
            return reads.mayRead(this);
        }

        /** Whether more may be read, where some has been. */
        public final boolean mayReadOn() {
            return reads.mayGoOn();
        }

        /** Whether work on a request that has been read may begin now; if not, it is to be done {@link #later}. */
        public final boolean mayWork() {
            // The clock has just been looked at for the read that has brought its first request.
            boolean isFirst = beginsRead;
            beginsRead = false;
            return later.isEmpty() && (isFirst || mayReadOn());
        }

        /** Defers work to the connection's next turn, before more of it is read. Discards it if the connection is closed first. */
        public final void later(Runnable work) {
            later.add(work);
            reads.await(this);
        }

        private boolean goOn() {
            if (later.isEmpty()) {
                return read();
            }
            reads.current = this;
            do {
                later.remove().run();
            } while (!later.isEmpty() && mayReadOn());
            reads.current = null;
            if (!later.isEmpty()) {
                reads.await(this);
            }
            return true;
        }

        /** It has been read. */
        public final void wasRead() {
            reads.current = null;
            beginsRead = false;
        }

        /** Removes the connection, and discards the work that it has deferred. */
        @Override
        public void close() {
            later.clear();
            client.connections--;
            if (client.connections == 0) {
                reads.clients.remove(address);
            }
        }
    }

    private boolean mayGoOn() {
        long longest = clients.size() == 1 ? TURN_ALONE_NANOS : TURN_NANOS;
        return reading ? nanoTime.getAsLong() - began <= longest : turns.nanos() <= longest;
    }

    private boolean mayRead(Connection connection) {
        if (!connection.mayReadNext && isNoneWaiting() && mayGoOn()) {
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
        return false;
    }

    private boolean isNoneWaiting() {
        return withKey.waiting.isEmpty() && others.waiting.isEmpty();
    }

    private void await(Connection connection) {
        if (connection.waits) {
            return;
        }
        connection.waits = true;
        connection.since = nanoTime.getAsLong();
        if (isNoneWaiting() && !reading) {
            readNext.run();
        }
        Client client = connection.client;
        if (client.waiting.isEmpty()) {
            client.group.waiting.add(client);
        }
        client.waiting.add(connection);
    }

    /** Reads connections that wait, for a turn's time; the first in any case. */
    void readWaiting() {
        reading = true;
        began = nanoTime.getAsLong();
        long now = began;
        try {
            while (!isNoneWaiting() && now - began <= TURN_NANOS) {
                now += readFirst(now);
            }
        } finally {
            reading = false;
            if (!isNoneWaiting()) {
                readNext.run();
            }
        }
    }

    /** Reads the connection whose turn it is; returns the nanoseconds that this took. */
    private long readFirst(long now) {
        Group group = nextGroup();
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
        return used;
    }

    private Group nextGroup() {
        while (true) {
            for (Group each : groups) {
                if (!each.waiting.isEmpty() && (each.left > 0 || isAlone(each))) {
                    return each;
                }
            }
            groups.forEach(each -> each.left = Math.min(each.left, 0) + each.parts * QUANTUM_NANOS);
        }
    }

    /** The time that the other group leaves is no debt. */
    private boolean isAlone(Group group) {
        boolean isAlone = (group == withKey ? others : withKey).waiting.isEmpty();
        if (isAlone) {
            group.left = Math.max(group.left, 0);
        }
        return isAlone;
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

    /** The client whose connection is being read has shown a key. */
    public void hasKey() {
        if (current != null && current.client.group == others) {
            Client client = current.client;
            client.group = withKey;
            if (!client.waiting.isEmpty()) {
                others.waiting.remove(client);
                withKey.waiting.add(client);
            }
        }
    }

    /** Whether the request that is being read has waited for too long, and its client is behind. */
    boolean isLate() {
        return current != null && current.waited > longestNanos && current.client.isBehind(nanoTime.getAsLong());
    }
}

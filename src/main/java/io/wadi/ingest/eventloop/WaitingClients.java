package io.wadi.ingest.eventloop;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * The clients with waiting connections, in the order in which these are read: by deficit round robin (Shreedhar and
 * Varghese, 1996) over the time to read them and to respond. The time is divided three to one between clients that have
 * sent a key and all others, then equally among the clients of each group. The connections of a client are read in the
 * order in which they began to wait. All others have at most their {@link AnonymousShare}, even if the loop has nothing
 * else to do. Used on the loop only.
 */
final class WaitingClients {
    /** The quantum of a client in a round and, times its parts, of a group. */
    private static final long QUANTUM_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private static final int PARTS_WITH_KEY = 3;

    private final AnonymousShare anonymous;
    private final TimeBudget budget = new TimeBudget();
    private final Group withKey = new Group(PARTS_WITH_KEY);
    private final Group others = new Group(1);
    private final List<Group> groups = List.of(withKey, others);

    WaitingClients(AnonymousShare anonymous) {
        this.anonymous = anonymous;
    }

    /** Clients that share a part of the time. */
    static final class Group {
        private final int parts;
        private final Queue<Client> waiting = new ArrayDeque<>();
        private long left;

        Group(int parts) {
            this.parts = parts;
        }

        private Client first() {
            while (true) {
                Client first = waiting.peek();
                if (first.left > 0) {
                    return first;
                }
                first.left += QUANTUM_NANOS;
                waiting.add(waiting.remove());
            }
        }

        /** Returns and removes the next connection; the group must not be empty. */
        ReadScheduler.Connection remove() {
            Client client = first();
            ReadScheduler.Connection next = client.waiting.remove();
            if (client.waiting.isEmpty()) {
                waiting.remove();
                client.left = Math.min(client.left, 0);
            }
            return next;
        }
    }

    abstract static class Client {
        private final Queue<ReadScheduler.Connection> waiting = new ArrayDeque<>();
        private boolean hasKey;
        private long left;

        Client(boolean hasKey) {
            this.hasKey = hasKey;
        }

        /** Returns whether the client has sent a key. */
        final boolean hasKey() {
            return hasKey;
        }

        /** Returns the number of its waiting connections. */
        final int waiting() {
            return waiting.size();
        }
    }

    private Group group(Client client) {
        return client.hasKey ? withKey : others;
    }

    void add(Client client, ReadScheduler.Connection connection) {
        if (client.waiting.isEmpty()) {
            group(client).waiting.add(client);
        }
        client.waiting.add(connection);
    }

    /** Moves a client to the group of those with a key. */
    void sentKey(Client client) {
        if (!client.waiting.isEmpty()) {
            others.waiting.remove(client);
            withKey.waiting.add(client);
        }
        client.hasKey = true;
    }

    /** Returns the number of clients with waiting connections. */
    int size() {
        return withKey.waiting.size() + others.waiting.size();
    }

    /** Returns whether a client has a limited share of the time now. */
    boolean isLimited(Client client) {
        return !client.hasKey && anonymous.isLimited();
    }

    /** Returns whether no connection waits before those of a client; those with a key do not wait for limited ones. */
    boolean isNoneBefore(Client client) {
        return withKey.waiting.isEmpty() && (others.waiting.isEmpty() || (client.hasKey && anonymous.isLimited()));
    }

    /** Returns whether the clients without a key have used their share. */
    boolean isShareUsed(long now) {
        return anonymous.isLimited() && budget.isExhausted(anonymous.share(), now);
    }

    /** Counts time as used by a client without a key, if their share is limited. */
    void use(long nanos) {
        if (anonymous.isLimited()) {
            budget.use(nanos);
        }
    }

    /** Counts time as used by the connection that was the next one of a group. */
    void use(Group group, Client client, long nanos) {
        client.left -= nanos;
        group.left -= nanos;
        if (group == others) {
            use(nanos);
        }
    }

    /** Returns whether a connection may be read now. */
    boolean mayRead(long now) {
        return !withKey.waiting.isEmpty() || mayReadOthers(now);
    }

    private boolean mayReadOthers(long now) {
        return !others.waiting.isEmpty() && !isShareUsed(now);
    }

    /** Returns the time after which the clients without a key may be read again. */
    long nanosUntilOthers() {
        return budget.nanosUntilRefilled(anonymous.share());
    }

    /** Returns the group of the next connection; null if none may be read now. */
    Group next(long now) {
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
}

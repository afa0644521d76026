package io.wadi.ingest.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of one event loop, each with its guard. Used on that loop only. */
final class Connections {
    private final ConnectionGuard.Limits limits;
    private final AtomicInteger open;
    private final int most;
    private final Set<ConnectionGuard> guards = new HashSet<>();

    /** Takes the limits of each, the count of all event loops' connections, and how many they may be. */
    Connections(ConnectionGuard.Limits limits, AtomicInteger open, int most) {
        this.limits = limits;
        this.open = open;
        this.most = most;
    }

    /** Takes a connection that has just been made; closes it at once where there are too many. */
    void opened(HttpConnection connection) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            connection.close();
            return;
        }
        ConnectionGuard guard = new ConnectionGuard(limits);
        var pipeline = ((ConnectionBase) connection).channel().pipeline();
        pipeline.addBefore(pipeline.context(VertxHandler.class).name(), "wadi-guard", guard);
        guards.add(guard);
        connection.closeHandler(closed -> {
            open.decrementAndGet();
            guards.remove(guard);
        });
    }

    /** Closes those whose clients have done nothing for too long. */
    void check() {
        List.copyOf(guards).forEach(ConnectionGuard::check);
    }
}

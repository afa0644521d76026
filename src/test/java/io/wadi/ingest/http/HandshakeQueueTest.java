package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class HandshakeQueueTest {
    private final HandshakeQueue handshakes = new HandshakeQueue(2);
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();

    private void add(String client, String name, boolean isOpen) {
        handshakes.add(client, () -> isOpen, threads::add, () -> done.add(name));
    }

    private void work() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void clients_takeTurns_howeverManyConnectionsOneHas() {
        for (int i = 0; i < 5; i++) {
            add("hostile", "hostile-" + i, true);
        }
        add("honest", "honest", true);
        add("another", "another", true);
        assertThat(threads).as("at work").hasSize(2);

        work();
        assertThat(done)
                .containsExactly("hostile-0", "hostile-1", "hostile-2", "honest", "another", "hostile-3", "hostile-4");
    }

    @Test
    void closedConnection_costsNothing_andTheNextHasItsTurn() {
        add("a", "first", true);
        add("a", "second", true);
        add("a", "closed", false);
        add("a", "open", true);

        work();
        assertThat(done).containsExactly("first", "second", "open");
    }

    @Test
    void workThatFails_leavesItsThreadToTheNext() {
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            handshakes.add("a", () -> true, threads::add, () -> {
                throw new IllegalStateException("broken");
            });
        }
        add("a", "next", true);
        while (!threads.isEmpty()) {
            try {
                threads.remove().run();
            } catch (IllegalStateException e) {
                failures.add(e);
            }
        }

        assertThat(failures).hasSize(3);
        assertThat(done).containsExactly("next");
    }
}

package io.wadi.ingest.tls;

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

    private void add(String address, String name, boolean isOpen) {
        add(new HandshakeQueue.Client(address, false), name, isOpen);
    }

    private void add(HandshakeQueue.Client client, String name, boolean isOpen) {
        handshakes.add(client, () -> isOpen, threads::add, () -> done.add(name));
    }

    private void work() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void clients_areServedRoundRobin_withAnyNumberOfConnections() {
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
    void clientsWithAKey_getThreeOfFourHandshakes_whileOthersWait() {
        for (int i = 0; i < 20; i++) {
            add("address-" + i, "stranger", true);
        }
        for (int i = 0; i < 9; i++) {
            add(new HandshakeQueue.Client("honest", true), "honest-" + i, true);
        }

        work();
        assertThat(done.subList(0, 14))
                .containsExactly(
                        "stranger", // the first two began before other handshakes were queued
                        "stranger",
                        "honest-0",
                        "honest-1",
                        "honest-2",
                        "stranger",
                        "honest-3",
                        "honest-4",
                        "honest-5",
                        "stranger",
                        "honest-6",
                        "honest-7",
                        "honest-8",
                        "stranger");
        assertThat(done).hasSize(29);
    }

    @Test
    void closedConnection_isSkipped_andTheNextIsServed() {
        add("a", "first", true);
        add("a", "second", true);
        add("a", "closed", false);
        add("a", "open", true);

        work();
        assertThat(done).containsExactly("first", "second", "open");
    }

    @Test
    void taskOfAConnectionThatCloses_isRemoved() {
        add("a", "first", true);
        add("a", "second", true);
        HandshakeQueue.Client client = new HandshakeQueue.Client("b", false);
        Runnable remove = handshakes.add(client, () -> true, threads::add, () -> done.add("closed"));
        add("b", "open", true);
        assertThat(handshakes.size()).isEqualTo(2);

        remove.run();
        assertThat(handshakes.size()).isEqualTo(1);
        work();
        assertThat(done).containsExactly("first", "second", "open");
        assertThat(handshakes.size()).isZero();
        remove.run(); // has no effect
    }

    @Test
    void failingHandshake_freesItsThread() {
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            handshakes.add(new HandshakeQueue.Client("a", false), () -> true, threads::add, () -> {
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

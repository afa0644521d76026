package io.wadi.ingest.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadSchedulerTest extends ReadSchedulerTestSupport {
    @Test
    void shortIteration_readsConnectionsAtOnce() {
        Client a = client("a", READ);
        Client b = client("b", READ);
        a.left = b.left = 1;

        a.ready();
        b.ready();
        assertThat(read).containsExactly("a", "b");
    }

    @Test
    void clientThatSentAKey_isRemembered_untilDisplacedByOthers() {
        Client keyed = new Client("keyed", "keyed", READ, true);
        keyed.left = 1;
        assertThat(reads.hasShownKey("keyed")).isFalse();
        keyed.ready();
        keyed.close();
        assertThat(reads.hasShownKey("keyed")).isTrue();

        for (int i = 0; i < ReadScheduler.MAX_KEY_HOLDERS; i++) {
            Client another = new Client("another", "another-" + i, READ, true);
            another.left = 1;
            runIteration();
            runIteration();
            another.close();
            all.remove(another);
        }
        assertThat(reads.hasShownKey("keyed")).isFalse();
        assertThat(reads.hasShownKey("another-0")).isTrue();
    }

    @Test
    void reconnectingClient_keepsThePriorityOfItsKey() {
        Client keyed = new Client("keyed", "keyed", READ, true);
        keyed.left = 1;
        keyed.ready();
        keyed.close();
        all.remove(keyed);
        for (int i = 0; i < 20; i++) {
            client("stranger-" + i, Duration.ofMillis(3)).left = 1;
        }
        all.forEach(Client::ready);

        Client again = new Client("again", "keyed", READ, true);
        again.left = 1;
        again.ready();
        runIteration();
        runIteration();
        assertThat(read).contains("again");
        assertThat(read).hasSizeLessThan(6);
    }

    @Test
    void connectionsReadyDuringALongIteration_areReadInTheNextOnesInOrder() {
        for (String name : List.of("a", "b", "c", "d")) {
            client(name, Duration.ofMillis(3)).left = 1;
        }
        all.forEach(Client::ready);
        assertThat(read).containsExactly("a");
        runIteration();
        assertThat(read).containsExactly("a", "b");
        runIteration();
        runIteration();
        assertThat(read).containsExactly("a", "b", "c", "d");
    }

    @Test
    void iteration_isLimitedToTwoMilliseconds_withAnyBacklog() {
        client("another", READ);
        connections(1_000, "a", READ, false, 1);
        // Immediate reads and queued reads each take two milliseconds, plus the last read.
        assertThat(longestIteration(1_000))
                .isLessThanOrEqualTo(2 * Duration.ofMillis(2).plus(READ).toNanos());
    }

    private long longestIteration(int reads) {
        long longest = 0;
        while (read.size() < reads) {
            long before = now;
            runIteration();
            longest = Math.max(longest, now - before);
        }
        return longest;
    }

    @Test
    void iterationOfASingleClient_isLimitedToTenMilliseconds() {
        connections(1_000, "a", READ, false, 1);
        assertThat(longestIteration(1_000))
                .isGreaterThan(Duration.ofMillis(9).toNanos())
                .isLessThanOrEqualTo(2 * Duration.ofMillis(10).plus(READ).toNanos());
    }

    @Test
    void connectionsOfAClient_areReadRoundRobin() {
        List<Client> clients = connections(100, "a", READ, false, 1_000);
        runIterationsFor(Duration.ofSeconds(1));

        assertThat(clients).allSatisfy(each -> assertThat(each.left).isBetween(880, 920));
    }

    @Test
    void clients_getEqualTime_withAnyNumberOfConnections() {
        connections(200, "many", READ, false, 1_000_000);
        connections(20, "few", READ, false, 1_000_000);
        connections(1, "slow", Duration.ofMillis(5), false, 1_000_000);
        runIterationsFor(Duration.ofSeconds(10));

        Map<String, Integer> counted = counted();
        assertThat(counted.get("many")).isBetween(30_000, 38_000);
        assertThat(counted.get("few")).isBetween(30_000, 38_000);
        assertThat(counted.get("slow")).isBetween(500, 700);
    }

    @Test
    void clientsWithoutAKey_getAtMostAQuarter_inAnyNumber() {
        connections(50, "honest", READ, true, 1_000_000);
        for (int i = 0; i < 500; i++) {
            connections(2, "hostile " + i, READ, false, 1_000_000);
        }
        runIterationsFor(Duration.ofSeconds(20));

        assertThat(counted().get("honest")).isGreaterThan(140_000);
        assertThat(counted().values().stream().mapToInt(each -> each).sum()).isGreaterThan(195_000);
    }

    @Test
    void unusedTimeOfOneGroup_isGivenToTheOther() {
        connections(1, "honest", READ, true, 1);
        connections(10, "hostile", READ, false, 1_000_000);
        runIterationsFor(Duration.ofSeconds(1));

        assertThat(counted().get("hostile")).isGreaterThan(9_900);
    }

    @Test
    void pausedConnection_isReadAfterItIsReadyAgain() {
        connections(100, "a", READ, false, 1_000);
        Client paused = client("paused", READ);
        paused.left = 1;
        paused.isPaused = true;
        all.remove(paused);
        all.forEach(Client::ready);
        paused.ready();
        runIterationsFor(Duration.ofSeconds(1));
        assertThat(read).doesNotContain("paused");

        paused.ready();
        assertThat(read).contains("paused");
    }

    @Test
    void closedConnection_isRemoved() {
        Client open = client("a", READ);
        open.left = 1;
        connections(100, "gone", READ, false, 0).forEach(Client::close);
        open.ready();
        assertThat(read).containsExactly("a");
    }

    @Test
    void requestsAfterAPause_areNotLate() {
        List<Client> clients = connections(300, "a", READ, false, 0);
        for (int again = 0; again < 10; again++) {
            now += Duration.ofSeconds(1).toNanos();
            clients.forEach(each -> each.left = 1);
            runIterationsFor(Duration.ofMillis(50));
            assertThat(clients).allSatisfy(each -> assertThat(each.left).isZero());
        }
        assertThat(clients).allSatisfy(each -> assertThat(each.late).isZero());
    }

    @Test
    void requestsOfABackloggedClient_areLate_untilTheBacklogIsGone() {
        List<Client> clients = connections(1_000, "a", READ, false, 1_000_000);
        runIterationsFor(ReadScheduler.BEHIND_AFTER);
        assertThat(late(clients)).isZero();
        runIterationsFor(Duration.ofSeconds(1));
        assertThat(late(clients)).isGreaterThan(8_000);

        clients.forEach(each -> each.left = 0);
        runIterationsFor(Duration.ofSeconds(1));
        clients.forEach(each -> {
            each.late = 0;
            each.left = 1;
        });
        runIterationsFor(Duration.ofMillis(100));
        assertThat(late(clients)).isZero();
    }

    @Test
    void clientWithoutABacklog_isNotLate_whileAnotherIs() {
        List<Client> flood = connections(1_000, "flood", READ, false, 1_000_000);
        List<Client> few = connections(2, "few", READ, false, 1_000_000);
        runIterationsFor(Duration.ofSeconds(2));

        assertThat(late(flood)).isPositive();
        assertThat(late(few)).isZero();
    }

    @Test
    void fewConnections_areNeverLate_evenIfSlow() {
        List<Client> slow = connections(ReadScheduler.NEVER_LATE, "a", Duration.ofMillis(100), false, 1_000);
        runIterationsFor(Duration.ofSeconds(10));

        assertThat(read).hasSizeGreaterThan(50);
        assertThat(late(slow)).isZero();
    }

    private static int late(List<Client> clients) {
        return clients.stream().mapToInt(each -> each.late).sum();
    }
}

package io.wadi.ingest.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Reads of clients without a key while the processors are busy. */
class AnonymousReadsTest extends ReadSchedulerTestSupport {
    @Test
    void clientsWithoutAKey_getAtMostTheirShare_whileProcessorsAreBusy() {
        Client keyed = connections(1, "honest", READ, true, 1).get(0);
        keyed.ready();
        makeProcessorsBusy();
        connections(10, "hostile", READ, false, 1_000_000);
        read.clear();
        runIterationsFor(Duration.ofSeconds(10));
        assertThat(counted().get("hostile")).isBetween(6_000, 6_300);

        // A client with a key is read at once, although others wait.
        keyed.left = 1;
        read.clear();
        keyed.ready();
        assertThat(read).containsExactly("honest");
    }

    @Test
    void connectionThatHasToWaitForItsShare_isNotPolled() {
        connections(1, "honest", READ, true, 1).get(0).ready();
        makeProcessorsBusy();
        Client hostile = client("hostile", Duration.ofMillis(4));
        hostile.left = 2;
        runIteration();
        assertThat(hostile.left).isEqualTo(1);
        assertThat(hostile.isHeld).isFalse();
        runIteration();
        assertThat(hostile.isHeld).isTrue();

        // The read took two milliseconds more than a full budget: a sixteenth of 32 ms, 4 of which have passed.
        runIterationsFor(Duration.ofMillis(26));
        assertThat(hostile.left).isEqualTo(1);
        runIterationsFor(Duration.ofMillis(5));
        assertThat(hostile.left).isZero();
        assertThat(hostile.isHeld).isFalse();
    }

    @Test
    void deferredWork_ofAHeldConnection_isRunInItsTurn_andTheConnectionIsPolledAgain() {
        connections(1, "honest", READ, true, 1).get(0).ready();
        makeProcessorsBusy();
        Client hostile = client("hostile", Duration.ofMillis(4));
        hostile.left = 2;
        runIteration();
        hostile.ready();
        assertThat(hostile.isHeld).isTrue();
        hostile.later(() -> read.add("deferred"));
        runIterationsFor(Duration.ofMillis(100));

        assertThat(read).containsExactly("honest", "hostile", "deferred", "hostile");
    }

    @Test
    void waitingConnections_areRead_onceProcessorsAreIdle() {
        connections(1, "honest", READ, true, 1).get(0).ready();
        makeProcessorsBusy();
        connections(10, "hostile", READ, false, 1_000_000);
        runIterationsFor(Duration.ofSeconds(1));
        cpuLoad = 0.5;
        for (int i = 0; i < 100; i++) {
            anonymous.update();
        }
        read.clear();
        runIterationsFor(Duration.ofSeconds(1));
        assertThat(counted().get("hostile")).isGreaterThan(9_900);
    }

    private void makeProcessorsBusy() {
        cpuLoad = 1;
        for (int i = 0; i < 20; i++) {
            anonymous.update();
        }
        assertThat(anonymous.share()).isEqualTo(AnonymousShare.MIN);
    }
}

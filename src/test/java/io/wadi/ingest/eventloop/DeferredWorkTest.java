package io.wadi.ingest.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Work on requests that is deferred to a later turn of its connection. */
class DeferredWorkTest extends ReadSchedulerTestSupport {
    /** A connection with many requests in one read, each of which takes a millisecond of work. */
    private final class Pipeline extends ReadScheduler.Connection {
        private int worked;

        Pipeline(String address) {
            super(reads, address);
        }

        @Override
        protected boolean read() {
            return true;
        }

        void take(int requests) {
            for (int i = 0; i < requests; i++) {
                if (mayWork()) {
                    work();
                } else {
                    later(this::work);
                }
            }
        }

        private void work() {
            worked++;
            now += Duration.ofMillis(1).toNanos();
        }
    }

    @Test
    void manyRequestsOfOneRead_areProcessedOverSeveralIterations_interleavedWithOthers() {
        Pipeline pipeline = new Pipeline("hostile");
        Client honest = client("honest", READ);
        turns.isOver();
        pipeline.take(100);
        assertThat(pipeline.worked).as("in the turn's 2 ms").isEqualTo(3);

        honest.left = 10;
        for (int i = 0; i < 20; i++) {
            runIteration();
        }
        assertThat(read).as("reads of the other").hasSize(10);
        assertThat(pipeline.worked).isBetween(20, 80);
        for (int i = 0; i < 100; i++) {
            runIteration();
        }
        assertThat(pipeline.worked).isEqualTo(100);
    }

    @Test
    void firstRequestOfARead_isProcessedAtOnce_evenAfterASlowRead() {
        client("another", READ);
        Pipeline pipeline = new Pipeline("slow");
        assertThat(pipeline.mayRead()).isTrue();
        now += Duration.ofMillis(5).toNanos();
        pipeline.take(3);

        assertThat(pipeline.worked).isEqualTo(1);
        pipeline.wasRead();
        runIteration();
        assertThat(pipeline.worked).isEqualTo(3);
    }

    @Test
    void readWithoutARequest_grantsNoFreeRequestLater() {
        client("another", READ);
        Pipeline pipeline = new Pipeline("slow");
        assertThat(pipeline.mayRead()).isTrue();
        pipeline.wasRead();
        now += Duration.ofMillis(5).toNanos();

        assertThat(pipeline.mayWork()).isFalse();
    }

    @Test
    void closedConnection_isNotProcessedFurther() {
        client("another", READ);
        Pipeline pipeline = new Pipeline("hostile");
        turns.isOver();
        pipeline.take(10);
        pipeline.close();
        for (int i = 0; i < 20; i++) {
            runIteration();
        }
        assertThat(pipeline.worked).isEqualTo(3);
    }

    /** A connection with a body that is processed in steps of half a millisecond. */
    private final class Body extends ReadScheduler.Connection {
        private int steps;

        Body(String address, int steps) {
            super(reads, address);
            this.steps = steps;
            laterInAnyCase(this::work);
        }

        @Override
        protected boolean read() {
            return true;
        }

        private void work() {
            steps--;
            now += Duration.ofNanos(500_000).toNanos();
            if (steps > 0) {
                laterInAnyCase(this::work);
            }
        }
    }

    @Test
    void longBodiesOfClientsWithoutAKey_getAtMostAQuarter() {
        connections(50, "honest", READ, true, 1_000_000);
        for (int i = 0; i < 20; i++) {
            new Body("hostile " + i, 1_000_000);
        }
        runIterationsFor(Duration.ofSeconds(20));

        assertThat(counted().get("honest")).isGreaterThan(140_000);
    }

    /** Otherwise a request would hold its memory forever. */
    @Test
    void workInAnyCase_isDoneAfterTheConnectionIsClosed() {
        Body body = new Body("gone", 10);
        body.later(() -> body.steps = 1_000);
        body.close();
        for (int i = 0; i < 20; i++) {
            runIteration();
        }

        assertThat(body.steps).isZero();
    }
}

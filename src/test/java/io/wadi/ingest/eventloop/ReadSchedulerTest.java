package io.wadi.ingest.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ReadSchedulerTest {
    private static final Duration LONGEST = Duration.ofMillis(20);
    private static final Duration READ = Duration.ofNanos(100_000);

    private final Queue<Runnable> loop = new ArrayDeque<>();
    private long now;
    private double cpuLoad;
    private final LoopIteration turns = new LoopIteration(loop::add, () -> now);
    private final AnonymousShare anonymous = new AnonymousShare(() -> cpuLoad);
    private final ReadScheduler reads = new ReadScheduler(turns, this::schedule, anonymous, LONGEST, () -> now);
    private final List<Timer> timers = new ArrayList<>();
    private final List<Client> all = new ArrayList<>();
    /** The names of the clients that were read, in order. */
    private final List<String> read = new ArrayList<>();

    private record Timer(Runnable task, long due) {}

    private void schedule(Runnable task, long nanos) {
        timers.add(new Timer(task, now + nanos));
    }

    /** A connection with data to read while {@link #left} is positive. */
    private final class Client extends ReadScheduler.Connection {
        private final String name;
        private final Duration each;
        private final boolean hasKey;
        private int left;
        private int late;
        private boolean isPaused;
        private boolean isHeld;

        Client(String name, String address, Duration each, boolean hasKey) {
            super(reads, address);
            this.name = name;
            this.each = each;
            this.hasKey = hasKey;
            all.add(this);
        }

        /** Reads if it is allowed, as Netty does in an iteration of the event loop. */
        void ready() {
            if (left > 0 && !isHeld && mayRead()) {
                left--;
                read.add(name);
                late += reads.isLate() ? 1 : 0;
                now += each.toNanos();
                if (hasKey) {
                    reads.hasKey();
                }
                wasRead();
            }
        }

        @Override
        protected boolean read() {
            release();
            if (!isPaused) {
                ready();
            }
            return !isPaused;
        }

        @Override
        protected void hold() {
            isHeld = true;
        }

        @Override
        protected void release() {
            isHeld = false;
        }
    }

    private Client client(String name, Duration each) {
        return new Client(name, name, each, false);
    }

    private List<Client> connections(int count, String address, Duration each, boolean hasKey, int left) {
        List<Client> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Client one = new Client(address, address, each, hasKey);
            one.left = left;
            made.add(one);
        }
        return made;
    }

    /** Runs a loop iteration: reads all connections with data, then runs the queued tasks. */
    private void runIteration() {
        all.forEach(Client::ready);
        List<Timer> due = timers.stream().filter(timer -> timer.due() <= now).toList();
        timers.removeAll(due);
        due.forEach(timer -> timer.task().run());
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
    }

    private void runIterationsFor(Duration time) {
        long until = now + time.toNanos();
        while (now < until) {
            long before = now;
            runIteration();
            now += now == before ? READ.toNanos() : 0;
        }
    }

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

        assertThat(late(slow)).isZero();
    }

    private static int late(List<Client> clients) {
        return clients.stream().mapToInt(each -> each.late).sum();
    }

    private Map<String, Integer> counted() {
        Map<String, Integer> counted = new HashMap<>();
        read.forEach(each -> counted.merge(each, 1, Integer::sum));
        return counted;
    }

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

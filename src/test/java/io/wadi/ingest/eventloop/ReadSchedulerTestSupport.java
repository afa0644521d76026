package io.wadi.ingest.eventloop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Clients of an event loop in a simulated time, which run out of data after a number of reads. */
abstract class ReadSchedulerTestSupport {
    static final Duration LONGEST = Duration.ofMillis(20);
    static final Duration READ = Duration.ofNanos(100_000);

    final Queue<Runnable> loop = new ArrayDeque<>();
    long now;
    double cpuLoad;
    final LoopIteration turns = new LoopIteration(loop::add, () -> now);
    final AnonymousShare anonymous = new AnonymousShare(() -> cpuLoad);
    final ReadScheduler reads = new ReadScheduler(turns, this::schedule, anonymous, LONGEST, () -> now);
    final List<Timer> timers = new ArrayList<>();
    final List<Client> all = new ArrayList<>();
    /** The names of the clients that were read, in order. */
    final List<String> read = new ArrayList<>();

    private record Timer(Runnable task, long due) {}

    private void schedule(Runnable task, long nanos) {
        timers.add(new Timer(task, now + nanos));
    }

    /** A connection with data to read while {@link #left} is positive. */
    final class Client extends ReadScheduler.Connection {
        final String name;
        final Duration each;
        final boolean hasKey;
        int left;
        int late;
        boolean isPaused;
        boolean isHeld;

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

    final Client client(String name, Duration each) {
        return new Client(name, name, each, false);
    }

    final List<Client> connections(int count, String address, Duration each, boolean hasKey, int left) {
        List<Client> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Client one = new Client(address, address, each, hasKey);
            one.left = left;
            made.add(one);
        }
        return made;
    }

    /** Runs a loop iteration: reads all connections with data, then runs the queued tasks. */
    final void runIteration() {
        all.forEach(Client::ready);
        List<Timer> due = timers.stream().filter(timer -> timer.due() <= now).toList();
        timers.removeAll(due);
        due.forEach(timer -> timer.task().run());
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
    }

    final void runIterationsFor(Duration time) {
        long until = now + time.toNanos();
        while (now < until) {
            long before = now;
            runIteration();
            now += now == before ? READ.toNanos() : 0;
        }
    }

    final Map<String, Integer> counted() {
        Map<String, Integer> counted = new HashMap<>();
        read.forEach(each -> counted.merge(each, 1, Integer::sum));
        return counted;
    }
}

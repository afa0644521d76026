package io.wadi.bench.siege;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.InternalThreadLocalMap;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A Java agent in the attacked process. Every 5 ms it submits a task to each of Vert.x's event loops, and measures the
 * time until the loop executes it, which is the rest of the loop's turn. The elapsed time, without garbage collections,
 * includes the CPU time of other processes on a shared processor; the CPU time of the loop's thread is that of the turn
 * alone. Once a second the maxima of both are appended to a file, and at intervals the heap in use after a full
 * collection. Stack traces of long turns are written to a second file.
 */
public final class LoopProbe {
    private static final long EVERY_MS = 5;
    private static final long LONG_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int MOST_STACKS = 300;
    private static final int DEPTH = 40;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Map<Thread, Beat> beats = new ConcurrentHashMap<>();
    private final PrintWriter figures;
    private final PrintWriter stacks;
    private int stacksTaken;

    private LoopProbe(PrintWriter figures, PrintWriter stacks) {
        this.figures = figures;
        this.stacks = stacks;
    }

    /** Starts the probe. Options: the file for the figures and, after a comma, the seconds between full collections. */
    public static void premain(String options) throws IOException {
        String[] parts = options.split(",", -1);
        LoopProbe probe = new LoopProbe(
                new PrintWriter(Files.newBufferedWriter(Path.of(parts[0]))),
                new PrintWriter(Files.newBufferedWriter(Path.of(parts[0] + ".stacks"))));
        long collectEvery = TimeUnit.SECONDS.toNanos(Long.parseLong(parts[1]));
        Thread thread = new Thread(() -> probe.run(collectEvery), "siege-probe");
        thread.setDaemon(true);
        thread.start();
    }

    /** The task in one loop's queue. */
    private static final class Beat implements Runnable {
        private final Thread thread;
        private final EventLoop loop;
        private volatile boolean pending;
        private boolean stackTaken;
        private long sentNanos;
        private long sentCpu;
        private long sentCollecting;
        private long longestNanos;
        private long longestCpu;

        Beat(Thread thread, EventLoop loop) {
            this.thread = thread;
            this.loop = loop;
        }

        void send() {
            sentCollecting = collecting();
            sentCpu = THREADS.getThreadCpuTime(thread.getId());
            sentNanos = System.nanoTime();
            stackTaken = false;
            pending = true;
            loop.execute(this);
        }

        @Override
        public void run() {
            note();
            pending = false;
        }

        synchronized void note() {
            long collected = TimeUnit.MILLISECONDS.toNanos(collecting() - sentCollecting);
            longestNanos = Math.max(longestNanos, System.nanoTime() - sentNanos - collected);
            longestCpu = Math.max(longestCpu, cpu());
        }

        long cpu() {
            return THREADS.getThreadCpuTime(thread.getId()) - sentCpu;
        }

        synchronized long[] takeLongest() {
            long[] longest = {longestNanos, longestCpu};
            longestNanos = 0;
            longestCpu = 0;
            return longest;
        }
    }

    private static long collecting() {
        long millis = 0;
        for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += Math.max(0, each.getCollectionTime());
        }
        return millis;
    }

    private void run(long collectEvery) {
        long nextSecond = System.nanoTime();
        long nextCollection = nextSecond + collectEvery;
        while (true) {
            try {
                TimeUnit.MILLISECONDS.sleep(EVERY_MS);
            } catch (InterruptedException e) {
                return;
            }
            beats.values().forEach(this::beat);
            long now = System.nanoTime();
            if (now >= nextSecond) {
                nextSecond = now + TimeUnit.SECONDS.toNanos(1);
                findLoops();
                boolean collects = now >= nextCollection;
                write(collects ? heapAfterCollection() : -1);
                nextCollection += collects ? collectEvery : 0;
            }
        }
    }

    private void beat(Beat beat) {
        if (!beat.pending) {
            if (beat.loop.isShuttingDown()) {
                beats.remove(beat.thread);
            } else {
                beat.send();
            }
        } else if (System.nanoTime() - beat.sentNanos > LONG_TURN_NANOS) {
            beat.note();
            if (!beat.stackTaken && beat.cpu() > LONG_TURN_NANOS / 2 && stacksTaken < MOST_STACKS) {
                beat.stackTaken = true;
                stacksTaken++;
                stacks.println(System.currentTimeMillis() + " " + beat.thread.getName());
                Arrays.stream(beat.thread.getStackTrace())
                        .limit(DEPTH)
                        .forEach(frame -> stacks.println("    " + frame));
                stacks.flush();
            }
        }
    }

    /** Finds the event loops, which only thread-local variables of their threads refer to. */
    private void findLoops() {
        for (Thread thread : threads()) {
            if (thread instanceof FastThreadLocalThread fast
                    && thread.getName().contains("eventloop")
                    && !beats.containsKey(thread)) {
                InternalThreadLocalMap variables = fast.threadLocalMap();
                for (int i = 0; variables != null && i < 64; i++) {
                    if (variables.indexedVariable(i) instanceof EventLoop loop && loop.inEventLoop(thread)) {
                        beats.put(thread, new Beat(thread, loop));
                    }
                }
            }
        }
    }

    private static List<Thread> threads() {
        Thread[] all = new Thread[Thread.activeCount() * 2 + 64];
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        int count = root.enumerate(all, true);
        return new ArrayList<>(Arrays.asList(all).subList(0, count));
    }

    private static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private void write(long heap) {
        long nanos = 0;
        long cpu = 0;
        for (Beat each : beats.values()) {
            long[] longest = each.takeLongest();
            nanos = Math.max(nanos, longest[0]);
            cpu = Math.max(cpu, longest[1]);
        }
        figures.println(
                System.currentTimeMillis() + " " + nanos / 1_000 + " " + cpu / 1_000 + " " + heap + " " + beats.size());
        figures.flush();
    }
}

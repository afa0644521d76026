package io.wadi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * Measures the cores that other work uses: the processors' busy time, including stolen time, without that of this
 * process and its descendants. Figures from a machine that is shared with other work are not comparable. It takes a
 * sample each second; the last second of a process that ends counts as other work. See proc(5) for the fields.
 */
final class OtherWork implements DoubleSupplier {
    private static final Path PROC = Path.of("/proc");
    /** The kernel's clock ticks per second in /proc, on every Linux. */
    private static final double TICKS = 100;

    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int STEAL = 7;
    /** The indices of user and system time in the fields after the process's name. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;

    private long busyTicks = busy();
    /** The ticks of this process and its descendants, by process id. */
    private Map<Long, Long> ownTicks = own();

    private long otherTicks;
    private long beginNanos = System.nanoTime();

    private OtherWork() {}

    /** Starts sampling. */
    static OtherWork start() {
        OtherWork started = new OtherWork();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "other-work");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(started::sample, 1, 1, TimeUnit.SECONDS);
        return started;
    }

    private synchronized void sample() {
        long busy = busy();
        Map<Long, Long> own = own();
        otherTicks += busy - busyTicks - gained(ownTicks, own);
        busyTicks = busy;
        ownTicks = own;
    }

    /** Returns the ticks that processes have gained. */
    static long gained(Map<Long, Long> before, Map<Long, Long> now) {
        return now.entrySet().stream()
                .mapToLong(each -> each.getValue() - before.getOrDefault(each.getKey(), 0L))
                .sum();
    }

    /** Returns the cores, on average since the last call or the start. */
    @Override
    public synchronized double getAsDouble() {
        sample();
        long nanos = System.nanoTime();
        double cores = Math.max(0, otherTicks) / TICKS / ((nanos - beginNanos) / 1e9);
        otherTicks = 0;
        beginNanos = nanos;
        return cores;
    }

    private static long busy() {
        try (Stream<String> lines = Files.lines(PROC.resolve("stat"))) {
            return busy(lines.findFirst().orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the busy ticks of the first line of /proc/stat. */
    static long busy(String line) {
        long[] times = Arrays.stream(line.split(" +", -1))
                .skip(1)
                .limit(STEAL + 1L)
                .mapToLong(Long::parseLong)
                .toArray();
        return Arrays.stream(times).sum() - times[IDLE] - times[IO_WAIT];
    }

    private static Map<Long, Long> own() {
        ProcessHandle self = ProcessHandle.current();
        Map<Long, Long> own = new HashMap<>();
        Stream.concat(Stream.of(self), self.descendants()).forEach(process -> {
            try {
                own.put(process.pid(), own(Files.readString(PROC.resolve(process.pid() + "/stat"))));
            } catch (IOException e) {
                return; // The process has ended.
            }
        });
        return own;
    }

    /** Returns the ticks of a process by its /proc/PID/stat. */
    static long own(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
    }
}

package io.wadi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * How many cores other work takes: the processors' busy time, stolen time included, without that of this process, its
 * children and theirs. Figures of a machine that other work shares are not those of a quiet one. See proc(5) for the fields.
 */
final class OtherWork implements DoubleSupplier {
    private static final Path PROC = Path.of("/proc");
    /** The kernel's clock ticks per second in /proc, on every Linux. */
    private static final double TICKS = 100;

    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int STEAL = 7;
    /** User, system, and both of ended children, after the process' name. */
    private static final int FIRST_TIME = 11;

    private static final int LAST_TIME = 14;

    private double beginTicks = ticks();
    private long beginNanos = System.nanoTime();

    /** Returns the cores, on average since the last call or the constructor's; may be slightly below 0. */
    @Override
    public double getAsDouble() {
        double ticks = ticks();
        long nanos = System.nanoTime();
        double cores = (ticks - beginTicks) / TICKS / ((nanos - beginNanos) / 1e9);
        beginTicks = ticks;
        beginNanos = nanos;
        return cores;
    }

    private static double ticks() {
        try {
            ProcessHandle self = ProcessHandle.current();
            double own = Stream.concat(Stream.of(self), self.descendants())
                    .mapToDouble(OtherWork::own)
                    .sum();
            try (Stream<String> lines = Files.lines(PROC.resolve("stat"))) {
                return busy(lines.findFirst().orElseThrow()) - own;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the busy ticks of the first line of /proc/stat. */
    static double busy(String line) {
        long[] times = Arrays.stream(line.split(" +"))
                .skip(1)
                .limit(STEAL + 1L)
                .mapToLong(Long::parseLong)
                .toArray();
        return Arrays.stream(times).sum() - times[IDLE] - times[IO_WAIT];
    }

    private static double own(ProcessHandle process) {
        try {
            return own(Files.readString(PROC.resolve(process.pid() + "/stat")));
        } catch (NoSuchFileException e) {
            return 0; // it has ended, and its parent has its time
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the ticks of a process and its ended children, by its /proc/PID/stat. */
    static double own(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Arrays.stream(fields, FIRST_TIME, LAST_TIME + 1)
                .mapToLong(Long::parseLong)
                .sum();
    }
}

package io.wadi.local;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds free TCP ports, and the processes that listen on others. The JVMs of a test run and their child processes use
 * separate ranges, so that no JVM binds a port that another one has chosen but not bound yet.
 */
public final class Ports {
    /** The first ephemeral port; the kernel does not use lower ones for outgoing connections. */
    private static final int EPHEMERAL = firstEphemeral();

    private static final int LOWEST = 15_000;
    /** The property with this JVM's range, such as {@code 15000-17200}; all ports by default. */
    private static final String RANGE = "test.ports";

    private static final int FORKS = 4;
    private static final String LISTENING = "0A";
    private static final String UNKNOWN_PROCESS = "another process";
    private static final Set<Integer> ASSIGNED = new HashSet<>();

    private Ports() {}

    /** Returns whether the port can be bound on all addresses. */
    public static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /** Returns a free port that this method has not returned before. */
    public static synchronized int free() {
        Range range = Range.ofThisJvm();
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(range.first(), range.end());
            if (ASSIGNED.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port in the range " + range);
    }

    /** Sets this JVM's range to that of a fork of the test run, counted from 1. */
    public static void useRangeOfFork(int fork) {
        int size = (EPHEMERAL - LOWEST) / FORKS;
        int first = LOWEST + (fork - 1) % FORKS * size;
        System.setProperty(RANGE, new Range(first, first + size / 2).toString());
    }

    /** Returns the option with the range of child processes, which follows this JVM's range. */
    static List<String> childOptions() {
        if (System.getProperty(RANGE) == null) {
            return List.of();
        }
        Range own = Range.ofThisJvm();
        return List.of("-D" + RANGE + "=" + new Range(own.end(), own.end() + own.end() - own.first()));
    }

    /** A range of ports; {@code end} is exclusive. */
    private record Range(int first, int end) {
        static Range ofThisJvm() {
            String[] given = System.getProperty(RANGE, LOWEST + "-" + EPHEMERAL).split("-", -1);
            return new Range(Integer.parseInt(given[0]), Integer.parseInt(given[1]));
        }

        @Override
        public String toString() {
            return first + "-" + end;
        }
    }

    /**
     * Returns the process that listens on a port, as command and process id; empty if the port is free, "another
     * process" for processes of other users.
     */
    public static Optional<String> takenBy(int port) {
        if (isFree(port)) {
            return Optional.empty();
        }
        Set<String> sockets = Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> listeningSockets(Path.of(table), port))
                .collect(Collectors.toSet());
        return Optional.of(
                sockets.isEmpty() ? UNKNOWN_PROCESS : ownerOf(sockets).orElse(UNKNOWN_PROCESS));
    }

    /** Returns the sockets that listen on the port, in the form of the links in /proc/PID/fd. */
    private static Stream<String> listeningSockets(Path table, int port) {
        String localPort = String.format(":%04X", port);
        return lines(table).stream()
                .map(line -> line.trim().split("\\s+", -1))
                .filter(column -> column.length > 9)
                .filter(column -> column[1].endsWith(localPort) && column[3].equals(LISTENING))
                .map(column -> "socket:[" + column[9] + "]");
    }

    private static Optional<String> ownerOf(Set<String> sockets) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holdsOneOf(process, sockets)) {
                    return Optional.of(commandOf(process) + " (pid " + process.getFileName() + ")");
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean holdsOneOf(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (sockets.contains(linkTarget(file))) {
                    return true;
                }
            }
            return false;
        } catch (IOException notOursOrGone) {
            return false;
        }
    }

    private static String linkTarget(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static String commandOf(Path process) {
        return lines(process.resolve("comm")).stream().findFirst().orElse("a process");
    }

    private static int firstEphemeral() {
        return lines(Path.of("/proc/sys/net/ipv4/ip_local_port_range")).stream()
                .findFirst()
                .map(range -> Integer.parseInt(range.trim().split("\\s+", -1)[0]))
                .filter(first -> first > LOWEST + 1_000)
                .orElse(32_768);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException notHere) {
            return List.of();
        }
    }
}

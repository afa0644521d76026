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
 * The TCP ports of this machine: which are free, and which process listens on the others. The JVMs of a test run and their child
 * processes take ports from ranges of their own, so that none takes a port that another has chosen and not opened yet.
 */
public final class Ports {
    /** Below this the kernel hands no ports out for connections, so a free one stays free until it is used. */
    private static final int EPHEMERAL = firstEphemeral();

    private static final int LOWEST = 15_000;
    /** The property with this JVM's range, such as {@code 15000-17200}; without it all of them. */
    private static final String RANGE = "test.ports";

    private static final int FORKS = 4;
    private static final String LISTENING = "0A";
    private static final String SOMEBODY = "another process";
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {}

    /** Whether a server could listen on this port now, on every address of the machine. */
    public static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /** A port that is free now and that this method has not given out before in this JVM. */
    public static synchronized int free() {
        Range range = Range.ofThisJvm();
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(range.first(), range.end());
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port in the range " + range);
    }

    /** Gives this JVM the range of a fork of the test run, counted from 1. */
    public static void useRangeOfFork(int fork) {
        int size = (EPHEMERAL - LOWEST) / FORKS;
        int first = LOWEST + (fork - 1) % FORKS * size;
        System.setProperty(RANGE, new Range(first, first + size / 2).toString());
    }

    /** The option that gives a child process of this JVM a range of its own: that behind this JVM's range. */
    static List<String> childOptions() {
        if (System.getProperty(RANGE) == null) {
            return List.of();
        }
        Range own = Range.ofThisJvm();
        return List.of("-D" + RANGE + "=" + new Range(own.end(), own.end() + own.end() - own.first()));
    }

    /** The ports from the first one up to the end, which is not part of it. */
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
     * Who listens on this port: empty where it is free, else the command's name and process id. Says "another process"
     * where the system does not tell, as for processes of other users.
     */
    public static Optional<String> takenBy(int port) {
        if (isFree(port)) {
            return Optional.empty();
        }
        Set<String> sockets = Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> listeningSockets(Path.of(table), port))
                .collect(Collectors.toSet());
        return Optional.of(sockets.isEmpty() ? SOMEBODY : ownerOf(sockets).orElse(SOMEBODY));
    }

    /** The sockets that listen on the port, as the links in /proc/PID/fd name them. */
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

package io.wadi.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The user under whom a child process runs that must not be root: ourselves, or nobody where we are root. */
public final class Unprivileged {
    private static final int NOBODY = 65534;

    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

    /**
     * Nobody with the one right to read files and pass through directories of others. Without no_setuid_fixup the
     * kernel leaves this right out of access(2), by which Java asks before it opens a file.
     */
    private static final List<String> AS_NOBODY_WHO_READS_ALL = Stream.concat(
                    AS_NOBODY.stream(),
                    Stream.of(
                            "--inh-caps=+dac_read_search",
                            "--ambient-caps=+dac_read_search",
                            "--securebits=+no_setuid_fixup"))
            .toList();

    private final List<String> prefix;

    private Unprivileged(List<String> prefix) {
        this.prefix = prefix;
    }

    /** Whether this JVM runs as root. */
    public static boolean weAreRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /**
     * The user for a program that needs these directories. Root's stand-in gets more rights than a plain user only where
     * one of them lies behind a directory that others may not pass, as below /root or in a directory of mktemp.
     */
    public static Unprivileged forReading(Path... needed) throws IOException {
        if (!weAreRoot()) {
            return new Unprivileged(List.of());
        }
        for (Path each : needed) {
            if (!canRead(each)) {
                return new Unprivileged(AS_NOBODY_WHO_READS_ALL);
            }
        }
        return new Unprivileged(AS_NOBODY);
    }

    /** What to put before a command for it to run as this user. */
    public List<String> prefix() {
        return prefix;
    }

    /** Gives this user the directory and all that is in it. */
    public void own(Path directory) throws IOException {
        if (prefix.isEmpty()) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.toList();
        }
        for (Path each : all) {
            Files.setAttribute(each, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(each, "unix:gid", NOBODY, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static boolean canRead(Path path) throws IOException {
        List<String> command = new ArrayList<>(AS_NOBODY);
        command.addAll(List.of("test", "-r", path.toString()));
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while trying to read " + path, e);
        }
    }
}

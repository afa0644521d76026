package io.wadi.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The user of a child process that must not run as root: the current user, or {@code nobody} if that is root. */
public final class Unprivileged {
    private static final int NOBODY = 65534;

    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

    /**
     * {@code nobody} with the capability to read files and search directories of others. Without no_setuid_fixup the
     * kernel ignores the capability in access(2), which Java calls before it opens a file.
     */
    private static final List<String> AS_NOBODY_WITH_READ_CAPABILITY = Stream.concat(
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

    /** Returns whether this JVM runs as root. */
    public static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /**
     * Returns the user for a program that needs these directories. {@code nobody} gets the read capability only if one
     * of them is not accessible, such as below /root or in a directory of mktemp.
     */
    public static Unprivileged forReading(Path... needed) throws IOException {
        if (!isRoot()) {
            return new Unprivileged(List.of());
        }
        for (Path each : needed) {
            if (!canRead(each)) {
                return new Unprivileged(AS_NOBODY_WITH_READ_CAPABILITY);
            }
        }
        return new Unprivileged(AS_NOBODY);
    }

    /** Returns the command prefix that runs a command as this user. */
    public List<String> prefix() {
        return prefix;
    }

    /** Makes this user the owner of a directory and its contents. */
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

package io.wadi.local;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The properties of this machine that matter for {@code ./wadi up}.
 *
 * @param availableMemoryBytes memory available without swapping
 * @param usableDiskBytes free space in the data directory
 * @param root whether this JVM runs as root
 * @param commands the commands of {@link #NEEDED} on the PATH
 */
record Machine(long availableMemoryBytes, long usableDiskBytes, boolean root, Set<String> commands) {
    /** The commands that start child processes. */
    static final Set<String> NEEDED = Set.of("setsid", "setpriv");

    static Machine here(Path data) throws IOException {
        return new Machine(
                availableMemory(),
                Files.getFileStore(data).getUsableSpace(),
                Unprivileged.isRoot(),
                NEEDED.stream().filter(Machine::isOnPath).collect(Collectors.toUnmodifiableSet()));
    }

    /** Returns the available memory, limited by that of the container. */
    private static long availableMemory() throws IOException {
        long limit = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getTotalMemorySize();
        Path memory = Path.of("/proc/meminfo");
        if (!Files.exists(memory)) {
            return limit;
        }
        try (Stream<String> lines = Files.lines(memory)) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
                    .map(available -> Math.min(available, limit))
                    .findFirst()
                    .orElse(limit);
        }
    }

    private static boolean isOnPath(String command) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(":", -1)).anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }
}

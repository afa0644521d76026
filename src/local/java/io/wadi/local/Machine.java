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
 * What of the machine counts for {@code ./wadi up}.
 *
 * @param availableMemoryBytes what programs may take without swapping
 * @param usableDiskBytes what we may write in the data directory
 * @param root whether we run as root
 * @param commands those of {@link #NEEDED} that are on the PATH
 */
record Machine(long availableMemoryBytes, long usableDiskBytes, boolean root, Set<String> commands) {
    /** The commands by which child processes are started. */
    static final Set<String> NEEDED = Set.of("setsid", "setpriv");

    /** This machine, now. */
    static Machine here(Path data) throws IOException {
        return new Machine(
                availableMemory(),
                Files.getFileStore(data).getUsableSpace(),
                Unprivileged.weAreRoot(),
                NEEDED.stream().filter(Machine::isOnPath).collect(Collectors.toUnmodifiableSet()));
    }

    /** What the kernel says is available, and no more than a container's limit. */
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

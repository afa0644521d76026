package io.wadi.local;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Sends signals to processes. */
public final class Signal {
    private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);

    private Signal() {}

    /**
     * Sends a signal such as STOP. For STOP it returns when all threads are stopped, since the kernel stops them only
     * after one of them has run.
     */
    public static void send(String name, long pid) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " " + pid + " ended with " + code);
        }
        if (name.equals("STOP")) {
            await().pollInterval(Duration.ofMillis(10)).atMost(STOP_TIMEOUT).until(() -> isStopped(pid));
        }
    }

    private static boolean isStopped(long pid) throws IOException {
        List<Path> threads;
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            threads = all.toList();
        }
        for (Path thread : threads) {
            if (!isStopped(thread)) {
                return false;
            }
        }
        return true;
    }

    /** In proc(5), the state follows the name, which is in parentheses and may contain spaces. */
    private static boolean isStopped(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException hasEnded) {
            return true;
        }
    }
}

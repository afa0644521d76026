package io.wadi.local;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel sends to processes. */
public final class Signal {
    private static final Duration STANDS_WITHIN = Duration.ofMinutes(2);

    private Signal() {}

    /**
     * Sends one, such as STOP; returns when it is sent, and for STOP when the process stands. It works on until that one of its
     * threads that the kernel has chosen to stop all has the core.
     */
    public static void send(String name, long pid) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " " + pid + " ended with " + code);
        }
        if (name.equals("STOP")) {
            await().pollInterval(Duration.ofMillis(10)).atMost(STANDS_WITHIN).until(() -> stands(pid));
        }
    }

    private static boolean stands(long pid) throws IOException {
        List<Path> threads;
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            threads = all.toList();
        }
        for (Path thread : threads) {
            if (!stands(thread)) {
                return false;
            }
        }
        return true;
    }

    /** Its state, from Linux' proc(5), comes after its name, which is in brackets and may have blanks. */
    private static boolean stands(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException hasEnded) {
            return true;
        }
    }
}

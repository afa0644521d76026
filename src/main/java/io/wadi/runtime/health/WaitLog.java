package io.wadi.runtime.health;

import java.time.Duration;
import org.slf4j.Logger;

/**
 * Logs that a component waits for a server: at the first failure, when the reason changes, every minute, and at the
 * end. Not thread-safe.
 */
public final class WaitLog {
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Logger log;
    private final String server;
    private String logged = "";
    private long loggedNanos;

    /** Creates the log; {@code server} names the server with its address and the setting. */
    public WaitLog(Logger log, String server) {
        this.log = log;
        this.server = server;
    }

    /** Logs the reason of a failed attempt. */
    public void log(String reason) {
        long now = System.nanoTime();
        if (!reason.equals(logged) || now - loggedNanos > INTERVAL.toNanos()) {
            log.warn("Waiting for {}: {}; retrying until it responds", server, reason);
            logged = reason;
            loggedNanos = now;
        }
    }

    public void ended() {
        if (!logged.isEmpty()) {
            log.info("{} responds again", server);
            logged = "";
        }
    }
}

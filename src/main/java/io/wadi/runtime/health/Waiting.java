package io.wadi.runtime.health;

import java.time.Duration;
import org.slf4j.Logger;

/**
 * Says what is waited for, and why: when it begins, when the reason changes, and each minute; and when it is over. For one
 * thread.
 */
public final class Waiting {
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final Logger log;
    private final String server;
    private String said = "";
    private long saidNanos;

    /** Takes what is waited for, with where it is and the setting that says so. */
    public Waiting(Logger log, String server) {
        this.log = log;
        this.server = server;
    }

    /** It is still waited for. */
    public void because(String reason) {
        long now = System.nanoTime();
        if (!reason.equals(said) || now - saidNanos > AGAIN.toNanos()) {
            log.warn("Waiting for {}: {}; tried again until it answers", server, reason);
            said = reason;
            saidNanos = now;
        }
    }

    /** It is not waited for any more. */
    public void over() {
        if (!said.isEmpty()) {
            log.info("{} answers", server);
            said = "";
        }
    }
}

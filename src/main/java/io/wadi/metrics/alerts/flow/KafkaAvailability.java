package io.wadi.metrics.alerts.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Tracks how long Kafka has been available, because documents cannot arrive during an outage. Not thread-safe. */
final class KafkaAvailability {
    /** A longer gap between successful requests counts as an outage. */
    static final Duration MAX_GAP = Duration.ofSeconds(10);

    private boolean broken = true;
    private long since;
    private long last;

    /** Records a successful request at this {@link System#nanoTime()}. */
    void succeeded(long nanos) {
        if (broken || nanos - last > MAX_GAP.toNanos()) {
            since = nanos;
        }
        broken = false;
        last = nanos;
    }

    void failed() {
        broken = true;
    }

    /** Returns the milliseconds from the last outage to a {@link System#nanoTime()}; 0 during an outage. */
    long availableMs(long nanos) {
        return broken ? 0 : Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos - since));
    }
}

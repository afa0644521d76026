package io.wadi.metrics.alerts.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** For how long Kafka has answered without a break: while it does not, no host can be heard. For one thread. */
final class KafkaAvailability {
    /** Answers that are further apart are a break: for a while nobody looked, or nobody could. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private boolean broken = true;
    private long since;
    private long last;

    /** Kafka has answered, at this {@link System#nanoTime()}. */
    void answered(long nanos) {
        if (broken || nanos - last > LONGEST_PAUSE.toNanos()) {
            since = nanos;
        }
        broken = false;
        last = nanos;
    }

    /** Kafka has not. */
    void broke() {
        broken = true;
    }

    /** Milliseconds from the last break to then; 0 where it is broken, or was then. */
    long untilMs(long nanos) {
        return broken ? 0 : Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos - since));
    }
}

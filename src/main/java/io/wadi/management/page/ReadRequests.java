package io.wadi.management.page;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * The requests that read topics or dead letters: so many at a time, while others wait for a moment. What each holds until its
 * answer is written has a limit. Thread-safe.
 */
public final class ReadRequests {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** What Kafka sends ahead takes a quarter of what a reading may hold. */
    private static final int FETCH_PART = 4;
    /** Two in memory, and six each in JSON that is written, where all are escaped, and in its copy. */
    private static final int BYTES_A_CHARACTER = 14;

    private final int atOnce;
    private final int bytesEach;
    private final Semaphore turns;

    /** Takes how many there may be at a time, and the bytes that each may hold. */
    public ReadRequests(int atOnce, int bytesEach) {
        this.atOnce = atOnce;
        this.bytesEach = bytesEach;
        this.turns = new Semaphore(atOnce, true);
    }

    /** The settings of a consumer, which fetches no more at a time than a reading may hold. */
    public Properties limited(Properties consumer) {
        consumer.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(bytesEach / FETCH_PART));
        return consumer;
    }

    /** How many characters of records an answer may have. */
    int characters() {
        return (bytesEach - bytesEach / FETCH_PART) / BYTES_A_CHARACTER;
    }

    /**
     * Reads in its turn.
     *
     * @throws PageResponses.BusyException where that did not come soon
     */
    <T> T read(Supplier<T> reading) throws PageResponses.BusyException {
        try {
            if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PageResponses.BusyException(atOnce + " other requests read topics at the moment");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PageResponses.BusyException("Wadi is stopping");
        }
        try {
            return reading.get();
        } finally {
            turns.release();
        }
    }
}

package io.wadi.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * A load generator with an open arrival process, as that of many independent clients: a slow answer does not hold
 * the next request back, and a request's latency begins when it was to be sent. One thread; a request uses the connection that
 * has become free last. Where none is free a request waits, and where it has waited too long it is given up.
 */
final class OpenLoad implements AutoCloseable {
    /** How long answers are waited for when no more requests are sent. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(10);

    private static final long HIGHEST_MICROS = TimeUnit.MINUTES.toMicros(1);
    /** The rate of clients that send again when they have been answered. */
    private static final double AS_ANSWERED = 0;

    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    private final InetSocketAddress server;
    private final Supplier<byte[]> requests;
    private final long maxDelayNanos;
    private final Selector selector = Selector.open();
    private final Deque<LoadConnection> free = new ArrayDeque<>();
    private int waiting;
    private long end;
    private Result result = new Result(1);

    /**
     * Sends to a port of this machine.
     *
     * @param requests returns the next one
     * @param maxDelay maximum delay of a request
     */
    OpenLoad(int port, Supplier<byte[]> requests, Duration maxDelay) throws IOException {
        this.maxDelayNanos = maxDelay.toNanos();
        this.server = new InetSocketAddress("localhost", port);
        this.requests = requests;
    }

    /** The outcome of the requests of one run. */
    static final class Result {
        private final double seconds;

        /** From when it was to be sent to the answer that Kafka has it, in microseconds. */
        final Histogram accepted = new Histogram(HIGHEST_MICROS, 3);

        /** From when it was to be sent to the answer 429 or 503, in microseconds. */
        final Histogram refused = new Histogram(HIGHEST_MICROS, 3);

        /** From when it was sent to the answer 429 or 503, in microseconds. */
        final Histogram refusing = new Histogram(HIGHEST_MICROS, 3);

        private long acceptedInTime;
        private long due;
        private long sent;
        private long given;
        private long failed;
        private long broken;

        Result(double seconds) {
            this.seconds = seconds;
        }

        /** Accepted requests a second, of those answered before the end. */
        double goodput() {
            return acceptedInTime / seconds;
        }

        /** Requests a second that were to be sent. */
        double offered() {
            return due / seconds;
        }

        /** Requests a second that found no connection free in time. */
        double givenUp() {
            return given / seconds;
        }

        /** Requests a second that were refused. */
        double refusals() {
            return refused.getTotalCount() / seconds;
        }

        /** Requests with another answer, or none. */
        long failures() {
            return failed + broken;
        }

        /** The number of accepted requests. */
        long acknowledged() {
            return accepted.getTotalCount();
        }

        /** The number of requests sent and not accepted. */
        long notAcknowledged() {
            return sent - acknowledged();
        }
    }

    /** Sends as many requests as are answered, over so many connections. */
    Result saturate(int connections, Duration length) throws IOException {
        return run(AS_ANSWERED, connections, length);
    }

    /** Sends so many requests a second over so many connections at most; returns when all are answered. */
    Result offer(double rate, int connections, Duration length) throws IOException {
        return run(rate, connections, length);
    }

    private Result run(double rate, int connections, Duration length) throws IOException {
        connect(connections);
        result = new Result(length.toNanos() / 1e9);
        long begin = System.nanoTime();
        end = begin + length.toNanos();
        for (long now = begin; now < end; now = System.nanoTime()) {
            if (rate == AS_ANSWERED) {
                sendToAll(now);
            } else {
                sendWhatIsDue(begin, now, rate);
            }
            proceed();
            connect(connections);
        }
        if (rate != AS_ANSWERED) {
            sendWhatIsDue(begin, end - 1, rate);
        }
        for (long now = end; waiting > 0 && now < end + LAST_ANSWERS.toNanos(); now = System.nanoTime()) {
            proceed();
        }
        return result;
    }

    private void connect(int connections) throws IOException {
        while (free.size() + waiting < connections) {
            free.push(new LoadConnection(server, selector));
        }
        while (free.size() + waiting > connections && !free.isEmpty()) {
            free.pop().close();
        }
    }

    private void sendToAll(long now) {
        while (!free.isEmpty()) {
            result.due++;
            send(now);
        }
    }

    private void sendWhatIsDue(long begin, long now, double rate) {
        double interval = TimeUnit.SECONDS.toNanos(1) / rate;
        for (long due = begin + (long) (result.due * interval); due <= now; ) {
            if (now - due > maxDelayNanos) {
                result.given++;
            } else if (free.isEmpty()) {
                return;
            } else {
                send(due);
            }
            result.due++;
            due = begin + (long) (result.due * interval);
        }
    }

    private void send(long due) {
        LoadConnection connection = free.pop();
        result.sent++;
        waiting++;
        try {
            connection.send(requests.get(), due);
        } catch (IOException e) {
            lose(connection);
        }
    }

    /** A millisecond at most, so that what is due meanwhile is not sent much later. */
    private void proceed() throws IOException {
        selector.select(this::proceed, 1);
    }

    private void proceed(SelectionKey key) {
        LoadConnection connection = (LoadConnection) key.attachment();
        boolean wasWaiting = connection.isWaiting();
        try {
            int status = connection.proceed();
            if (status != 0) {
                answered(connection, status);
                waiting--;
                free.push(connection);
            }
        } catch (IOException e) {
            if (wasWaiting) {
                lose(connection);
            } else {
                free.remove(connection);
                connection.close();
            }
        }
    }

    private void lose(LoadConnection connection) {
        waiting--;
        result.broken++;
        connection.close();
    }

    private void answered(LoadConnection connection, int status) {
        long now = System.nanoTime();
        if (status == OK) {
            result.accepted.recordValue(micros(now - connection.due()));
            result.acceptedInTime += now < end ? 1 : 0;
        } else if (status == TOO_MANY || status == UNAVAILABLE) {
            result.refused.recordValue(micros(now - connection.due()));
            result.refusing.recordValue(micros(now - connection.sent()));
        } else {
            result.failed++;
        }
    }

    private static long micros(long nanos) {
        return Math.min(HIGHEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos));
    }

    @Override
    public void close() throws IOException {
        selector.keys().forEach(key -> ((LoadConnection) key.attachment()).close());
        selector.close();
    }
}

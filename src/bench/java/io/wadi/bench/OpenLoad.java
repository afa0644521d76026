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
 * A load generator with an open arrival process, like that of many independent clients: a slow response does not delay
 * the next request, and the latency of a request begins when it is due. It has one thread. A request uses the
 * connection that became free last; if none is free it waits, and it is dropped after a maximum delay.
 */
final class OpenLoad implements AutoCloseable {
    /** Timeout for the last requests and responses after the end of a run. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(10);

    private static final long HIGHEST_MICROS = TimeUnit.MINUTES.toMicros(1);
    /** The rate that stands for a closed load: clients send the next request after a response. */
    private static final double AS_ANSWERED = 0;

    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    private final InetSocketAddress server;
    private final Supplier<byte[]> requests;
    private final long maxDelayNanos;
    private final long lastAnswersNanos;
    private final Selector selector = Selector.open();
    private final Deque<LoadConnection> free = new ArrayDeque<>();
    private int waiting;
    private long end;
    private Result result = new Result(1);

    /**
     * Creates a generator that sends to a local port.
     *
     * @param requests returns the next one
     * @param maxDelay maximum delay of a request
     */
    OpenLoad(int port, Supplier<byte[]> requests, Duration maxDelay) throws IOException {
        this(port, requests, maxDelay, LAST_ANSWERS);
    }

    OpenLoad(int port, Supplier<byte[]> requests, Duration maxDelay, Duration lastAnswers) throws IOException {
        this.maxDelayNanos = maxDelay.toNanos();
        this.lastAnswersNanos = lastAnswers.toNanos();
        this.server = new InetSocketAddress("localhost", port);
        this.requests = requests;
    }

    /** The outcome of the requests of one run. */
    static final class Result {
        private final double seconds;

        /** The time from when a request was due to its acknowledgement, in microseconds. */
        final Histogram accepted = new Histogram(HIGHEST_MICROS, 3);

        /** The time from when a request was due to a response with 429 or 503, in microseconds. */
        final Histogram refused = new Histogram(HIGHEST_MICROS, 3);

        /** The time from when a request was sent to a response with 429 or 503, in microseconds. */
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

        /** Returns the requests per second that were accepted before the end. */
        double goodput() {
            return acceptedInTime / seconds;
        }

        /** Returns the requests per second that were due. */
        double offered() {
            return due / seconds;
        }

        /** Returns the requests per second that were dropped, since no connection was free in time. */
        double givenUp() {
            return given / seconds;
        }

        /** Returns the requests per second that were rejected. */
        double refusals() {
            return refused.getTotalCount() / seconds;
        }

        /** Returns the number of requests with another response, or without one. */
        long failures() {
            return failed + broken;
        }

        /** Returns the number of accepted requests. */
        long acknowledged() {
            return accepted.getTotalCount();
        }

        /** Returns the number of requests sent and not accepted. */
        long notAcknowledged() {
            return sent - acknowledged();
        }
    }

    /** Runs a closed load over a number of connections. */
    Result saturate(int connections, Duration length) throws IOException {
        return run(AS_ANSWERED, connections, length);
    }

    /**
     * Runs an open load at a rate, over a maximum number of connections. Returns when all requests that were due have a
     * response or were dropped; a request without a response within {@link #LAST_ANSWERS} is a failure.
     */
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
        boolean isSent = rate == AS_ANSWERED || sendWhatIsDue(begin, end, rate);
        for (long now = end; !(isSent && waiting == 0) && now < end + lastAnswersNanos; now = System.nanoTime()) {
            proceed();
            if (!isSent) {
                connect(connections);
                isSent = sendWhatIsDue(begin, now, rate);
            }
        }
        dropUnsent(begin, rate);
        loseUnanswered();
        return result;
    }

    private void dropUnsent(long begin, double rate) {
        while (rate != AS_ANSWERED && due(begin, rate) < end) {
            result.given++;
            result.due++;
        }
    }

    private void loseUnanswered() {
        for (SelectionKey key : selector.keys()) {
            LoadConnection connection = (LoadConnection) key.attachment();
            if (key.isValid() && connection.isWaiting()) {
                lose(connection);
            }
        }
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

    /** Sends the requests that are due; returns false if some of them wait for a connection. */
    private boolean sendWhatIsDue(long begin, long now, double rate) {
        for (long due = due(begin, rate); due <= now && due < end; due = due(begin, rate)) {
            if (now - due > maxDelayNanos) {
                result.given++;
            } else if (free.isEmpty()) {
                return false;
            } else {
                send(due);
            }
            result.due++;
        }
        return true;
    }

    /** Returns when the next request is due. */
    private long due(long begin, double rate) {
        return begin + (long) (result.due * (TimeUnit.SECONDS.toNanos(1) / rate));
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

    /** Processes events for at most a millisecond, so that requests that become due are not delayed much. */
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

package io.wadi.local.soak;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The load: requests with one numbered event each, at the rate of the day's curve, distributed round-robin over the
 * ingest processes. Like a load balancer, it checks the readiness of each process every second. After a refused
 * connection it sends the event to the other process; otherwise it sends no number twice, so that each event can exist
 * at most once.
 */
final class SoakLoad implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final int TICK_MS = 20;
    /** Maximum requests in flight; events beyond it count as refused. */
    private static final int MAX_IN_FLIGHT = 4_000;

    /** How the request of an event ended. */
    private enum Outcome {
        RECEIPT,
        /** Status 503, or no ready ingest process. */
        REFUSED,
        /** No response, or another status. */
        FAILED
    }

    /** The events that were due in a second, and the outcomes of that second. */
    private static final class Second {
        private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        private int due;

        int of(Outcome outcome) {
            return outcomes.getOrDefault(outcome, 0);
        }
    }

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<WadiProcess> processes;
    private final ScheduledExecutorService readinessChecks;
    private final String topic;
    private final DayCurve curve;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final BitSet receipted = new BitSet();
    private final List<Second> seconds = new ArrayList<>();
    private final boolean[] ready;
    private long begin;
    private double due;
    private int sent;
    private int next;

    SoakLoad(List<WadiProcess> processes, String topic, DayCurve curve) {
        this.processes = processes;
        this.topic = topic;
        this.curve = curve;
        ready = new boolean[processes.size()];
        readinessChecks = Executors.newScheduledThreadPool(processes.size());
    }

    /** Starts the load; {@link #now} counts from here. */
    void start() {
        begin = System.nanoTime();
        for (int i = 0; i < ready.length; i++) {
            int process = i;
            ready[i] = true;
            readinessChecks.scheduleWithFixedDelay(() -> checkReadiness(process), 1, 1, TimeUnit.SECONDS);
        }
        timer.scheduleAtFixedRate(this::tick, 0, TICK_MS, TimeUnit.MILLISECONDS);
    }

    /** Returns the seconds since the start. */
    double now() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void checkReadiness(int process) {
        try {
            boolean isReady = processes.get(process).isReady();
            synchronized (this) {
                ready[process] = isReady;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        int number;
        int count;
        synchronized (this) {
            double now = now();
            due += curve.at(now) * TICK_MS / 1e3;
            number = sent;
            count = (int) due - sent;
            sent += count;
            second().due += count;
        }
        for (int i = 0; i < count; i++) {
            send(number + i, null);
        }
    }

    /** Sends a number, but not to the process {@code notTo}, which has refused the connection. */
    private void send(int number, Integer notTo) {
        int to = choose(notTo);
        if (to < 0 || inFlight.get() >= MAX_IN_FLIGHT) {
            count(Outcome.REFUSED);
            return;
        }
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + processes.get(to).httpPort() + "/events/" + topic))
                .timeout(REQUEST_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"number\":" + number + "}"))
                .build();
        inFlight.incrementAndGet();
        client.sendAsync(request, BodyHandlers.discarding()).whenComplete((response, failure) -> {
            inFlight.decrementAndGet();
            if (failure == null) {
                record(number, response);
            } else if (isRefusedConnection(failure) && notTo == null) {
                send(number, to);
            } else {
                count(Outcome.FAILED);
            }
        });
    }

    private static boolean isRefusedConnection(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof ConnectException;
    }

    private synchronized int choose(Integer notThis) {
        for (int i = 0; i < ready.length; i++) {
            int each = next++ % ready.length;
            if (ready[each] && !Integer.valueOf(each).equals(notThis)) {
                return each;
            }
        }
        return -1;
    }

    private synchronized void record(int number, HttpResponse<Void> response) {
        if (response.statusCode() == 200) {
            receipted.set(number);
            count(Outcome.RECEIPT);
        } else {
            count(response.statusCode() == 503 ? Outcome.REFUSED : Outcome.FAILED);
        }
    }

    private synchronized void count(Outcome outcome) {
        second().outcomes.merge(outcome, 1, Integer::sum);
    }

    private Second second() {
        int second = (int) now();
        while (seconds.size() <= second) {
            seconds.add(new Second());
        }
        return seconds.get(second);
    }

    /** Returns the completed seconds. */
    synchronized List<Traffic> traffic() {
        List<Traffic> traffic = new ArrayList<>();
        for (int i = 0; i < Math.min(seconds.size(), (int) now()); i++) {
            Second each = seconds.get(i);
            traffic.add(new Traffic(
                    i, each.due, each.of(Outcome.RECEIPT), each.of(Outcome.REFUSED), each.of(Outcome.FAILED)));
        }
        return traffic;
    }

    /** Returns the numbers with a receipt. */
    synchronized BitSet receipted() {
        return (BitSet) receipted.clone();
    }

    /** Returns the number of events that were due. */
    synchronized int offered() {
        return sent;
    }

    /** Stops sending and waits for requests in flight. */
    void stop() throws InterruptedException {
        timer.shutdown();
        timer.awaitTermination(1, TimeUnit.SECONDS);
        long deadline = System.nanoTime() + REQUEST_TIMEOUT.plusSeconds(5).toNanos();
        while (inFlight.get() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(TICK_MS);
        }
        readinessChecks.shutdownNow();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        readinessChecks.shutdownNow();
    }
}

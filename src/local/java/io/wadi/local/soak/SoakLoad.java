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
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Requests with one numbered event each, as many as the day's curve asks for, dealt out to the ingest instances in turn. As a load balancer
 * does, it asks each of them every second whether it is ready, and sends nothing to one that is not. An event whose connection
 * nobody takes goes to the other ingest; else no number is sent twice, so that each may stand once at most.
 */
final class SoakLoad implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int TICK_MS = 20;
    /** Requests without an answer, beyond which none are sent: those that are due then count as refused. */
    private static final int MOST_UNDER_WAY = 4_000;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<WadiProcess> ingests;
    private final ScheduledExecutorService looks;
    private final String topic;
    private final DayCurve curve;
    private final AtomicInteger underWay = new AtomicInteger();
    private final BitSet receipted = new BitSet();
    private final List<double[]> seconds = new ArrayList<>();
    private final boolean[] ready;
    private long begin;
    private double due;
    private int sent;
    private int next;

    SoakLoad(List<WadiProcess> ingests, String topic, DayCurve curve) {
        this.ingests = ingests;
        this.topic = topic;
        this.curve = curve;
        ready = new boolean[ingests.size()];
        looks = Executors.newScheduledThreadPool(ingests.size());
    }

    /** Begins; the run's time begins here, too. */
    void start() {
        begin = System.nanoTime();
        for (int i = 0; i < ready.length; i++) {
            int ingest = i;
            ready[i] = true;
            looks.scheduleWithFixedDelay(() -> look(ingest), 1, 1, TimeUnit.SECONDS);
        }
        timer.scheduleAtFixedRate(this::tick, 0, TICK_MS, TimeUnit.MILLISECONDS);
    }

    /** Seconds since the begin. */
    double now() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void look(int ingest) {
        try {
            boolean isReady = ingests.get(ingest).isReady();
            synchronized (this) {
                ready[ingest] = isReady;
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
            second()[0] += count;
        }
        for (int i = 0; i < count; i++) {
            send(number + i, null);
        }
    }

    /** Sends a number; to another ingest than the one where nobody took it. */
    private void send(int number, Integer notTo) {
        int to = choose(notTo);
        if (to < 0 || underWay.get() >= MOST_UNDER_WAY) {
            count(2);
            return;
        }
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + ingests.get(to).httpPort() + "/events/" + topic))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"number\":" + number + "}"))
                .build();
        underWay.incrementAndGet();
        client.sendAsync(request, BodyHandlers.discarding()).whenComplete((answer, failure) -> {
            underWay.decrementAndGet();
            if (failure == null) {
                take(number, answer);
            } else if (isNotTaken(failure) && notTo == null) {
                send(number, to);
            } else {
                count(3);
            }
        });
    }

    private static boolean isNotTaken(Throwable failure) {
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

    private synchronized void take(int number, HttpResponse<Void> answer) {
        if (answer.statusCode() == 200) {
            receipted.set(number);
            second()[1]++;
        } else {
            second()[answer.statusCode() == 503 ? 2 : 3]++;
        }
    }

    private synchronized void count(int what) {
        second()[what]++;
    }

    private double[] second() {
        int second = (int) now();
        while (seconds.size() <= second) {
            seconds.add(new double[4]);
        }
        return seconds.get(second);
    }

    /** The seconds so far, without the one that has not ended. */
    synchronized List<Traffic> traffic() {
        List<Traffic> traffic = new ArrayList<>();
        for (int i = 0; i < Math.min(seconds.size(), (int) now()); i++) {
            double[] each = seconds.get(i);
            traffic.add(new Traffic(i, each[0], each[1], each[2], each[3]));
        }
        return traffic;
    }

    /** The numbers that have a receipt. */
    synchronized BitSet receipted() {
        return (BitSet) receipted.clone();
    }

    /** How many numbers were due so far. */
    synchronized int offered() {
        return sent;
    }

    /** Sends no more, and waits for the answers that are due. */
    void stop() throws InterruptedException {
        timer.shutdown();
        timer.awaitTermination(1, TimeUnit.SECONDS);
        long deadline = System.nanoTime() + PATIENCE.plusSeconds(5).toNanos();
        while (underWay.get() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(TICK_MS);
        }
        looks.shutdownNow();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        looks.shutdownNow();
    }
}

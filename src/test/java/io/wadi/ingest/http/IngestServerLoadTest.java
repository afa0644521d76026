package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.testing.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of memory and of the event loops under load, and that the memory of requests is released. */
class IngestServerLoadTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    /** So many that each of the two event loops has more of them than an iteration always processes. */
    private static final int CLIENTS = 96;

    /** More than the buffers of both sockets hold. */
    private static final int UNREAD_BYTES = 16 << 20;

    private static final String TAKEN = "200 taken";
    private static final String UNAVAILABLE = "503 {\"error\":\"the server is overloaded\"}";

    private InFlight inFlight = new InFlight(2, 1 << 20, 1 << 20, false);
    private final CountDownLatch held = new CountDownLatch(1);
    private final LongBody longBody = new LongBody();

    private EventEndpoint open() throws Exception {
        return new EventEndpoint(
                Admissions.of(ApiKeys.NONE, JwtKeys.NONE, Rate.UNLIMITED, inFlight), new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("platform-http:/events/{topic}").setBody(constant("taken"));
                        from("platform-http:/slow/{topic}")
                                .process(exchange -> work(Duration.ofMillis(2)))
                                .setBody(constant("taken"));
                        // Answered after the read, where each chunk is written at once.
                        from("platform-http:/long/{topic}")
                                .threads(1)
                                .process(exchange -> exchange.getMessage().setBody(longBody));
                        from("platform-http:/short/{topic}")
                                .process(exchange -> longBody.shortOnes.incrementAndGet())
                                .setBody(constant("taken"));
                        from("platform-http:/unread/{topic}").setBody(constant(new byte[UNREAD_BYTES]));
                        from("platform-http:/held/{topic}")
                                .threads(4)
                                .process(exchange -> held.await(SOON.toSeconds(), TimeUnit.SECONDS))
                                .setBody(constant("taken"));
                    }
                });
    }

    /** A body that ends once all short requests are processed, or after many more chunks. */
    private static final class LongBody implements Iterator<byte[]> {
        private static final int SHORT_ONES = 4;
        private static final int MAX_CHUNKS = 10_000;

        private final AtomicInteger shortOnes = new AtomicInteger();
        private volatile boolean areShortOnesSent;
        private final AtomicInteger chunks = new AtomicInteger();

        @Override
        public boolean hasNext() {
            return shortOnes.get() < SHORT_ONES && chunks.get() < MAX_CHUNKS;
        }

        @Override
        public byte[] next() {
            work(Duration.ofNanos(300_000)); // longer than a client needs to read it
            chunks.addAndGet(areShortOnesSent ? 1 : 0);
            return new byte[16 << 10];
        }
    }

    private static void work(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void requestsBeyondTheMemoryLimit_areRejected_untilItIsReleased() throws Exception {
        try (EventEndpoint port = open()) {
            byte[] request =
                    EventEndpoint.head("GET /held/open HTTP/1.1", "Host: x").getBytes(US_ASCII);
            try (Socket first = port.connect();
                    Socket second = port.connect()) {
                first.getOutputStream().write(request);
                second.getOutputStream().write(request);
                await().until(() -> inFlight.requests() == 2);

                HttpResponse<String> third = Http.post(port.url() + "/events/open", new byte[0]);
                assertThat(third.statusCode()).isEqualTo(503);
                assertThat(third.headers().firstValue("Retry-After").map(Integer::valueOf))
                        .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(1, 3));

                second.close();
                held.countDown();
                assertThat(Http.statusLine(first)).isEqualTo("HTTP/1.1 200 OK");
            }
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    @Test
    void overload_rejectsLargeBodies_butNotSmallOnes() throws Exception {
        Queue<String> small = new ConcurrentLinkedQueue<>();
        Queue<String> large = new ConcurrentLinkedQueue<>();
        BooleanSupplier isSeen = () -> large.contains(TAKEN) && large.contains(UNAVAILABLE) && small.size() > CLIENTS;
        inFlight = new InFlight(CLIENTS, 1 << 20, 1 << 20, false);
        try (EventEndpoint port = open()) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                byte[] body = new byte[i % 8 == 0 ? 4096 : 4097];
                Queue<String> answers = i % 8 == 0 ? small : large;
                clients.add(new Thread(() -> sendUntil(isSeen, port, body, answers)));
            }
            clients.forEach(Thread::start);
            for (Thread client : clients) {
                client.join();
            }

            assertThat(isSeen.getAsBoolean()).isTrue();
            assertThat(small).containsOnly(TAKEN);
            assertThat(large).containsOnly(TAKEN, UNAVAILABLE);
            await("once it is over")
                    .until(() ->
                            Http.post(port.url() + "/slow/open", new byte[4097]).statusCode() == 200);
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    /** Otherwise a client that reads a long list of receipts fast would stop the other connections of its loop. */
    @Test
    void longResponse_isWrittenInSeveralIterations() throws Exception {
        inFlight = new InFlight(2 * LongBody.SHORT_ONES, 1 << 20, 1 << 20, false);
        CountDownLatch begun = new CountDownLatch(1);
        List<Socket> others = new ArrayList<>();
        try (EventEndpoint port = open();
                Socket reader = port.connect()) {
            for (int i = 0; i < LongBody.SHORT_ONES; i++) {
                others.add(port.connect()); // half of them on the same loop
            }
            reader.getOutputStream()
                    .write(EventEndpoint.head("GET /long/open HTTP/1.1", "Host: x", "Connection: close")
                            .getBytes(US_ASCII));
            Thread reading = new Thread(() -> readAll(reader, begun));
            reading.start();
            assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
            for (Socket each : others) {
                each.getOutputStream()
                        .write(EventEndpoint.head("GET /short/open HTTP/1.1", "Host: x")
                                .getBytes(US_ASCII));
            }
            longBody.areShortOnesSent = true;
            for (Socket each : others) {
                assertThat(Http.statusLine(each)).isEqualTo("HTTP/1.1 200 OK");
            }
            reading.join();

            assertThat(longBody.chunks).hasValueLessThan(LongBody.MAX_CHUNKS);
            EventEndpoint.awaitEmpty(inFlight);
        } finally {
            for (Socket each : others) {
                each.close();
            }
        }
    }

    private static void readAll(Socket socket, CountDownLatch begun) {
        byte[] buffer = new byte[1 << 20];
        try {
            while (socket.getInputStream().read(buffer) >= 0) {
                begun.countDown();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sendUntil(BooleanSupplier isSeen, EventEndpoint port, byte[] body, Queue<String> answers) {
        long end = System.nanoTime() + SOON.toNanos();
        try {
            while (!isSeen.getAsBoolean() && System.nanoTime() < end) {
                HttpResponse<String> answer = Http.post(port.url() + "/slow/open", body);
                answers.add(answer.statusCode() + " " + answer.body());
            }
        } catch (Exception e) {
            answers.add(e.toString());
        }
    }

    @Test
    void clientThatDisconnectsDuringItsBody_releasesItsMemory() throws Exception {
        try (EventEndpoint port = open()) {
            try (Socket socket = port.connect()) {
                socket.getOutputStream()
                        .write((EventEndpoint.head("POST /events/open HTTP/1.1", "Host: x", "Content-Length: 1000")
                                        + "abc")
                                .getBytes(US_ASCII));
                await().until(() -> inFlight.bytes() == 1000);
            }
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    /** A disconnect is processed differently by Vert.x if the end of a pipelined request has not arrived. */
    @ParameterizedTest
    @ValueSource(strings = {"", "POST /events/open HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx"})
    void clientThatDisconnectsDuringALongResponse_releasesItsMemory(String pipelined) throws Exception {
        try (EventEndpoint port = open()) {
            try (Socket socket = port.connect()) {
                String request = EventEndpoint.head("GET /unread/open HTTP/1.1", "Host: x");
                socket.getOutputStream().write((request + pipelined).getBytes(US_ASCII));
                assertThat(Http.statusLine(socket)).isEqualTo("HTTP/1.1 200 OK");
                assertThat(inFlight.requests()).isEqualTo(1);
            }
            EventEndpoint.awaitEmpty(inFlight);
        }
    }
}

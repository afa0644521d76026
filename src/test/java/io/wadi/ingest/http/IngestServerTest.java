package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.auth.SignedToken;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.runtime.security.JwtVerifier;
import io.wadi.runtime.security.Proxies;
import io.wadi.testing.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/** Which requests the event port admits, up to which size, and that their memory is released. */
class IngestServerTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    /** So many that each of the two event loops has more of them than an iteration always processes. */
    private static final int CLIENTS = 96;

    private static final String TAKEN = "200 taken";
    private static final String UNAVAILABLE = "503 {\"error\":\"the server is overloaded\"}";

    private final String key = ApiKey.make("shop", new SecureRandom());
    private final ApiKeys keys = ApiKeys.parse("keys: [{name: shop, sha256: [%s], topics: [orders, select-color]}]"
            .formatted(ApiKey.hashOf(key))
            .getBytes(UTF_8));
    private InFlight inFlight = new InFlight(2, 1 << 20, 1 << 20, false);
    private final CountDownLatch held = new CountDownLatch(1);
    private final LongBody longBody = new LongBody();

    private EventEndpoint open(JwtKeys tokens, Rate rate) throws Exception {
        return new EventEndpoint(Admissions.of(keys, tokens, rate, inFlight), new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/events/{topic}").setBody(constant("taken"));
                from("platform-http:/api/select").setBody(constant("taken"));
                from("platform-http:/pixel.gif").setBody(constant("taken"));
                from("platform-http:/wadi.js").setBody(constant("taken"));
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

    private void awaitEmpty() {
        await().untilAsserted(() -> {
            assertThat(inFlight.requests()).isZero();
            assertThat(inFlight.bytes()).isZero();
        });
    }

    @Test
    void keys_grantTheirTopicsOnly() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
            HttpResponse<String> none = Http.post(port.url() + "/events/orders", new byte[3]);
            assertThat(none.statusCode()).isEqualTo(401);
            assertThat(none.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
            assertThat(none.body())
                    .isEqualTo("{\"error\":\"this topic requires a key: Authorization: Bearer KEY, or X-API-Key\"}");

            assertThat(Http.post(port.url() + "/events/open", new byte[3]).statusCode())
                    .isEqualTo(200);
            assertThat(Http.post(port.url() + "/events/orders", new byte[3], "X-API-Key", key)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(Http.post(port.url() + "/events/others", new byte[3], "Authorization", "Bearer " + key)
                            .statusCode())
                    .isEqualTo(403);
            awaitEmpty();
        }
    }

    @Test
    void keyInTheQuery_isAccepted_forBeaconsAndPixels() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
            assertThat(Http.post(port.url() + "/events/orders?key=" + key, new byte[3])
                            .statusCode())
                    .isEqualTo(200);
            assertThat(Http.post(port.url() + "/events/others?a=b&key=" + key, new byte[3])
                            .statusCode())
                    .isEqualTo(403);
            assertThat(Http.post(port.url() + "/events/orders?key=wadi_shop_no", new byte[3], "X-API-Key", key)
                            .statusCode())
                    .as("a header comes first")
                    .isEqualTo(200);
            assertThat(port.answerTo(
                            EventEndpoint.head("GET /events/orders?key=%zz HTTP/1.1", "Host: x", "Connection: close")))
                    .startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void pixel_requiresTheTopicOfItsQuery_orThePixelTopic() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
            String keyed = port.url() + "/pixel.gif?key=" + key;
            assertThat(Http.get(port.url() + "/pixel.gif?topic=open").statusCode())
                    .isEqualTo(200);
            assertThat(Http.get(port.url() + "/pixel.gif?topic=orders").statusCode())
                    .isEqualTo(401);
            assertThat(Http.get(keyed + "&topic=orders").statusCode()).isEqualTo(200);
            assertThat(Http.get(keyed).statusCode()).as("pixels").isEqualTo(403);
        }
    }

    @Test
    void pathWithoutATopic_needsNoKey() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
            assertThat(Http.get(port.url() + "/wadi.js").statusCode()).isEqualTo(200);
            assertThat(Http.get(port.url() + "/wadi.js", "X-API-Key", "wadi_shop_no")
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void classicEventPath_requiresTheClassicTopic() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
            assertThat(Http.get(port.url() + "/api/select").statusCode()).isEqualTo(401);
            assertThat(Http.get(port.url() + "/api/select", "X-API-Key", key).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void rejectedBody_isDiscarded_andTheConnectionIsReused() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
                Socket socket = port.connect()) {
            socket.getOutputStream()
                    .write(EventEndpoint.head(
                                    "POST /events/orders HTTP/1.1",
                                    "Host: x",
                                    "Content-Length: 5",
                                    "Expect: 100-continue")
                            .getBytes(US_ASCII));
            assertThat(line(socket)).isEqualTo("HTTP/1.1 401 Unauthorized");
            socket.getOutputStream()
                    .write(("hello"
                                    + EventEndpoint.head(
                                            "GET /api/select HTTP/1.1",
                                            "Host: x",
                                            "X-API-Key: " + key,
                                            "Connection: close"))
                            .getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .contains("HTTP/1.1 200 OK")
                    .endsWith("taken");
            awaitEmpty();
        }
    }

    private static String line(Socket socket) throws Exception {
        StringBuilder line = new StringBuilder();
        for (int next = socket.getInputStream().read();
                next != '\r' && next >= 0;
                next = socket.getInputStream().read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    @Test
    void rate_appliesPerClient_withRetryAfter() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, new Rate(1, 1))) {
            assertThat(Http.post(port.url() + "/events/open", new byte[0]).statusCode())
                    .isEqualTo(200);
            HttpResponse<String> second = Http.post(port.url() + "/events/open", new byte[0]);
            assertThat(second.statusCode()).isEqualTo(429);
            assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(Http.post(port.url() + "/events/orders", new byte[0], "X-API-Key", key)
                            .statusCode())
                    .as("another client")
                    .isEqualTo(200);
        }
    }

    @Test
    void requestsBeyondTheMemoryLimit_areRejected_untilItIsReleased() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
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
                assertThat(line(first)).isEqualTo("HTTP/1.1 200 OK");
            }
            awaitEmpty();
        }
    }

    @Test
    void overload_rejectsLargeBodies_butNotSmallOnes() throws Exception {
        Queue<String> small = new ConcurrentLinkedQueue<>();
        Queue<String> large = new ConcurrentLinkedQueue<>();
        BooleanSupplier isSeen = () -> large.contains(TAKEN) && large.contains(UNAVAILABLE) && small.size() > CLIENTS;
        inFlight = new InFlight(CLIENTS, 1 << 20, 1 << 20, false);
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
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
            awaitEmpty();
        }
    }

    /** Otherwise a client that reads a long list of receipts fast would stop the other connections of its loop. */
    @Test
    void longResponse_isWrittenInSeveralIterations() throws Exception {
        inFlight = new InFlight(2 * LongBody.SHORT_ONES, 1 << 20, 1 << 20, false);
        CountDownLatch begun = new CountDownLatch(1);
        List<Socket> others = new ArrayList<>();
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
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
                assertThat(line(each)).isEqualTo("HTTP/1.1 200 OK");
            }
            reading.join();

            assertThat(longBody.chunks).hasValueLessThan(LongBody.MAX_CHUNKS);
            awaitEmpty();
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
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
            try (Socket socket = port.connect()) {
                socket.getOutputStream()
                        .write((EventEndpoint.head("POST /events/open HTTP/1.1", "Host: x", "Content-Length: 1000")
                                        + "abc")
                                .getBytes(US_ASCII));
                await().until(() -> inFlight.bytes() == 1000);
            }
            awaitEmpty();
        }
    }

    @Test
    void token_isVerifiedOffTheEventLoop_beforeTheBodyIsRead() throws Exception {
        ECKey signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        JwtKeys tokens = JwtKeys.parse(
                new JWKSet(signer).toPublicJWKSet().toString().getBytes(UTF_8),
                new JwtVerifier.Options("issuer", "wadi", "topics"),
                Clock.systemUTC());
        String token =
                SignedToken.of(signer, "alice", List.of("orders"), Instant.now().plusSeconds(600));
        try (EventEndpoint port = open(tokens, Rate.UNLIMITED)) {
            for (int again = 0; again < 2; again++) {
                assertThat(Http.post(
                                        port.url() + "/events/orders",
                                        new byte[10_000],
                                        "Authorization",
                                        "Bearer " + token)
                                .statusCode())
                        .isEqualTo(200);
            }
            assertThat(Http.post(
                                    port.url() + "/events/orders",
                                    new byte[10_000],
                                    "Authorization",
                                    "Bearer " + token + "x")
                            .statusCode())
                    .isEqualTo(401);
            awaitEmpty();
        }
    }

    /** Hostile addresses fill the queue of tokens to verify; another address is served in its turn. */
    @Test
    void tokensBeyondTheQueue_areRejected_butNotThoseOfAnAddressWithFewerTokens() throws Exception {
        inFlight = new InFlight(1000, 1 << 20, 1 << 20, false);
        ECKey signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        JwtKeys tokens = JwtKeys.parse(
                new JWKSet(signer).toPublicJWKSet().toString().getBytes(UTF_8),
                new JwtVerifier.Options("issuer", "wadi", "topics"),
                heldClock());
        Admission admission = Admissions.of(Proxies.parse("127.0.0.1, ::1"), keys, tokens, Rate.UNLIMITED, inFlight);
        try (EventEndpoint port = new EventEndpoint(admission, new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/events/{topic}").setBody(constant("taken"));
            }
        })) {
            String token = SignedToken.of(
                    signer, "alice", List.of("orders"), Instant.now().plusSeconds(600));
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            List<CompletableFuture<HttpResponse<Void>>> hostile = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                hostile.add(
                        client.sendAsync(tokenRequest(port, token, "192.0.2." + i % 10), BodyHandlers.discarding()));
            }
            int rejected = hostile.size() - IngestServer.TOKEN_WORKERS - IngestServer.MAX_WAITING_TOKENS;
            await().untilAsserted(() -> assertThat(port.rejected("overloaded")).isEqualTo(rejected));
            CompletableFuture<HttpResponse<Void>> other =
                    client.sendAsync(tokenRequest(port, token, "198.51.100.1"), BodyHandlers.discarding());
            await().untilAsserted(() -> assertThat(port.rejected("overloaded")).isEqualTo(rejected + 1));
            held.countDown();

            assertThat(other.get(SOON.toSeconds(), TimeUnit.SECONDS).statusCode())
                    .isEqualTo(200);
            for (CompletableFuture<HttpResponse<Void>> each : hostile) {
                assertThat(each.get(SOON.toSeconds(), TimeUnit.SECONDS).statusCode())
                        .isIn(200, 503);
            }
            awaitEmpty();
        }
    }

    /** Returns a clock that holds the threads that verify tokens. */
    private Clock heldClock() {
        return new Clock() {
            @Override
            public Instant instant() {
                try {
                    assertThat(held.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return Instant.now();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    private static HttpRequest tokenRequest(EventEndpoint port, String token, String address) {
        return HttpRequest.newBuilder(URI.create(port.url() + "/events/orders"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .header("Authorization", "Bearer " + token)
                .header("X-Forwarded-For", address)
                .build();
    }
}

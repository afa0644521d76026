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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.service.ServiceHelper;
import org.junit.jupiter.api.Test;

/** Which requests the event port admits: keys, tokens and rates. */
class IngestServerAdmissionTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    private final String key = ApiKey.make("shop", new SecureRandom());
    private final ApiKeys keys = ApiKeys.parse("keys: [{name: shop, sha256: [%s], topics: [orders, select-color]}]"
            .formatted(ApiKey.hashOf(key))
            .getBytes(UTF_8));
    private InFlight inFlight = new InFlight(2, 1 << 20, 1 << 20, false);
    private final CountDownLatch held = new CountDownLatch(1);

    private EventEndpoint open(JwtKeys tokens, Rate rate) throws Exception {
        return new EventEndpoint(Admissions.of(keys, tokens, rate, inFlight), new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/events/{topic}").setBody(constant("taken"));
                from("platform-http:/api/select").setBody(constant("taken"));
                from("platform-http:/pixel.gif").setBody(constant("taken"));
                from("platform-http:/wadi.js").setBody(constant("taken"));
            }
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
            EventEndpoint.awaitEmpty(inFlight);
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
            assertThat(Http.get(keyed + "&Topic=orders").statusCode()).isEqualTo(403);
            assertThat(Http.get(keyed.replace("key", "Key") + "&topic=orders").statusCode())
                    .as("a field of the event, so that it must not be a valid key")
                    .isEqualTo(401);
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
            assertThat(Http.statusLine(socket)).isEqualTo("HTTP/1.1 401 Unauthorized");
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
            EventEndpoint.awaitEmpty(inFlight);
        }
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
    void token_isVerifiedOffTheEventLoop_beforeTheBodyIsRead() throws Exception {
        ECKey signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        JwtKeys tokens = JwtKeys.parse(
                new JWKSet(signer).toPublicJWKSet().toString().getBytes(UTF_8),
                new JwtVerifier.Options("issuer", "wadi", "topics"),
                Clock.systemUTC(),
                1 << 20);
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
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    /** Hostile addresses fill the queue of tokens to verify; another address is served in its turn. */
    @Test
    void tokensBeyondTheQueue_areRejected_butNotThoseOfAnAddressWithFewerTokens() throws Exception {
        inFlight = new InFlight(1000, 1 << 20, 1 << 20, false);
        ECKey signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        JwtKeys tokens = heldTokens(signer);
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
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    @Test
    void tokenOfADisconnectedClient_leavesTheQueue() throws Exception {
        inFlight = new InFlight(100, 1 << 20, 1 << 20, false);
        ECKey signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        String token =
                SignedToken.of(signer, "alice", List.of("orders"), Instant.now().plusSeconds(600));
        String request = EventEndpoint.head("GET /events/orders HTTP/1.1", "Host: x", "Authorization: Bearer " + token);
        List<Socket> clients = new ArrayList<>();
        try (EventEndpoint port = open(heldTokens(signer), Rate.UNLIMITED)) {
            for (int i = 0; i < IngestServer.TOKEN_WORKERS + 3; i++) {
                Socket client = port.connect();
                clients.add(client);
                client.getOutputStream().write(request.getBytes(US_ASCII));
            }
            await().untilAsserted(() -> assertThat(inFlight.requests()).isEqualTo(clients.size()));
            for (Socket client : clients) {
                client.close();
            }

            await().untilAsserted(() -> assertThat(inFlight.requests()).isEqualTo(IngestServer.TOKEN_WORKERS));
            held.countDown();
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    /** Otherwise a slow body would delay the replacement of its route, for which all new requests wait. */
    @Test
    void bodyOfATokenThatIsVerifiedAfterItsRouteWasSuspended_isAborted() throws Exception {
        ECKey signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        String token =
                SignedToken.of(signer, "alice", List.of("orders"), Instant.now().plusSeconds(600));
        try (EventEndpoint port = open(heldTokens(signer), Rate.UNLIMITED);
                Socket client = port.connect()) {
            client.getOutputStream()
                    .write(EventEndpoint.head(
                                    "POST /events/orders HTTP/1.1",
                                    "Host: x",
                                    "Authorization: Bearer " + token,
                                    "Content-Length: 5")
                            .getBytes(US_ASCII));
            await().untilAsserted(() -> assertThat(inFlight.requests()).isOne());
            port.camel().getRoutes().forEach(route -> ServiceHelper.suspendService(route.getConsumer()));
            held.countDown();

            assertThat(Http.statusLine(client)).isEqualTo("HTTP/1.1 503 Service Unavailable");
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    /** Returns tokens of an issuer that wait for verification. */
    private JwtKeys heldTokens(ECKey signer) {
        return JwtKeys.parse(
                new JWKSet(signer).toPublicJWKSet().toString().getBytes(UTF_8),
                new JwtVerifier.Options("issuer", "wadi", "topics"),
                heldClock(),
                1 << 20);
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

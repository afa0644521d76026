package io.wadi.ingest.http;

import static io.wadi.ingest.http.Http2Frames.DATA;
import static io.wadi.ingest.http.Http2Frames.END_HEADERS;
import static io.wadi.ingest.http.Http2Frames.END_STREAM;
import static io.wadi.ingest.http.Http2Frames.ENHANCE_YOUR_CALM;
import static io.wadi.ingest.http.Http2Frames.HEADERS;
import static io.wadi.ingest.http.Http2Frames.RST_STREAM;
import static io.wadi.ingest.http.Http2Frames.WINDOW_UPDATE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.auth.SignedToken;
import io.wadi.ingest.auth.TlsCertificate;
import io.wadi.ingest.http.Http2Frames.Frame;
import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.tls.IngestTls;
import io.wadi.runtime.security.JwtVerifier;
import io.wadi.testing.Certificate;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which requests are admitted over HTTP/2, up to which size, and that their memory is released. */
class IngestServerHttp2Test {
    private static final int INITIAL_WINDOW_SIZE = 4;

    @TempDir
    private static Path directory;

    private static SslContext tls;
    private static SSLContext trust;

    private final String key = ApiKey.make("shop", new SecureRandom());
    private final ApiKeys keys = ApiKeys.parse("keys: [{name: shop, sha256: [%s], topics: [orders]}]"
            .formatted(ApiKey.hashOf(key))
            .getBytes(UTF_8));
    private final InFlight inFlight = new InFlight(3, 1 << 20, 1 << 20, false);

    @BeforeAll
    static void make() throws Exception {
        Certificate own = Certificate.make(directory, "own", "EC");
        tls = IngestTls.context(new TlsCertificate(List.of(own.certificate()), own.key(), List.of()));
        trust = Certificate.trust(own);
    }

    private EventEndpoint open(JwtKeys tokens, Rate rate) throws Exception {
        return new EventEndpoint(() -> tls, Admissions.of(keys, tokens, rate, inFlight), new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/events/{topic}").setBody(constant("taken"));
                // Answered after the read, where each chunk is written at once.
                from("platform-http:/slow/{topic}")
                        .threads(1)
                        .process(exchange -> exchange.getMessage().setBody(slowChunks()));
                from("platform-http:/events/{topic}/{length}").process(exchange -> {
                    int length = Integer.parseInt(IngestRequest.of(exchange).path("length"));
                    exchange.getMessage().setBody(new byte[length]);
                });
            }
        });
    }

    /** Returns 128 KiB, of which a chunk takes longer than an iteration of the event loop. */
    private static Iterator<byte[]> slowChunks() {
        return Stream.generate(() -> {
                    long end = System.nanoTime() + 3_000_000;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    return new byte[16 << 10];
                })
                .limit(8)
                .iterator();
    }

    @Test
    void responseWrittenInSeveralIterations_isCharged() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED)) {
            try (Http2Frames client = connect(port)) {
                client.request(1, END_STREAM, "GET", "/slow/open");
                await().until(() -> inFlight.bytes() == 16 << 10);
            }
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    private static Http2Frames connect(EventEndpoint port) throws Exception {
        return new Http2Frames(port.connect(), trust).begin();
    }

    @Test
    void keys_grantTheirTopicsOnly() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
                Http2Frames client = connect(port)) {
            client.request(1, END_STREAM, "POST", "/events/orders");
            Http2Headers none = client.answer();
            assertThat(none.status()).hasToString("401");
            assertThat(none.get("www-authenticate")).hasToString("Bearer");
            client.request(3, END_STREAM, "POST", "/events/orders", "x-api-key", key);
            assertThat(client.status()).isEqualTo("200");
            client.request(5, END_STREAM, "POST", "/events/others", "authorization", "Bearer " + key);
            assertThat(client.status()).isEqualTo("403");
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    @Test
    void rate_appliesPerClient_notPerConnection() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, new Rate(1, 1));
                Http2Frames client = connect(port)) {
            client.request(1, END_STREAM, "POST", "/events/open");
            assertThat(client.status()).isEqualTo("200");
            client.request(3, END_STREAM, "POST", "/events/open");
            Http2Headers second = client.answer();
            assertThat(second.status()).hasToString("429");
            assertThat(second.get("retry-after")).hasToString("1");
            client.request(5, END_STREAM, "POST", "/events/orders", "x-api-key", key);
            assertThat(client.status()).isEqualTo("200");
        }
    }

    @Test
    void listedOrigins_maySend_andOthersMayNot() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
                Http2Frames client = connect(port)) {
            client.request(
                    1,
                    END_STREAM,
                    "OPTIONS",
                    "/events/open",
                    "origin",
                    "https://shop.example",
                    "access-control-request-method",
                    "POST");
            Http2Headers preflight = client.answer();
            assertThat(preflight.status()).hasToString("204");
            assertThat(preflight.get("access-control-allow-origin")).hasToString("https://shop.example");
            client.request(3, END_STREAM, "POST", "/events/open", "origin", "https://other.example");
            assertThat(client.status()).isEqualTo("403");
        }
    }

    @Test
    void memoryOfBodiesOfAnyLength_isReservedUntilReleased() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
                Http2Frames client = connect(port)) {
            client.request(1, 0, "POST", "/events/open", "content-length", "1000");
            client.request(3, 0, "POST", "/events/open");
            await().until(() -> inFlight.requests() == 2);
            assertThat(inFlight.bytes()).isEqualTo(1000 + 64 * 1024);
            client.request(5, 0, "POST", "/events/open");
            client.request(7, END_STREAM, "POST", "/events/open");
            Http2Headers tooMany = client.answer();
            assertThat(tooMany.status()).hasToString("503");
            assertThat(Integer.parseInt(tooMany.get("retry-after").toString())).isBetween(1, 3);

            client.write(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8}).write(DATA, END_STREAM, 3, new byte[10]);
            assertThat(client.read(HEADERS).map(Frame::stream)).hasValue(3);
        }
        EventEndpoint.awaitEmpty(inFlight);
    }

    @Test
    void bodyThatContinuesAfterItsRouteHasStopped_isDiscarded() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
                Http2Frames client = connect(port)) {
            client.request(1, 0, "POST", "/events/open").write(DATA, 0, 1, new byte[1000]);
            client.awaitProcessed(1);
            port.camel().suspend();
            assertThat(client.status()).isEqualTo("503");
            client.write(DATA, 0, 1, new byte[1000]);
            client.awaitProcessed(2);

            assertThat(inFlight.bytes()).isZero();
            assertThat(port.rejected("closed")).isEqualTo(1);
            assertThat(port.rejected()).isEqualTo(1);
        }
        EventEndpoint.awaitEmpty(inFlight);
    }

    @Test
    void tokensAreVerified_andRequestsResetMeanwhileHoldNothing() throws Exception {
        ECKey signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        JwtKeys tokens = JwtKeys.parse(
                new JWKSet(signer).toPublicJWKSet().toString().getBytes(UTF_8),
                new JwtVerifier.Options("issuer", "wadi", "topics"),
                Clock.systemUTC(),
                1 << 20);
        try (EventEndpoint port = open(tokens, Rate.UNLIMITED);
                Http2Frames client = connect(port)) {
            ByteArrayOutputStream takenBack = new ByteArrayOutputStream();
            for (int stream = 1; stream < 20; stream += 2) {
                byte[] block = client.block(
                        "POST", "/events/orders", "authorization", "Bearer " + token(signer, "user" + stream));
                takenBack.write(Http2Frames.frame(HEADERS, END_HEADERS, stream, block));
                takenBack.write(Http2Frames.frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
            }
            client.flood(takenBack.toByteArray());
            client.awaitProcessed(1);
            EventEndpoint.awaitEmpty(inFlight);
            client.request(21, 0, "POST", "/events/orders", "authorization", "Bearer " + token(signer, "alice"));
            client.write(DATA, END_STREAM, 21, new byte[10_000]);

            assertThat(client.status()).isEqualTo("200");
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    private static Http2Frames connect(EventEndpoint port, int window) throws Exception {
        return new Http2Frames(port.connect(), trust).begin(INITIAL_WINDOW_SIZE, window);
    }

    @Test
    void responsesThatAreNotRead_holdTheirMemory() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
                Http2Frames client = connect(port, 0)) {
            client.request(1, END_STREAM, "GET", "/events/open/10000");
            client.request(3, END_STREAM, "GET", "/events/open/100000");
            assertThat(client.status()).isEqualTo("200");
            assertThat(client.status()).isEqualTo("200");
            client.awaitProcessed(1);
            assertThat(inFlight.requests()).isEqualTo(2);
            assertThat(inFlight.bytes()).isEqualTo(10_000 + 16 * 1024);

            client.write(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0x40, 0});
            assertThat(client.read(DATA).orElseThrow().payload().remaining()).isEqualTo(10_000);
            await().untilAsserted(() -> assertThat(inFlight.requests()).isEqualTo(1));
            assertThat(inFlight.bytes()).isEqualTo(16 * 1024);

            client.write(RST_STREAM, 0, 3, new byte[] {0, 0, 0, 8});
            EventEndpoint.awaitEmpty(inFlight);
        }
    }

    @Test
    void responsesWithoutMemory_areReset_unlessTheyAreRead() throws Exception {
        int most = (1 << 20) - 1000;
        ClientShare other = inFlight.enter("other", true, most);
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
                Http2Frames client = connect(port, 10_000)) {
            client.request(1, END_STREAM, "GET", "/events/open/10000");
            assertThat(client.status()).isEqualTo("200");
            assertThat(client.read(DATA).orElseThrow().payload().remaining()).isEqualTo(10_000);

            client.request(3, END_STREAM, "GET", "/events/open/10001");
            Frame reset = client.read(RST_STREAM).orElseThrow();
            assertThat(reset.stream()).isEqualTo(3);
            assertThat(reset.error()).isEqualTo(ENHANCE_YOUR_CALM);
            await().until(() -> inFlight.requests() == 1);
            assertThat(inFlight.bytes()).isEqualTo(most);
        }
        other.leave(most);
        EventEndpoint.awaitEmpty(inFlight);
    }

    @Test
    void responsesToHead_haveNoBody() throws Exception {
        try (EventEndpoint port = open(JwtKeys.NONE, Rate.UNLIMITED);
                Http2Frames client = connect(port)) {
            client.request(1, END_STREAM, "HEAD", "/events/open/10000");
            Http2Headers small = client.answer();
            assertThat(small.status()).hasToString("200");
            assertThat(small.get("content-length")).hasToString("10000");
            client.request(3, END_STREAM, "HEAD", "/events/open/100000");
            Http2Headers large = client.answer();
            assertThat(large.status()).hasToString("200");
            assertThat(large.get("content-length")).hasToString("100000");
            client.request(5, END_STREAM, "HEAD", "/events/orders");
            Frame error = client.read(HEADERS).orElseThrow();
            assertThat(error.flags() & END_STREAM).isEqualTo(END_STREAM);
            client.request(7, END_STREAM, "HEAD", "/events/open/10000");
            assertThat(client.read().map(Frame::type)).hasValue(HEADERS);
        }
    }

    private static String token(ECKey signer, String subject) throws Exception {
        return SignedToken.of(signer, subject, List.of("orders"), Instant.now().plusSeconds(600));
    }
}

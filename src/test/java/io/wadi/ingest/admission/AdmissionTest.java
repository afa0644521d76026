package io.wadi.ingest.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.netty.util.NetUtil;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.auth.SignedToken;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.ManualTime;
import io.wadi.ingest.limits.Rate;
import io.wadi.runtime.security.JwtVerifier;
import io.wadi.runtime.security.Peer;
import io.wadi.runtime.security.Proxies;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which requests are admitted, and how the others are rejected. Topic {@code open} needs no key, all other topics do.
 */
class AdmissionTest {
    private static final Rejection INVALID = new Rejection(Reason.UNAUTHORIZED, "the key or token is invalid", 0);
    private static final JwtVerifier.Options TOKENS = new JwtVerifier.Options("issuer", "wadi", "topics");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ManualTime times = new ManualTime();
    private final String shop = ApiKey.make("shop", RANDOM);
    private final String slow = ApiKey.make("slow", RANDOM);
    private final InFlight inFlight = new InFlight(3, 10_000, 10_000, false);
    private ECKey signer;
    private Admission admission;

    @BeforeEach
    void open() throws Exception {
        signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        ApiKeys keys = ApiKeys.parse(
                """
                keys:
                  - {name: shop, sha256: [%s], topics: [orders], until: 2030-01-10}
                  - {name: slow, sha256: [%s], topics: ["*"], rate: 1}
                """.formatted(ApiKey.hashOf(shop), ApiKey.hashOf(slow)).getBytes(UTF_8));
        JwtKeys tokens = JwtKeys.parse(new JWKSet(signer).toString().getBytes(UTF_8), TOKENS, times);
        admission = admission(keys, tokens);
    }

    private Admission admission(ApiKeys keys, JwtKeys tokens) {
        return admission(
                keys,
                tokens,
                (topic, name, isLocal) -> topic.equals("open") || (name != null && !topic.equals("not-for-slow")));
    }

    private Admission admission(ApiKeys keys, JwtKeys tokens, Admission.WritePermissions permissions) {
        return new Admission(
                () -> keys,
                () -> tokens,
                Proxies.parse("10.0.0.0/8"),
                permissions,
                new Admission.Limits(new Rate(2, 2), 1000, 4000),
                inFlight,
                times,
                times);
    }

    private final class Head implements RequestHead {
        private final Map<String, String> headers = new HashMap<>();
        private String topic = "orders";
        private String address = "192.0.2.1";
        private String queryKey;
        private long contentLength = 100;
        private boolean late;

        Head with(String header, String value) {
            headers.put(header.toLowerCase(Locale.ROOT), value);
            return this;
        }

        Head bearer(String credential) {
            return with("Authorization", "Bearer " + credential);
        }

        Head to(String name) {
            topic = name;
            return this;
        }

        Head from(String text) {
            address = text;
            return this;
        }

        Head queryKey(String key) {
            queryKey = key;
            return this;
        }

        Head length(long length) {
            contentLength = length;
            return this;
        }

        Head late() {
            late = true;
            return this;
        }

        @Override
        public boolean isLate() {
            return late;
        }

        @Override
        public Peer peer() {
            return admission.peer(NetUtil.createInetAddressFromIpAddressString(address));
        }

        @Override
        public String header(CharSequence name) {
            return headers.get(name.toString().toLowerCase(Locale.ROOT));
        }

        @Override
        public String queryKey() {
            return queryKey;
        }

        @Override
        public String topic() {
            return topic;
        }

        @Override
        public long contentLength() {
            return contentLength;
        }

        @Override
        public long maxBody() {
            return 8000;
        }
    }

    private Head head() {
        return new Head();
    }

    /** Decides as the server does: a new token is verified first. */
    private Admission.Decision decide(Head head) {
        Admission.Decision decision = admission.admit(head);
        if (decision instanceof UnverifiedToken token) {
            Rejection rejection = token.verify();
            return rejection == null ? admission.admit(head) : rejection;
        }
        return decision;
    }

    private Rejection rejection(Head head) {
        Admission.Decision decision = decide(head);
        assertThat(decision).isInstanceOf(Rejection.class);
        return (Rejection) decision;
    }

    /** Returns the caller of a request that is admitted and answered at once. */
    private String admit(Head head) {
        Admission.Decision decision = decide(head);
        assertThat(decision).isInstanceOf(Permit.class);
        try (Permit permit = (Permit) decision) {
            return permit.caller();
        }
    }

    private String token(String topics) throws Exception {
        return SignedToken.of(signer, "alice", topics, times.instant().plusSeconds(60));
    }

    @Test
    void admit_keyForTheTopic_isAdmitted_fromHeaderOrQuery() {
        assertThat(admit(head().bearer(shop))).isEqualTo("shop");
        assertThat(admit(head().with("X-API-Key", shop))).isEqualTo("shop");
        times.pass(Duration.ofSeconds(5));
        assertThat(admit(head().queryKey(shop))).isEqualTo("shop");
        assertThat(admit(head().with("authorization", "bearer  " + shop))).isEqualTo("shop");
    }

    @Test
    void admit_withoutAKey_isAllowedForOpenTopicsOnly() {
        assertThat(admit(head().to("open"))).isNull();
        assertThat(admit(head().to(null))).isNull();
        assertThat(rejection(head()))
                .isEqualTo(new Rejection(
                        Reason.UNAUTHORIZED, "this topic requires a key: Authorization: Bearer KEY, or X-API-Key", 0));
        assertThat(rejection(head().with("Authorization", "Basic YTpi")).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "open"})
    void admit_invalidKey_isRejectedForEachTopic(String topic) {
        assertThat(rejection(head().to(topic).bearer(ApiKey.make("shop", RANDOM))))
                .isEqualTo(INVALID);
        assertThat(rejection(head().to(topic).bearer(ApiKey.make("nobody", RANDOM))))
                .isEqualTo(INVALID);
        assertThat(rejection(head().to(topic).bearer(shop + ", Bearer " + shop)))
                .isEqualTo(INVALID);
        assertThat(rejection(head().to(topic).bearer("a.b.c"))).isEqualTo(INVALID);
        assertThat(rejection(head().to(topic).with("X-API-Key", "").bearer(shop)))
                .isEqualTo(INVALID);
    }

    @Test
    void admit_keyForOtherTopics_is403_exceptForOpenTopics() {
        Rejection noPermission =
                new Rejection(Reason.FORBIDDEN, "the key or token does not permit writing to this topic", 0);

        assertThat(rejection(head().to("billing").bearer(shop))).isEqualTo(noPermission);
        assertThat(rejection(head().to("not-for-slow").bearer(slow))).isEqualTo(noPermission);
        assertThat(admit(head().to("open").bearer(shop))).isEqualTo("shop");
    }

    @Test
    void admit_expiredKey_is401() {
        times.pass(Duration.ofDays(10).minusMillis(1));
        assertThat(admit(head().bearer(shop))).isEqualTo("shop");

        times.pass(Duration.ofMillis(1));

        assertThat(rejection(head().bearer(shop)))
                .isEqualTo(new Rejection(Reason.UNAUTHORIZED, "the key or token has expired", 0));
    }

    @Test
    void admit_token_isAdmittedUntilItExpires() throws Exception {
        String token = token("orders billing");
        assertThat(admission.admit(head().bearer(token))).isInstanceOf(UnverifiedToken.class);
        assertThat(admit(head().bearer(token))).isEqualTo("token:alice");
        assertThat(admit(head().to("billing").bearer(token))).isEqualTo("token:alice");
        assertThat(rejection(head().to("others").bearer(token)).status()).isEqualTo(403);

        times.pass(Duration.ofSeconds(119));
        assertThat(admit(head().bearer(token))).isEqualTo("token:alice");
        times.pass(Duration.ofSeconds(1));

        assertThat(rejection(head().bearer(token)).message()).isEqualTo("the key or token has expired");
    }

    @Test
    void admit_manyNewTokensFromOneAddress_areNotAllVerified() throws Exception {
        String good = token("orders");
        admit(head().bearer(good));
        for (int i = 1; i < 50; i++) {
            assertThat(rejection(head().bearer("a.b." + i))).isEqualTo(INVALID);
        }

        assertThat(rejection(head().bearer("a.b.c")))
                .isEqualTo(new Rejection(Reason.RATE, "too many new tokens come from this address", 1));
        assertThat(rejection(head().from("192.0.2.2").bearer("a.b.c"))).isEqualTo(INVALID);
        assertThat(admit(head().bearer(good))).as("one that is known").isEqualTo("token:alice");
        times.pass(Duration.ofSeconds(1));
        assertThat(rejection(head().bearer("a.b.c"))).isEqualTo(INVALID);
    }

    @Test
    void admit_ifNoKeyIsRequired_credentialsAreNotChecked() {
        admission = admission(ApiKeys.NONE, JwtKeys.NONE);

        assertThat(admit(head().to("open").bearer("of another issuer"))).isNull();
    }

    @Test
    void admit_beforeTokensCanBeVerified_isRejected_withoutATokenAnonymous() {
        admission = admission(ApiKeys.NONE, JwtKeys.UNREAD);

        assertThat(rejection(head().to("open").bearer("a.b.c"))).isEqualTo(INVALID);
        assertThat(admit(head().to("open"))).isNull();
    }

    @Test
    void admit_overTheRate_is429_untilARateTokenIsAvailable() {
        admit(head().to("open"));
        admit(head().to("open"));
        assertThat(rejection(head().to("open")))
                .isEqualTo(new Rejection(Reason.RATE, "the client exceeds its rate", 1));
        assertThat(admit(head().to("open").from("192.0.2.2")))
                .as("another address")
                .isNull();
        assertThat(admit(head().to("open").bearer(shop)))
                .as("a key has its own")
                .isEqualTo("shop");

        times.pass(Duration.ofMillis(500));

        assertThat(admit(head().to("open"))).isNull();
        assertThat(rejection(head().to("open")).status()).isEqualTo(429);
    }

    @Test
    void admit_keyWithARate_isLimitedToIt() {
        assertThat(admit(head().bearer(slow))).isEqualTo("slow");
        assertThat(rejection(head().from("192.0.2.2").bearer(slow)).status()).isEqualTo(429);
    }

    @Test
    void charge_aBatch_delaysTheNextRequests() {
        try (Permit permit = (Permit) admission.admit(head().to("open"))) {
            permit.charge(20);
        }

        assertThat(rejection(head().to("open")).retryAfter()).isEqualTo(10);
        times.pass(Duration.ofSeconds(10));
        assertThat(admit(head().to("open"))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-For, 192.0.2.1",
        "Forwarded, for=192.0.2.1",
        "Via, 1.1 proxy",
        "Origin, https://evil.example",
        "Origin, http://localhost.evil.example:8080",
        "Origin, http://192.0.2.1",
        "Origin, null",
        "Origin, %"
    })
    void admit_requestOfAnotherMachineOrSiteWithoutKeys_mayOnlyWriteToTopicsForThem(String header, String value) {
        admission = admissionWithoutKeys();

        assertThat(rejection(head().to("orders").with(header, value)).status()).isEqualTo(401);
        try (Permit permit = (Permit) admission.admit(head().to("open").with(header, value))) {
            assertThat(permit.mayWrite("open")).isTrue();
            assertThat(permit.mayWrite("orders")).isFalse();
        }
    }

    @Test
    void admit_requestOfThisMachineWithoutKeys_mayWriteToAllTopics() {
        admission = admissionWithoutKeys();

        assertThat(admit(head().to("orders"))).isNull();
        List<String> origins = List.of(
                "http://localhost:9876",
                "http://localhost",
                "https://LOCALHOST",
                "http://shop.localhost:3000",
                "http://127.0.0.1:9876",
                "http://[::1]:9876");
        for (int i = 0; i < origins.size(); i++) {
            Head head = head().to("orders").from("198.51.100." + i).with("Origin", origins.get(i));
            assertThat(admit(head)).as(origins.get(i)).isNull();
        }
    }

    private Admission admissionWithoutKeys() {
        return admission(ApiKeys.NONE, JwtKeys.NONE, (topic, name, isLocal) -> isLocal || topic.equals("open"));
    }

    @Test
    void admit_throughAProxy_countsAgainstTheForwardedAddress() {
        for (int i = 0; i < 10; i++) {
            admit(head().to("open").from("10.0.0.1").with("X-Forwarded-For", "192.0.2." + i));
        }

        admit(head().to("open").from("198.51.100.1").with("X-Forwarded-For", "192.0.2.100"));
        admit(head().to("open").from("198.51.100.1").with("X-Forwarded-For", "192.0.2.101"));
        assertThat(rejection(head().to("open").from("198.51.100.1").with("X-Forwarded-For", "192.0.2.102"))
                        .status())
                .as("forwarded addresses of untrusted peers are ignored")
                .isEqualTo(429);
    }

    @Test
    void admit_atTheRequestLimit_is503_withoutUsingTheRate() {
        Permit first = (Permit) admission.admit(head().to("open").from("192.0.2.1"));
        admission.admit(head().to("open").from("192.0.2.2"));
        admission.admit(head().to("open").from("192.0.2.3"));

        Set<Integer> retryAfter = new TreeSet<>();
        for (int i = 0; i < 10; i++) {
            Rejection rejection = rejection(head().to("open").from("192.0.2.4"));
            assertThat(rejection.reason()).isEqualTo(Reason.IN_FLIGHT_LIMIT);
            assertThat(rejection.status()).isEqualTo(503);
            assertThat(rejection.message()).isEqualTo("the limit of requests or bytes in flight is reached");
            retryAfter.add(rejection.retryAfter());
        }
        assertThat(retryAfter).containsExactly(1, 2, 3);
        first.close();
        assertThat(admit(head().to("open").from("192.0.2.4"))).isNull();
    }

    @Test
    void admit_reservesTheLengthOfABody_upToTheWindow() {
        try (Permit permit = (Permit) admission.admit(head().to("open").length(7000))) {
            assertThat(inFlight.bytes()).isEqualTo(4000);
            try (Permit other = (Permit) admission.admit(head().to("open").length(-1))) {
                assertThat(inFlight.bytes()).isEqualTo(8000);
                assertThat(rejection(head().to("open").from("192.0.2.2").length(2001))
                                .status())
                        .isEqualTo(503);
                assertThat(other.grow(2000)).isTrue();
                assertThat(permit.grow(1)).isFalse();
                other.shrink(1000);
                assertThat(permit.grow(1)).isTrue();
            }
            assertThat(inFlight.bytes()).isEqualTo(4001);
        }
        assertThat(inFlight.bytes()).isZero();
        assertThat(inFlight.requests()).isZero();
    }

    @Test
    void admit_tooLongBody_is413() {
        assertThat(rejection(head().length(8001)))
                .isEqualTo(new Rejection(Reason.TOO_LARGE, "the body is longer than 8000 bytes", 0));
        assertThat(admit(head().to("open").length(8000))).isNull();
    }

    @Test
    void admit_requestDelayedOnTheEventLoop_is503_exceptWithASmallBody() {
        for (long length : new long[] {4097, -1}) {
            Rejection rejection = rejection(head().bearer(shop).length(length).late());
            assertThat(rejection.reason()).isEqualTo(Reason.OVERLOADED);
            assertThat(rejection.status()).isEqualTo(503);
            assertThat(rejection.message()).isEqualTo("the server is overloaded");
            assertThat(rejection.retryAfter()).isBetween(1, 3);
        }
        assertThat(inFlight.requests()).isZero();

        assertThat(admit(head().bearer(shop).length(4096).late())).isEqualTo("shop");
        assertThat(admit(head().bearer(shop).length(4097))).isEqualTo("shop");
    }

    @Test
    void admit_rejections_holdNoPermits() {
        rejection(head());
        rejection(head().bearer("wrong"));
        rejection(head().to("billing").bearer(shop));

        assertThat(inFlight.requests()).isZero();
        assertThat(inFlight.bytes()).isZero();
    }
}

package io.wadi.ingest.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests the keys and tokens admit, and how the others are rejected. */
class AdmissionCredentialsTest extends AdmissionTestSupport {
    private static final Rejection INVALID = new Rejection(Reason.UNAUTHORIZED, "the key or token is invalid", 0);

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
    void admit_newToken_isChargedUntilItIsVerified() throws Exception {
        String token = token("orders");
        try (UnverifiedToken unverified = (UnverifiedToken) admission.admit(head().bearer(token))) {
            assertThat(inFlight.requests()).isOne();
            assertThat(inFlight.bytes()).isEqualTo(2L * token.length());
            assertThat(unverified.verify()).isNull();
        }
        assertThat(inFlight.requests()).isZero();
        assertThat(inFlight.bytes()).isZero();
        assertThat(admission.admit(head().bearer(token))).isInstanceOf(Permit.class);

        Rejection rejection = rejection(head().bearer("x".repeat(5001)));
        assertThat(rejection.reason()).isEqualTo(Reason.IN_FLIGHT_LIMIT);
        assertThat(inFlight.requests()).isOne();
    }

    @Test
    void admit_longToken_isRejectedWithoutVerification() {
        assertThat(admission.admit(head().bearer("x".repeat(8193))))
                .isEqualTo(new Rejection(Reason.UNAUTHORIZED, "the token is longer than 8,192 characters", 0));
        assertThat(rejection(head().bearer("x".repeat(8192))).reason())
                .as("within the length, but the pool has less than its memory")
                .isEqualTo(Reason.IN_FLIGHT_LIMIT);
    }

    @Test
    void admit_ifNoKeyIsRequired_credentialsAreNotChecked() {
        admission = admission(ApiKeys.NONE, JwtKeys.NONE);

        assertThat(admit(head().to("open").bearer("of another issuer"))).isNull();
    }

    @Test
    void admit_beforeTokensCanBeVerified_isRejected_withoutATokenAnonymous() {
        admission = admission(ApiKeys.NONE, JwtKeys.UNREAD);

        assertThat(admission.admit(head().to("open").bearer("a.b.c")))
                .as("there is nothing to verify")
                .isEqualTo(INVALID);
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
        "Origin, %",
        "Sec-Fetch-Site, cross-site", // an image, for which browsers send no Origin
        "Host, rebound.example:8080",
        "Host, localhost.evil.example",
        "Host, wadi:8080",
        "Host, ''"
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
        List<String> sites = List.of("same-origin", "same-site", "none");
        for (int i = 0; i < sites.size(); i++) {
            Head head = head().to("orders").from("198.51.101." + i).with("Sec-Fetch-Site", sites.get(i));
            assertThat(admit(head)).as(sites.get(i)).isNull();
        }
        Head scripted = head().to("orders").from("198.51.102.1").with("Sec-Fetch-Site", "cross-site");
        assertThat(admit(scripted.with("Origin", "http://127.0.0.1:9876"))).isNull();
        List<String> hosts = List.of("localhost:8080", "shop.localhost", "127.0.0.1:8080", "[::1]:8080", "192.0.2.1");
        for (int i = 0; i < hosts.size(); i++) {
            Head head = head().to("orders").from("203.0.113." + i).with("Host", hosts.get(i));
            assertThat(admit(head)).as(hosts.get(i)).isNull();
        }
    }

    private Admission admissionWithoutKeys() {
        return admission(ApiKeys.NONE, JwtKeys.NONE, (topic, name, isLocal) -> isLocal || topic.equals("open"));
    }
}

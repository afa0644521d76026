package io.wadi.ingest.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CrossOriginTest {
    private static final String EXPOSED = "Retry-After, Preference-Applied";

    private final CrossOrigin any = new CrossOrigin(List.of("*"), List.of());
    private final CrossOrigin listed = new CrossOrigin(
            List.of("https://shop.example", "http://localhost:3000"), List.of("x-tenant", "prefer", "x-shop"));

    @ParameterizedTest
    @ValueSource(strings = {"https://elsewhere.example", "null"})
    void anyOrigin_isAllowedWithAnAsterisk(String origin) {
        assertThat(any.answer(origin))
                .contains(Map.of("Access-Control-Allow-Origin", "*", "Access-Control-Expose-Headers", EXPOSED));
    }

    @Test
    void listedOrigin_isReturned_andTheResponseVariesByOrigin() {
        assertThat(listed.answer("http://localhost:3000"))
                .contains(Map.of(
                        "Access-Control-Allow-Origin", "http://localhost:3000",
                        "Access-Control-Expose-Headers", EXPOSED,
                        "Vary", "Origin"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://elsewhere.example",
                "http://shop.example",
                "https://shop.example:8443",
                "https://shop.example.evil.example",
                "https://SHOP.example",
                "null",
                ""
            })
    void unlistedOrigin_isRejected(String origin) {
        assertThat(listed.answer(origin)).isEmpty();
        assertThat(listed.preflight(origin)).isEmpty();
    }

    @Test
    void withoutAnOrigin_hasNoCrossOriginHeaders() {
        assertThat(listed.answer(null)).contains(Map.of("Vary", "Origin"));
        assertThat(any.answer(null)).contains(Map.of());
    }

    @Test
    void unreadOrigin_isAllowedOnlyIfAnyIs() {
        assertThat(any.answerToUnread())
                .isEqualTo(any.answer("https://shop.example").orElseThrow());
        assertThat(listed.answerToUnread()).isEqualTo(Map.of("Vary", "Origin"));
    }

    @Test
    void preflight_listsMethodsAndHeaders() {
        assertThat(listed.preflight("https://shop.example").orElseThrow())
                .containsEntry("Access-Control-Allow-Origin", "https://shop.example")
                .containsEntry("Access-Control-Allow-Methods", "GET, POST")
                .containsEntry("Access-Control-Max-Age", "7200")
                .containsEntry("Vary", "Origin")
                .doesNotContainKey("Access-Control-Allow-Credentials")
                .extractingByKey("Access-Control-Allow-Headers")
                .asString()
                .contains("authorization", "content-type", "idempotency-key", "ce-specversion")
                .containsOnlyOnce("prefer")
                .endsWith(", x-shop, x-tenant");
    }

    /** Tracing in a browser adds these headers to the requests of a page. */
    @Test
    void preflight_allowsTheHeadersOfTraces() {
        assertThat(listed.preflight("https://shop.example").orElseThrow())
                .extractingByKey("Access-Control-Allow-Headers")
                .asString()
                .contains(", traceparent, tracestate,");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "http://localhost:3000")
    void emptyList_allowsNoOrigin(String origin) {
        assertThat(new CrossOrigin(List.of(), List.of()).answer(origin).isPresent())
                .isEqualTo(origin == null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.example",
                "https://shop.example/",
                "https://Shop.example",
                "https://user@shop.example",
                "https://shop.example:443",
                "http://localhost:80",
                "ftp://shop.example",
                "https://*.shop.example",
                "https://",
                ""
            })
    void invalidOriginSetting_isRejected(String origin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CrossOrigin(List.of("https://shop.example", origin), List.of()))
                .withMessageStartingWith("found " + origin + ", expected * or an origin such as https://shop.example");
    }
}

package io.wadi.ingest.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.ConnectionLease;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.runtime.security.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How rates, requests and bytes in flight, and a delayed event loop limit the admitted requests. */
class AdmissionLimitsTest extends AdmissionTestSupport {
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

    @Test
    void connections_ofAnAddress_areLimited_butNotThoseOfAProxy() {
        Peer client = admission.peer(NetUtil.createInetAddressFromIpAddressString("192.0.2.1"));
        Peer proxy = admission.peer(NetUtil.createInetAddressFromIpAddressString("10.0.0.1"));
        ClientShare share = inFlight.acquire(client.client(), false);
        List<ConnectionLease> connections = new ArrayList<>();
        while (admission.mayConnect(client, 0)) {
            connections.add(admission.connect(client, 0));
            assertThat(admission.connect(proxy, 0)).isNotNull();
        }
        assertThat(connections).hasSize(64).doesNotContainNull();
        assertThat(admission.connect(client, 0)).isNull();
        assertThat(admission.mayConnect(proxy, 0)).isTrue();
        assertThat(admission.connect(proxy, 0)).isNotNull();

        connections.forEach(ConnectionLease::close);
        inFlight.release(share);

        assertThat(inFlight.acquire(client.client(), false))
                .as("neither a closed nor a rejected connection keeps the share")
                .isNotSameAs(share);
    }

    @Test
    void admit_withLessMemoryThanTheWindow_reservesAllOfIt() {
        InFlight small = new InFlight(3, 1000, 1000, false);
        Admission ofSmall = Admissions.of(ApiKeys.NONE, JwtKeys.NONE, Rate.UNLIMITED, small);

        assertThat(ofSmall.admit(head().length(7000))).isInstanceOf(Permit.class);
        assertThat(small.bytes()).isEqualTo(1000);
    }
}

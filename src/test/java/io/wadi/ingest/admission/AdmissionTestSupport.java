package io.wadi.ingest.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.netty.util.NetUtil;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.auth.SignedToken;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.ManualTime;
import io.wadi.ingest.limits.Rate;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.JwtVerifier;
import io.wadi.runtime.security.Peer;
import io.wadi.runtime.security.Proxies;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;

/**
 * An admission with the keys {@code shop}, for the topic {@code orders}, and {@code slow}, for all topics at a rate of
 * 1, and the heads of requests. Topic {@code open} needs no key, all other topics do.
 */
abstract class AdmissionTestSupport {
    static final SecureRandom RANDOM = new SecureRandom();
    private static final JwtVerifier.Options TOKENS = new JwtVerifier.Options("issuer", "wadi", "topics");
    private static final long MAX_BYTES = 1 << 20;

    final ManualTime times = new ManualTime();
    final String shop = ApiKey.make("shop", RANDOM);
    final String slow = ApiKey.make("slow", RANDOM);
    final InFlight inFlight = new InFlight(3, 10_000, 10_000, false);
    Admission admission;
    private ECKey signer;

    @BeforeEach
    void open() throws Exception {
        signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        ApiKeys keys = ApiKeys.parse(
                """
                keys:
                  - {name: shop, sha256: [%s], topics: [orders], until: 2030-01-10}
                  - {name: slow, sha256: [%s], topics: ["*"], rate: 1}
                """.formatted(ApiKey.hashOf(shop), ApiKey.hashOf(slow)).getBytes(UTF_8));
        JwtKeys tokens = JwtKeys.parse(new JWKSet(signer).toString().getBytes(UTF_8), TOKENS, times, MAX_BYTES);
        admission = admission(keys, tokens);
    }

    Admission admission(ApiKeys keys, JwtKeys tokens) {
        return admission(
                keys,
                tokens,
                (topic, name, isLocal) -> topic.equals("open") || (name != null && !topic.equals("not-for-slow")));
    }

    Admission admission(ApiKeys keys, JwtKeys tokens, Admission.WritePermissions permissions) {
        return new Admission(
                () -> keys,
                () -> tokens,
                Proxies.parse("10.0.0.0/8"),
                permissions,
                Optional.of(new HostNames(List.of("localhost", "*.localhost"), false)),
                new Admission.Limits(new Rate(2, 2), 1000, 4000),
                inFlight,
                times,
                times);
    }

    final class Head implements RequestHead {
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
        public String host() {
            return header("Host");
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

    Head head() {
        return new Head();
    }

    /** Decides as the server does: a new token is verified first. */
    private Admission.Decision decide(Head head) {
        Admission.Decision decision = admission.admit(head);
        if (decision instanceof UnverifiedToken token) {
            Rejection rejection = token.verify();
            token.close();
            return rejection == null ? admission.admit(head) : rejection;
        }
        return decision;
    }

    Rejection rejection(Head head) {
        Admission.Decision decision = decide(head);
        assertThat(decision).isInstanceOf(Rejection.class);
        return (Rejection) decision;
    }

    /** Returns the caller of a request that is admitted and answered at once. */
    String admit(Head head) {
        Admission.Decision decision = decide(head);
        assertThat(decision).isInstanceOf(Permit.class);
        try (Permit permit = (Permit) decision) {
            return permit.caller();
        }
    }

    String token(String topics) throws Exception {
        return SignedToken.of(signer, "alice", topics, times.instant().plusSeconds(60));
    }
}

package io.wadi.ingest.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.JWTClaimsSet;
import io.wadi.ingest.admission.UnverifiedToken;
import io.wadi.runtime.security.JwtVerifier;
import java.nio.ByteBuffer;
import java.text.ParseException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/** Tokens that may send events, as a {@link JwtVerifier} verifies them; those found genuine are remembered. Thread-safe. */
@SuppressWarnings("JavaUtilDate") // Nimbus knows no other time
public final class JwtKeys {
    private static final int MOST_REMEMBERED = 20_000;

    /** Without keys: no token is genuine. */
    public static final JwtKeys NONE = new JwtKeys(JwtVerifier.NONE, "");

    private final JwtVerifier verifier;
    private final String topicsClaim;
    /** By the token's SHA-256, so that no token stands in memory, and none can be found by how long looking for it takes. */
    private final Cache<ByteBuffer, Principal> accepted = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .executor(Runnable::run)
            .build();

    /**
     * Which tokens are meant.
     *
     * @param issuer their {@code iss}
     * @param audience what their {@code aud} has among it
     * @param topicsClaim the claim with the topics a token is for: a list, or a text with blanks between them; as in keys.yaml
     */
    public record Options(String issuer, String audience, String topicsClaim) {}

    private JwtKeys(JwtVerifier verifier, String topicsClaim) {
        this.verifier = verifier;
        this.topicsClaim = topicsClaim;
    }

    /**
     * Reads a JWK set.
     *
     * @throws IllegalArgumentException where it is none, or has no RSA or EC key for signatures
     */
    public static JwtKeys parse(byte[] jwks, Options options, Clock clock) {
        return new JwtKeys(JwtVerifier.parse(jwks, options.issuer(), options.audience(), clock), options.topicsClaim());
    }

    /** Whether there is no key, so that no token is genuine. */
    public boolean isEmpty() {
        return verifier.isEmpty();
    }

    /** What a token grants that was found genuine before; null for others. Its time may be over since. */
    public Principal remembered(String token) {
        return accepted.getIfPresent(id(token));
    }

    /** What a token grants; null where it is not genuine. Takes its time, see {@link UnverifiedToken}. */
    public Principal verify(String token) {
        JWTClaimsSet claims = verifier.verify(token).orElse(null);
        if (claims == null) {
            return null;
        }
        try {
            Principal granted = principal(claims);
            accepted.put(id(token), granted);
            return granted;
        } catch (ParseException | IllegalArgumentException e) {
            return null;
        }
    }

    private static ByteBuffer id(String token) {
        return ByteBuffer.wrap(ApiKey.hash(token));
    }

    private Principal principal(JWTClaimsSet claims) throws ParseException {
        Object topics = claims.getClaim(topicsClaim);
        List<String> patterns = topics instanceof String text
                ? Arrays.stream(text.split("\\s+"))
                        .filter(item -> !item.isEmpty())
                        .toList()
                : claims.getStringListClaim(topicsClaim);
        return new Principal(
                "token:" + claims.getSubject(),
                patterns == null ? TopicPatterns.NONE : TopicPatterns.of(patterns),
                null,
                claims.getExpirationTime().getTime() + JwtVerifier.SKEW_SECONDS * 1000L);
    }
}

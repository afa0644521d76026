package io.wadi.ingest.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.JWTClaimsSet;
import io.wadi.runtime.security.JwtVerifier;
import java.nio.ByteBuffer;
import java.text.ParseException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/** Verifies the tokens of event clients with a {@link JwtVerifier} and caches the valid ones. Thread-safe. */
@SuppressWarnings("JavaUtilDate") // the type of the Nimbus API
public final class JwtKeys {
    /** The bytes of a verified token's objects, besides its name and topics; measured: 330. */
    private static final int TOKEN_BYTES = 512;

    /** The value if tokens are not configured. */
    public static final JwtKeys NONE = new JwtKeys(JwtVerifier.NONE, "", 0);
    /** The value if tokens are configured and their keys have not been read yet: no token is valid. */
    public static final JwtKeys UNREAD = new JwtKeys(JwtVerifier.NONE, "", 0);

    private final JwtVerifier verifier;
    private final String topicsClaim;
    /** The principals by the SHA-256 of their token: no token is in memory, and lookup times disclose none. */
    private final Cache<ByteBuffer, Principal> cache;

    private JwtKeys(JwtVerifier verifier, String topicsClaim, long maxBytes) {
        this.verifier = verifier;
        this.topicsClaim = topicsClaim;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((ByteBuffer id, Principal principal) -> heldBytes(principal))
                .executor(Runnable::run)
                .build();
    }

    private static int heldBytes(Principal principal) {
        return TOKEN_BYTES + 2 * principal.name().length() + principal.topics().heldBytes();
    }

    /**
     * Reads a JWK set. The claim has a token's topics as in keys.yaml: a list, or a string separated by blanks.
     *
     * @param maxBytes maximum memory of the verified tokens; those that were used least are verified again
     * @throws IllegalArgumentException if the set is invalid, or has no RSA or EC key for signatures
     */
    public static JwtKeys parse(byte[] jwks, JwtVerifier.Options options, Clock clock, long maxBytes) {
        return new JwtKeys(JwtVerifier.parse(jwks, options, clock), options.claim(), maxBytes);
    }

    public boolean areConfigured() {
        return this != NONE;
    }

    public boolean isEmpty() {
        return verifier.isEmpty();
    }

    /** Returns the principal of a token that was verified before, expired or not; null for any other token. */
    public Principal verified(String token) {
        return cache.getIfPresent(id(token));
    }

    /** Returns a token's principal; null if the token is invalid. This is too slow for an event loop. */
    public Principal verify(String token) {
        JWTClaimsSet claims = verifier.verify(token).orElse(null);
        if (claims == null) {
            return null;
        }
        try {
            Principal principal = principal(claims);
            cache.put(id(token), principal);
            return principal;
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
                JwtVerifier.CALLER + claims.getSubject(),
                patterns == null ? TopicPatterns.NONE : TopicPatterns.of(patterns),
                null,
                claims.getExpirationTime().getTime() + JwtVerifier.SKEW_SECONDS * 1000L);
    }
}

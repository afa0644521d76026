package io.wadi.runtime.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.wadi.format.JsonText;
import java.text.ParseException;
import java.time.Clock;
import java.util.Date;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A verifier of tokens (JWT, RFC 7519) with the keys of a JWK set (RFC 7517). A token is valid if one of the keys has
 * signed it, {@code iss} and {@code aud} match, it has a {@code sub} that UTF-8 can encode, and the time is within
 * {@code nbf} and {@code exp}, with a tolerance of {@link #SKEW_SECONDS}. Signatures are RSA or EC, not a shared secret
 * or {@code none}. Callers reject tokens of more than {@link #MAX_LENGTH} characters before they wait for the
 * verification. Thread-safe.
 */
@SuppressWarnings("JavaUtilDate") // required by Nimbus
public final class JwtVerifier {
    /** Maximum number of characters of a token. */
    public static final int MAX_LENGTH = 8 << 10;

    /** The reason for rejecting a longer token. */
    public static final String TOO_LONG = "the token is longer than %,d characters".formatted(MAX_LENGTH);

    /** The beginning of the name of a caller with a token; the token's subject follows. */
    public static final String CALLER = "token:";

    /** Maximum clock skew of an issuer. */
    public static final int SKEW_SECONDS = 60;

    private static final Set<JWSAlgorithm> ALGORITHMS = union(JWSAlgorithm.Family.RSA, JWSAlgorithm.Family.EC);
    private static final Set<KeyType> KEY_TYPES = Set.of(KeyType.RSA, KeyType.EC);

    /** A verifier without keys, which accepts no token. */
    public static final JwtVerifier NONE = new JwtVerifier(new JWKSet(), new Options("", "", ""), Clock.systemUTC());

    private final boolean isEmpty;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /**
     * The requirements of accepted tokens.
     *
     * @param issuer the required {@code iss}
     * @param audience a required element of {@code aud}
     * @param claim the claim with the rights of the token's subject; the verifier does not read it
     */
    public record Options(String issuer, String audience, String claim) {}

    private JwtVerifier(JWKSet keys, Options options, Clock clock) {
        this.isEmpty = keys.isEmpty();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(keys)));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        options.audience(),
                        new JWTClaimsSet.Builder().issuer(options.issuer()).build(),
                        Set.of("sub", "exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew(SKEW_SECONDS);
        processor.setJWTClaimsSetVerifier(claims);
    }

    /**
     * Reads a JWK set.
     *
     * @throws IllegalArgumentException if the bytes are not a JWK set, or it has no RSA or EC key for signatures
     */
    public static JwtVerifier parse(byte[] jwks, Options options, Clock clock) {
        try {
            JWKSelector usable = new JWKSelector(new JWKMatcher.Builder()
                    .keyTypes(KEY_TYPES)
                    .keyUses(KeyUse.SIGNATURE, null)
                    .build());
            JWKSet keys = new JWKSet(usable.select(JWKSet.parse(new String(jwks, UTF_8))));
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("the JWK set has no RSA or EC key for signatures");
            }
            return new JwtVerifier(keys, options, clock);
        } catch (ParseException e) {
            throw new IllegalArgumentException("not a JWK set: " + e.getMessage(), e);
        }
    }

    /** Returns whether the set has no key, so that no token is valid. */
    public boolean isEmpty() {
        return isEmpty;
    }

    /**
     * Returns the claims of a token; empty if it is invalid. It verifies a signature, so do not call it on an event
     * loop.
     */
    public Optional<JWTClaimsSet> verify(String token) {
        try {
            return Optional.of(processor.process(token, null)).filter(JwtVerifier::hasSubject);
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns whether the subject is a text that no other one equals in UTF-8, since callers are named by it. */
    private static boolean hasSubject(JWTClaimsSet claims) {
        String subject = claims.getSubject();
        return subject != null && JsonText.unpairedSurrogate(subject) < 0;
    }

    private static Set<JWSAlgorithm> union(JWSAlgorithm.Family one, JWSAlgorithm.Family other) {
        Set<JWSAlgorithm> both = new HashSet<>(one);
        both.addAll(other);
        return Set.copyOf(both);
    }
}

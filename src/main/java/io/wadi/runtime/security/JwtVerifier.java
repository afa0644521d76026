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
import java.text.ParseException;
import java.time.Clock;
import java.util.Date;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies tokens (JWT, RFC 7519) by the keys of a JWK set (RFC 7517). A token is genuine where one of the keys has signed it (RSA
 * or elliptic curves: no shared secret and no {@code none}), it is from the issuer and for the audience, it has a {@code sub}, and
 * its {@code exp} and {@code nbf} hold, give or take {@link #SKEW_SECONDS}. Thread-safe.
 */
@SuppressWarnings("JavaUtilDate") // Nimbus knows no other time
public final class JwtVerifier {
    /** By how much the clock of an issuer may differ. */
    public static final int SKEW_SECONDS = 60;

    private static final Set<JWSAlgorithm> ALGORITHMS = union(JWSAlgorithm.Family.RSA, JWSAlgorithm.Family.EC);
    private static final Set<KeyType> KEY_TYPES = Set.of(KeyType.RSA, KeyType.EC);

    /** Without keys: no token is genuine. */
    public static final JwtVerifier NONE = new JwtVerifier(new JWKSet(), "", "", Clock.systemUTC());

    private final boolean isEmpty;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    private JwtVerifier(JWKSet keys, String issuer, String audience, Clock clock) {
        this.isEmpty = keys.isEmpty();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(keys)));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        audience, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of("sub", "exp")) {
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
     * @param issuer the {@code iss} of tokens
     * @param audience what their {@code aud} has among it
     * @throws IllegalArgumentException where it is no JWK set, or has no RSA or EC key for signatures
     */
    public static JwtVerifier parse(byte[] jwks, String issuer, String audience, Clock clock) {
        try {
            JWKSelector usable = new JWKSelector(new JWKMatcher.Builder()
                    .keyTypes(KEY_TYPES)
                    .keyUses(KeyUse.SIGNATURE, null)
                    .build());
            JWKSet keys = new JWKSet(usable.select(JWKSet.parse(new String(jwks, UTF_8))));
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("the JWK set has no RSA or EC key for signatures");
            }
            return new JwtVerifier(keys, issuer, audience, clock);
        } catch (ParseException e) {
            throw new IllegalArgumentException("this is no JWK set: " + e.getMessage(), e);
        }
    }

    /** Whether there is no key, so that no token is genuine. */
    public boolean isEmpty() {
        return isEmpty;
    }

    /** The claims of a token; empty where it is not genuine. It costs a signature's verification: not for an event loop. */
    public Optional<JWTClaimsSet> verify(String token) {
        try {
            return Optional.of(processor.process(token, null));
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Set<JWSAlgorithm> union(JWSAlgorithm.Family one, JWSAlgorithm.Family other) {
        Set<JWSAlgorithm> both = new HashSet<>(one);
        both.addAll(other);
        return Set.copyOf(both);
    }
}

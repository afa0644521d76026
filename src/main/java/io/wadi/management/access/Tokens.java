package io.wadi.management.access;

import com.nimbusds.jwt.JWTClaimsSet;
import io.wadi.runtime.security.JwtVerifier;
import java.text.ParseException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** A verifier of JWTs, which also reads their roles. Thread-safe. */
public final class Tokens {
    /** A verifier that rejects every token. */
    public static final Tokens NONE = new Tokens(JwtVerifier.NONE, "");

    private final JwtVerifier verifier;
    private final String roleClaim;

    private Tokens(JwtVerifier verifier, String roleClaim) {
        this.verifier = verifier;
        this.roleClaim = roleClaim;
    }

    /**
     * Reads a JWK set. The claim has the role: a string or a list of strings.
     *
     * @throws IllegalArgumentException if the set is invalid, or has no RSA or EC key for signatures
     */
    public static Tokens parse(byte[] jwks, JwtVerifier.Options options) {
        return new Tokens(JwtVerifier.parse(jwks, options, Clock.systemUTC()), options.claim());
    }

    /** Returns the caller of a token; empty if the token is invalid or has no role. */
    Optional<Caller> verify(String token) {
        return verifier.verify(token)
                .flatMap(claims ->
                        role(claims).map(role -> new Caller(JwtVerifier.CALLER + claims.getSubject(), role)));
    }

    /** Returns the role in the claims; operate takes precedence over view. */
    private Optional<Role> role(JWTClaimsSet claims) {
        List<String> words = words(claims);
        if (words.contains(Role.OPERATE.word())) {
            return Optional.of(Role.OPERATE);
        }
        return words.contains(Role.VIEW.word()) ? Optional.of(Role.VIEW) : Optional.empty();
    }

    private List<String> words(JWTClaimsSet claims) {
        if (claims.getClaim(roleClaim) instanceof String text) {
            return List.of(text);
        }
        try {
            List<String> words = claims.getStringListClaim(roleClaim);
            return words == null ? List.of() : words;
        } catch (ParseException e) {
            return List.of();
        }
    }
}

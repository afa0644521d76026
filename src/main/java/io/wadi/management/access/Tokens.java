package io.wadi.management.access;

import com.nimbusds.jwt.JWTClaimsSet;
import io.wadi.runtime.security.JwtVerifier;
import java.text.ParseException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Tokens that may see or operate the pipeline, as a {@link JwtVerifier} verifies them. Thread-safe. */
public final class Tokens {
    /** No token is genuine. */
    public static final Tokens NONE = new Tokens(JwtVerifier.NONE, "");

    private final JwtVerifier verifier;
    private final String roleClaim;

    /**
     * Which tokens are meant.
     *
     * @param issuer their {@code iss}
     * @param audience what their {@code aud} has among it
     * @param roleClaim the claim that says the role: a text, or a list of which one is
     */
    public record Options(String issuer, String audience, String roleClaim) {}

    private Tokens(JwtVerifier verifier, String roleClaim) {
        this.verifier = verifier;
        this.roleClaim = roleClaim;
    }

    /**
     * Reads a JWK set.
     *
     * @throws IllegalArgumentException where it is none, or has no RSA or EC key for signatures
     */
    public static Tokens parse(byte[] jwks, Options options) {
        return new Tokens(
                JwtVerifier.parse(jwks, options.issuer(), options.audience(), Clock.systemUTC()), options.roleClaim());
    }

    /** Whose token it is; nobody's where it is not genuine, or says no role. */
    Optional<Caller> verify(String token) {
        return verifier.verify(token)
                .flatMap(claims -> role(claims).map(role -> new Caller("token:" + claims.getSubject(), role)));
    }

    /** The greater one where it says both. */
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

package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Judges bearer tokens: JWT signed with RSA or EC by a key of a JWK set, of one issuer, for one audience, in their time. */
public final class Tokens {
    /** No token is genuine. */
    public static final Tokens NONE = new Tokens(new JWKSet(), new Options("", "", ""));

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final Options options;

    /**
     * Which tokens are meant.
     *
     * @param issuer their {@code iss}
     * @param audience what their {@code aud} has among it
     * @param roleClaim the claim that says the role: a text, or a list of which one is
     */
    public record Options(String issuer, String audience, String roleClaim) {}

    private Tokens(JWKSet keys, Options options) {
        this.options = options;
        Set<JWSAlgorithm> algorithms = new HashSet<>(JWSAlgorithm.Family.RSA);
        algorithms.addAll(JWSAlgorithm.Family.EC);
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, new ImmutableJWKSet<>(keys)));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                options.audience(),
                new JWTClaimsSet.Builder().issuer(options.issuer()).build(),
                Set.of("sub", "exp")));
    }

    /**
     * Reads a JWK set.
     *
     * @throws IllegalArgumentException where it is none
     */
    public static Tokens parse(byte[] jwks, Options options) {
        try {
            return new Tokens(JWKSet.parse(new String(jwks, UTF_8)), options);
        } catch (ParseException e) {
            throw new IllegalArgumentException("this is no JWK set: " + e.getMessage(), e);
        }
    }

    /** Whose token it is; nobody's where it is not genuine, or says no role. */
    Optional<Person> verify(String token) {
        try {
            JWTClaimsSet claims = processor.process(token, null);
            return role(claims).map(role -> new Person("token:" + claims.getSubject(), role));
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The greater one where it says both. */
    private Optional<Role> role(JWTClaimsSet claims) throws ParseException {
        Object claim = claims.getClaim(options.roleClaim());
        List<String> words =
                claim instanceof String text ? List.of(text) : claims.getStringListClaim(options.roleClaim());
        if (words == null) {
            return Optional.empty();
        }
        if (words.contains(Role.OPERATE.word())) {
            return Optional.of(Role.OPERATE);
        }
        return words.contains(Role.VIEW.word()) ? Optional.of(Role.VIEW) : Optional.empty();
    }
}

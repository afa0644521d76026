package io.wadi.ingest.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The issuer's keys (a JWK set, RFC 7517), and the tokens (JWT, RFC 7519) that were found genuine by them. A token is genuine
 * where one of the keys has signed it (RSA or elliptic curves: no shared secret and no {@code none}), it is from the issuer and
 * for the audience, and its {@code exp} and {@code nbf} hold, give or take a minute.
 */
@SuppressWarnings("JavaUtilDate") // Nimbus knows no other time
public final class JwtKeys {
    private static final Set<JWSAlgorithm> ALGORITHMS = union(JWSAlgorithm.Family.RSA, JWSAlgorithm.Family.EC);
    private static final Set<KeyType> KEY_TYPES = Set.of(KeyType.RSA, KeyType.EC);
    private static final int SKEW_SECONDS = 60;
    private static final int MOST_REMEMBERED = 20_000;
    private static final int WITHIN_MS = 10_000;
    private static final int LARGEST_SET = 1 << 20;

    /** Without keys: no token is genuine. */
    public static final JwtKeys NONE = new JwtKeys(new JWKSet(), new Options("", "", ""), Clock.systemUTC());

    private final boolean isEmpty;
    private final Options options;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    /** By the token's SHA-256, so that no token stands in memory, and none can be found by how long looking for it takes. */
    private final Cache<ByteBuffer, Grant> accepted = Caffeine.newBuilder()
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

    private JwtKeys(JWKSet keys, Options options, Clock clock) {
        this.isEmpty = keys.isEmpty();
        this.options = options;
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
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
     * @throws IllegalArgumentException where it is none, or has no RSA or EC key for signatures
     */
    public static JwtKeys parse(byte[] jwks, Options options, Clock clock) {
        try {
            JWKSelector usable = new JWKSelector(new JWKMatcher.Builder()
                    .keyTypes(KEY_TYPES)
                    .keyUses(KeyUse.SIGNATURE, null)
                    .build());
            JWKSet keys = new JWKSet(usable.select(JWKSet.parse(new String(jwks, UTF_8))));
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("the JWK set has no RSA or EC key for signatures");
            }
            return new JwtKeys(keys, options, clock);
        } catch (ParseException e) {
            throw new IllegalArgumentException("this is no JWK set: " + e.getMessage(), e);
        }
    }

    /** Where a JWK set is: a file, or an {@code https:} address that has 10 seconds to answer. */
    public static Reloading.Source source(String fileOrAddress) {
        if (!isRemote(fileOrAddress)) {
            return () -> Files.readAllBytes(Path.of(fileOrAddress));
        }
        DefaultResourceRetriever web = new DefaultResourceRetriever(WITHIN_MS, WITHIN_MS, LARGEST_SET) {
            /** Keys are those of the address that is set, not of where it sends its readers. */
            @Override
            protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
                HttpURLConnection connection = super.openHTTPConnection(url);
                connection.setInstanceFollowRedirects(false);
                return connection;
            }
        };
        return () -> web.retrieveResource(URI.create(fileOrAddress).toURL())
                .getContent()
                .getBytes(UTF_8);
    }

    /** Whether it is at an address, which may not answer just now. */
    public static boolean isRemote(String fileOrAddress) {
        return fileOrAddress.startsWith("https:");
    }

    /** Whether there is no key, so that no token is genuine. */
    boolean isEmpty() {
        return isEmpty;
    }

    /** What a token grants that was found genuine before; null for others. Its time may be over since. */
    Grant remembered(String token) {
        return accepted.getIfPresent(id(token));
    }

    /** What a token grants; null where it is not genuine. Takes its time, see {@link NewToken}. */
    Grant verify(String token) {
        try {
            Grant grant = grant(processor.process(token, null));
            accepted.put(id(token), grant);
            return grant;
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException e) {
            return null;
        }
    }

    private static ByteBuffer id(String token) {
        return ByteBuffer.wrap(ApiKey.hash(token));
    }

    private Grant grant(JWTClaimsSet claims) throws ParseException {
        Object topics = claims.getClaim(options.topicsClaim());
        List<String> patterns = topics instanceof String text
                ? Arrays.stream(text.split("\\s+"))
                        .filter(item -> !item.isEmpty())
                        .toList()
                : claims.getStringListClaim(options.topicsClaim());
        return new Grant(
                "token:" + claims.getSubject(),
                patterns == null ? TopicPatterns.NONE : TopicPatterns.of(patterns),
                null,
                claims.getExpirationTime().getTime() + SKEW_SECONDS * 1000L);
    }

    private static Set<JWSAlgorithm> union(JWSAlgorithm.Family one, JWSAlgorithm.Family other) {
        Set<JWSAlgorithm> both = new HashSet<>(one);
        both.addAll(other);
        return Set.copyOf(both);
    }
}

package io.wadi.ingest.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.wadi.ingest.limits.ManualTime;
import io.wadi.local.Ports;
import io.wadi.runtime.security.JwkSets;
import io.wadi.runtime.security.JwtVerifier;
import io.wadi.runtime.watch.WatchedValue;
import io.wadi.testing.Warnings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("JavaUtilDate") // Nimbus accepts no other type
class JwtKeysTest {
    private static final long MAX_BYTES = 1 << 20;
    private static final JwtVerifier.Options OPTIONS =
            new JwtVerifier.Options("https://id.example.org", "wadi", "topics");
    private static RSAKey rsa;
    private static RSAKey otherRsa;
    private static ECKey ec;
    private static OctetSequenceKey secret;

    private final ManualTime times = new ManualTime();
    private final JwtKeys keys = parse(new JWKSet(List.<JWK>of(rsa, ec, secret)));

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        otherRsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        secret = new OctetSequenceKeyGenerator(256).keyID("secret").generate();
    }

    private JwtKeys parse(JWKSet set) {
        return JwtKeys.parse(set.toString(false).getBytes(UTF_8), OPTIONS, times, MAX_BYTES);
    }

    private Date in(Duration duration) {
        return Date.from(times.instant().plus(duration));
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(OPTIONS.issuer())
                .audience(List.of("other", OPTIONS.audience()))
                .subject("alice")
                .claim("topics", List.of("orders", "metric.*"))
                .expirationTime(in(Duration.ofMinutes(5)));
    }

    private static String signed(JWSAlgorithm algorithm, String keyId, JWSSigner signer, JWTClaimsSet claims)
            throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(algorithm)
                        .keyID(keyId)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims);
        token.sign(signer);
        return token.serialize();
    }

    private static String ofRsa(JWTClaimsSet claims) throws Exception {
        return signed(JWSAlgorithm.RS256, "rsa", new RSASSASigner(rsa), claims);
    }

    private Principal verify(UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        return keys.verify(ofRsa(change.apply(claims()).build()));
    }

    @Test
    void verify_tokenOfTheIssuer_grantsItsTopics() throws Exception {
        Principal grant = verify(claims -> claims);

        assertThat(grant.name()).isEqualTo("token:alice");
        assertThat(grant.rate()).isNull();
        assertThat(grant.until()).isEqualTo(in(Duration.ofMinutes(6)).getTime());
        assertThat(List.of("orders", "metric.cpu", "others"))
                .filteredOn(grant.topics()::match)
                .containsExactly("orders", "metric.cpu");
    }

    @Test
    void verify_ellipticCurveAndPssSignatures_areAccepted() throws Exception {
        assertThat(keys.verify(signed(JWSAlgorithm.ES256, "ec", new ECDSASigner(ec), claims().build())))
                .isNotNull();
        assertThat(keys.verify(signed(JWSAlgorithm.PS384, "rsa", new RSASSASigner(rsa), claims().build())))
                .isNotNull();
    }

    private static String ofType(JOSEObjectType type, JWTClaimsSet claims) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ec").type(type).build(), claims);
        token.sign(new ECDSASigner(ec));
        return token.serialize();
    }

    /** RFC 9068, section 4: an access token has either name of its media type, in any case. */
    @Test
    void verify_onlyTypesOfAccessTokens_areAccepted() throws Exception {
        for (String type : List.of("JWT", "at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt")) {
            assertThat(keys.verify(ofType(new JOSEObjectType(type), claims().build())))
                    .as(type)
                    .isNotNull();
        }
        assertThat(keys.verify(ofType(null, claims().build()))).isNotNull();
        for (String type : List.of("logout+jwt", "application/dpop+jwt")) {
            assertThat(keys.verify(ofType(new JOSEObjectType(type), claims().build())))
                    .as(type)
                    .isNull();
        }
    }

    @Test
    void verify_topicsAsText_areSeparatedBySpaces() throws Exception {
        Principal grant = verify(claims -> claims.claim("topics", " orders  metric.*"));

        assertThat(grant.topics().match("metric.cpu")).isTrue();
        assertThat(grant.topics().match("others")).isFalse();
    }

    @Test
    void verify_withoutTopics_grantsNone() throws Exception {
        assertThat(verify(claims -> claims.claim("topics", null)).topics().match("orders"))
                .isFalse();
    }

    @Test
    void verify_wrongClaims_areRejected() throws Exception {
        assertThat(verify(claims -> claims.issuer("https://elsewhere.example.org")))
                .isNull();
        assertThat(verify(claims -> claims.issuer(null))).isNull();
        assertThat(verify(claims -> claims.audience("other"))).isNull();
        assertThat(verify(claims -> claims.audience((String) null))).isNull();
        assertThat(verify(claims -> claims.subject(null))).isNull();
        assertThat(verify(claims -> claims.expirationTime(null))).isNull();
        assertThat(verify(claims -> claims.claim("topics", List.of("in valid"))))
                .isNull();
        assertThat(verify(claims -> claims.claim("topics", 5))).isNull();
        assertThat(keys.verify(ofRsa(claims().build().toString().replace("\"metric.*\"", "null"))))
                .isNull();
    }

    /** Such subjects would have the names of other ones, {@code ?} in UTF-8 and {@code null}. */
    @Test
    void verify_ambiguousSubjects_areRejected() throws Exception {
        String claims = claims().build().toString();

        assertThat(keys.verify(ofRsa(claims.replace("\"alice\"", "\"\\ud83d\\ude00\"")))
                        .name())
                .isEqualTo("token:\ud83d\ude00");
        assertThat(keys.verify(ofRsa(claims.replace("\"alice\"", "\"\\ud83d\""))))
                .isNull();
        assertThat(keys.verify(ofRsa(claims.replace("\"alice\"", "null")))).isNull();
    }

    private static String ofRsa(String claims) throws Exception {
        JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").build(), new Payload(claims));
        token.sign(new RSASSASigner(rsa));
        return token.serialize();
    }

    @Test
    void verify_expAndNbf_allowAClockSkewOfAMinute() throws Exception {
        assertThat(verify(claims -> claims.expirationTime(in(Duration.ofSeconds(-59)))))
                .isNotNull();
        assertThat(verify(claims -> claims.expirationTime(in(Duration.ofSeconds(-61)))))
                .isNull();
        assertThat(verify(claims -> claims.notBeforeTime(in(Duration.ofSeconds(59)))))
                .isNotNull();
        assertThat(verify(claims -> claims.notBeforeTime(in(Duration.ofSeconds(61)))))
                .isNull();
    }

    @Test
    void verify_notSignedByTheIssuersKeys_isRejected() throws Exception {
        JWTClaimsSet claims = claims().build();
        String good = ofRsa(claims);

        assertThat(keys.verify(new PlainJWT(claims).serialize())).isNull();
        assertThat(keys.verify(signed(JWSAlgorithm.RS256, "rsa", new RSASSASigner(otherRsa), claims)))
                .isNull();
        assertThat(keys.verify(signed(JWSAlgorithm.RS256, "unknown", new RSASSASigner(rsa), claims)))
                .isNull();
        assertThat(keys.verify(signed(JWSAlgorithm.HS256, "secret", new MACSigner(secret), claims)))
                .as("a shared secret, also where the set has it")
                .isNull();
        assertThat(keys.verify(signed(
                        JWSAlgorithm.HS256,
                        "rsa",
                        new MACSigner(rsa.toRSAPublicKey().getEncoded()),
                        claims)))
                .as("the public key taken for a secret")
                .isNull();
        assertThat(keys.verify(good.substring(0, good.lastIndexOf('.') + 1))).isNull();
        assertThat(keys.verify(good)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b.c", "....", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "{}"})
    void verify_invalidToken_isRejected(String text) {
        assertThat(keys.verify(text)).isNull();
    }

    @Test
    void verified_returnsOnlyVerifiedTokens() throws Exception {
        String token = ofRsa(claims().build());
        String bad = ofRsa(claims().issuer("x").build());

        assertThat(keys.verified(token)).isNull();
        Principal grant = keys.verify(token);
        keys.verify(bad);

        assertThat(keys.verified(token)).isSameAs(grant).isNotNull();
        assertThat(keys.verified(bad)).isNull();
        assertThat(parse(new JWKSet(ec)).verified(token))
                .as("other keys, other tokens")
                .isNull();
    }

    @Test
    void verified_tokens_areLimitedByTheirMemory() throws Exception {
        JwtKeys few = JwtKeys.parse(new JWKSet(rsa).toString(false).getBytes(UTF_8), OPTIONS, times, 20_000);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String token = ofRsa(claims().subject("alice-" + i).build());
            assertThat(few.verify(token)).isNotNull();
            tokens.add(token);
        }
        assertThat(tokens.stream().filter(token -> few.verified(token) != null).count())
                .as("tokens of 700 bytes")
                .isBetween(10L, 28L);

        List<String> topics = IntStream.range(0, 400).mapToObj(i -> "t" + i).toList();
        String large = ofRsa(claims().claim("topics", topics).build());
        assertThat(few.verify(large).topics().match("t399")).isTrue();
        assertThat(few.verified(large)).isNull();
    }

    @Test
    void parse_setWithoutAUsableKey_isRejected() throws Exception {
        RSAKey forEncryption = new RSAKey.Builder(rsa).keyUse(KeyUse.ENCRYPTION).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(new JWKSet(List.<JWK>of(secret, forEncryption))))
                .withMessage("the JWK set has no RSA or EC key for signatures");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwtKeys.parse("{\"keys\": 1}".getBytes(UTF_8), OPTIONS, times, MAX_BYTES))
                .withMessageStartingWith("not a JWK set: ");
    }

    @Test
    void source_changedFile_isReloaded(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("jwks.json");
        Files.writeString(file, new JWKSet(ec).toString());
        WatchedValue<JwtKeys> changing = JwkSets.watch(
                file.toString(), JwtKeys.NONE, content -> JwtKeys.parse(content, OPTIONS, times, MAX_BYTES));
        String token = ofRsa(claims().build());

        assertThat(changing.get().verify(token)).isNull();
        Files.writeString(file, new JWKSet(rsa).toString());
        changing.check();

        assertThat(changing.get().verify(token)).isNotNull();
    }

    /** An address may contain a token. */
    @Test
    void source_addressThatDoesNotRespond_isLoggedWithoutItsQuery() throws Exception {
        String address = "https://localhost:" + Ports.free() + "/jwks";
        WatchedValue<JwtKeys> remote = JwkSets.watch(
                address + "?token=secret",
                JwtKeys.UNREAD,
                content -> JwtKeys.parse(content, OPTIONS, times, MAX_BYTES));

        try (Warnings warnings = new Warnings(WatchedValue.class.getName())) {
            remote.check();
            assertThat(warnings.lines())
                    .singleElement()
                    .asString()
                    .startsWith(address + " cannot be read, no content was read yet: ")
                    .doesNotContain("secret");
        }
    }

    @Test
    void none_acceptsNoToken() throws Exception {
        assertThat(JwtKeys.NONE.isEmpty()).isTrue();
        assertThat(JwtKeys.NONE.verify(ofRsa(claims().build()))).isNull();
        assertThat(keys.isEmpty()).isFalse();
    }
}

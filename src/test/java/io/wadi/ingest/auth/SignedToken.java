package io.wadi.ingest.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;

/** Tokens of the issuer {@code issuer} for the audience {@code wadi}. */
public final class SignedToken {
    private SignedToken() {}

    /** Returns a token with the claim {@code topics}. */
    @SuppressWarnings("JavaUtilDate") // Nimbus accepts no other type
    public static String of(ECKey signer, String subject, Object topics, Instant expiration) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("1").build(),
                new JWTClaimsSet.Builder()
                        .issuer("issuer")
                        .audience("wadi")
                        .subject(subject)
                        .claim("topics", topics)
                        .expirationTime(Date.from(expiration))
                        .build());
        token.sign(new ECDSASigner(signer));
        return token.serialize();
    }
}

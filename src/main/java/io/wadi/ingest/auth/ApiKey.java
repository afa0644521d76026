package io.wadi.ingest.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The format of API keys: {@code wadi_NAME_SECRET}, where the secret is 256 random bits in base64url (43 characters).
 * The SHA-256 of a key may be stored and shared: a secret of that entropy cannot be recovered by brute force.
 */
public final class ApiKey {
    public static final String PREFIX = "wadi_";
    static final String NAME = "[A-Za-z0-9][A-Za-z0-9.-]{0,39}";
    static final String EXPECTED_NAME = "1 to 40 letters, digits, dots and dashes";
    static final int HASH_BYTES = 32;

    private static final int SECRET_BYTES = 32;
    private static final int SECRET_LENGTH = 43;
    private static final int MAX_LENGTH = PREFIX.length() + 40 + 1 + SECRET_LENGTH;
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(DigestUtils::getSha256Digest);

    private ApiKey() {}

    /**
     * Generates a key.
     *
     * @throws IllegalArgumentException for an invalid name
     */
    public static String make(String name, SecureRandom random) {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException("\"" + name + "\" is not a valid key name; expected " + EXPECTED_NAME);
        }
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return PREFIX + name + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** Returns the hash of a key as in {@code keys.yaml}. */
    public static String hashOf(String key) {
        return HexFormat.of().formatHex(hash(key));
    }

    /** Returns the name in a key; null if the text does not have a key's format. */
    static String nameIn(String text) {
        int underscore = text.length() - SECRET_LENGTH - 1;
        boolean isKey = text.length() <= MAX_LENGTH
                && underscore > PREFIX.length()
                && text.startsWith(PREFIX)
                && text.charAt(underscore) == '_';
        return isKey ? text.substring(PREFIX.length(), underscore) : null;
    }

    static byte[] hash(String text) {
        return SHA_256.get().digest(text.getBytes(ISO_8859_1));
    }
}

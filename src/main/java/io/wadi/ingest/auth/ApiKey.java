package io.wadi.ingest.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The form of API keys: {@code wadi_NAME_SECRET}, where the secret is 256 random bits in base64url (43 characters). Of so random a
 * text the SHA-256 can be kept and given away: there is nothing to guess it by.
 */
public final class ApiKey {
    public static final String PREFIX = "wadi_";
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,39}");
    static final String ALLOWED_NAME = "1 to 40 letters, digits, dots and dashes";
    static final int HASH_BYTES = 32;

    private static final int SECRET_BYTES = 32;
    private static final int SECRET_LENGTH = 43;
    private static final int LONGEST = PREFIX.length() + 40 + 1 + SECRET_LENGTH;
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(ApiKey::sha256);

    private ApiKey() {}

    /**
     * Makes a key.
     *
     * @throws IllegalArgumentException where the name cannot be one: it says what can
     */
    public static String make(String name, SecureRandom random) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be a key's name, which is " + ALLOWED_NAME);
        }
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return PREFIX + name + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** The hash of a key, as {@code keys.yaml} has it. */
    public static String hashOf(String key) {
        return HexFormat.of().formatHex(hash(key));
    }

    /** The name in a text that has the form of a key; null where it has not. */
    static String nameIn(String text) {
        int underscore = text.length() - SECRET_LENGTH - 1;
        boolean hasForm = text.length() <= LONGEST
                && underscore > PREFIX.length()
                && text.startsWith(PREFIX)
                && text.charAt(underscore) == '_';
        return hasForm ? text.substring(PREFIX.length(), underscore) : null;
    }

    static byte[] hash(String text) {
        return SHA_256.get().digest(text.getBytes(ISO_8859_1));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}

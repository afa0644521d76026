package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Bcrypt hashes of passwords. */
public final class PasswordHash {
    /** The bcrypt cost: one verification takes some tenths of a second. */
    static final int COST = 12;
    /** The maximum length of a password: bcrypt ignores further bytes. */
    private static final int MAX_BYTES = 72;

    private static final int MIN_CHARACTERS = 8;
    private static final Pattern FORMAT = Pattern.compile("\\$2[aby]\\$(1[0-6])\\$[./A-Za-z0-9]{53}");
    private static final String DUMMY = "$2a$%s$LCY0MefVIEc3TYPHV9SNnuzOfyr2p/AXIGoQJEDs4am4JwhNz/jli";

    private PasswordHash() {}

    /** Returns whether a text is a bcrypt hash of cost 10 to 16. */
    static boolean isValid(String text) {
        return FORMAT.matcher(text).matches();
    }

    /** Returns a hash of a cost from 10 to 16 of no user, for verifications that only take their time. */
    static String dummy(int cost) {
        return DUMMY.formatted(cost);
    }

    /** Returns the cost of a valid hash: its verification takes 2^cost rounds. */
    static int cost(String hash) {
        return Integer.parseInt(hash.substring(4, 6));
    }

    /**
     * Hashes a password with a random salt.
     *
     * @throws IllegalArgumentException if the password is too short or too long; the message does not contain it
     */
    public static String of(char[] password) {
        byte[] bytes = new String(password).getBytes(UTF_8);
        try {
            if (password.length < MIN_CHARACTERS || bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "invalid password of %d characters, %d bytes: expected at least %d characters and at most %d bytes"
                                .formatted(password.length, bytes.length, MIN_CHARACTERS, MAX_BYTES));
            }
            return new String(BCrypt.withDefaults().hash(COST, bytes), UTF_8);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Verifies a password. Takes some tenths of a second. */
    static boolean matches(String hash, byte[] password) {
        return password.length <= MAX_BYTES && BCrypt.verifyer().verify(password, hash.getBytes(UTF_8)).verified;
    }
}

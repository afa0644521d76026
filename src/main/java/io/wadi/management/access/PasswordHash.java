package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Bcrypt hashes of passwords. */
public final class PasswordHash {
    /** What it takes to try one password: some tenths of a second. */
    private static final int COST = 12;
    /** A user would not notice that the rest of a longer one does not count. */
    private static final int LONGEST_BYTES = 72;

    private static final int SHORTEST = 8;
    private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$(1[0-6])\\$[./A-Za-z0-9]{53}");
    /** Of no password: who is not there takes as long as who is. */
    static final String OF_NOBODY = "$2a$12$LCY0MefVIEc3TYPHV9SNnuzOfyr2p/AXIGoQJEDs4am4JwhNz/jli";

    private PasswordHash() {}

    /** What is allowed in a users' file. */
    static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * Hashes a password, with a salt of its own.
     *
     * @throws IllegalArgumentException where it is too short or too long: it says so, and not what it is
     */
    public static String of(char[] password) {
        byte[] bytes = new String(password).getBytes(UTF_8);
        try {
            if (password.length < SHORTEST || bytes.length > LONGEST_BYTES) {
                throw new IllegalArgumentException(
                        "the password has %d characters, %d bytes; allowed are %d characters to %d bytes"
                                .formatted(password.length, bytes.length, SHORTEST, LONGEST_BYTES));
            }
            return new String(BCrypt.withDefaults().hash(COST, bytes), UTF_8);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Whether it is the hash of this password. Takes its time. */
    static boolean matches(String hash, byte[] password) {
        return password.length <= LONGEST_BYTES && BCrypt.verifyer().verify(password, hash.getBytes(UTF_8)).verified;
    }
}

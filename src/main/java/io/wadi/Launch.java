package io.wadi;

/**
 * Checks the Java version and starts {@link Entry}. This class is compiled for Java 8, so that old versions can load
 * it.
 */
public final class Launch {
    private static final int OLDEST = 17;

    private Launch() {}

    /** Passes the arguments to {@link Entry}; exits with code 1 if the Java version is too old. */
    public static void main(String[] args) throws Exception {
        String refusal = refusal(System.getProperty("java.specification.version"));
        if (refusal != null) {
            System.err.println("Wadi cannot start:");
            System.err.println("  " + refusal);
            System.exit(1);
        }
        Class.forName("io.wadi.Entry").getMethod("main", String[].class).invoke(null, (Object) args);
    }

    /** Returns the error for a Java version such as 1.8 or 11; null if the version is new enough. */
    static String refusal(String version) {
        int number = Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
        return number >= OLDEST
                ? null
                : "Java " + OLDEST + " or newer is required, and " + System.getProperty("java.home") + " is Java "
                        + number + ": use a newer version";
    }
}

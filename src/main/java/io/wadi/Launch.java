package io.wadi;

/**
 * Begins {@link Entry} on a Java that can run it, and says which one is needed on another. Compiled for Java 8, alone, so that an
 * old one can read it.
 */
public final class Launch {
    private static final int OLDEST = 17;

    private Launch() {}

    /** Passes the arguments on to {@link Entry}; ends the process with 1 where it cannot run. */
    public static void main(String[] args) throws Exception {
        String refusal = refusal(System.getProperty("java.specification.version"));
        if (refusal != null) {
            System.err.println("Wadi cannot start:");
            System.err.println("  " + refusal);
            System.exit(1);
        }
        Class.forName("io.wadi.Entry").getMethod("main", String[].class).invoke(null, (Object) args);
    }

    /** What is wrong with a version of Java such as 1.8 or 11; null where it is new enough. */
    static String refusal(String version) {
        int number = Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
        return number >= OLDEST
                ? null
                : "Java " + OLDEST + " or newer is needed, and " + System.getProperty("java.home") + " is Java "
                        + number + ": start it with a newer one";
    }
}

package io.wadi.testing;

/** Closes the servers of a test class. */
public final class StartedServers {
    private StartedServers() {}

    /**
     * Closes servers in the given order, all of them even if one fails to close. A server that is null has not started,
     * because another one before it failed to.
     */
    public static void close(AutoCloseable... servers) throws Exception {
        Exception failure = null;
        for (AutoCloseable each : servers) {
            try {
                if (each != null) {
                    each.close();
                }
            } catch (Exception e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

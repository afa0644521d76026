package io.wadi.local;

import java.io.IOException;

/** A real server on this machine. It keeps its data in its own directory across restarts. */
public interface LocalServer {

    /** Returns the display name. */
    String name();

    /** Returns the address for clients. */
    String address();

    /**
     * Starts the server and returns when it accepts clients. After an exception none of its processes or threads is
     * running.
     *
     * @throws IOException if the server did not start
     */
    void start() throws IOException;

    /** Stops the server in an orderly way and returns when its ports are free. Does nothing if it is not running. */
    void stop();

    /** Returns whether the server runs; false before {@link #start}, after {@link #stop} and after a crash. */
    boolean running();
}

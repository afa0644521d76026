package io.wadi.local;

import java.io.IOException;

/** One real server on this machine. It keeps its data in a directory of its own, from which it goes on when started again. */
public interface LocalServer {

    /** The name to show, as its makers write it. */
    String name();

    /** Where clients find it, as text for people. */
    String address();

    /**
     * Starts the server and returns once it answers its clients. After an exception nothing of it is left running.
     *
     * @throws IOException the server did not come up; the message says what a person should look at
     */
    void start() throws IOException;

    /** Stops the server in good order and returns once its ports are free. Does nothing where it is not running. */
    void stop();

    /** Whether the server still runs; false before {@link #start}, after {@link #stop} and after it died by itself. */
    boolean running();
}

package io.wadi.testing;

import java.io.IOException;

/** What the kernel sends to processes. */
public final class Signal {
    private Signal() {}

    /** Sends one, such as STOP; returns when it is sent. */
    public static void send(String name, long pid) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " " + pid + " ended with " + code);
        }
    }
}

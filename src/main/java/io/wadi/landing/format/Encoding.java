package io.wadi.landing.format;

import java.io.IOException;
import java.io.OutputStream;

/** The encoding of one topic's records in files. */
public record Encoding(Format format, Opener opener) {
    interface Opener {
        Encoder open(OutputStream file) throws IOException;
    }

    /** Begins a file, written to {@code file}, which is never closed. */
    public Encoder open(OutputStream file) throws IOException {
        return opener.open(file);
    }
}

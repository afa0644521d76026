package io.wadi.landing.format;

import java.io.IOException;
import java.io.OutputStream;

/** The encoding of one topic's records in files. */
public interface Encoding {

    Format format();

    /** Begins a file, written to {@code file}, which is never closed. */
    Encoder open(OutputStream file) throws IOException;
}
